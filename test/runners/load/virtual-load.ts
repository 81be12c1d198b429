/** A load in virtual time: a plan carried out by its driver, over a workload whose iterations last as long as the test says. */
import type { ExecutorPlan, Share } from '../../../runners/load/executors/executor.ts';
import { planExecutor } from '../../../runners/load/executors/index.ts';
import { ScenarioRun } from '../../../runners/load/generator/scenario-run.ts';
import { Schedule } from '../../../runners/load/pacing/schedule.ts';
import type { UserOwner, VirtualUser, Workload } from '../../../runners/load/workload.ts';

/** One iteration, as it was played. */
export interface Played {
  readonly user: number;
  readonly number: number;
  readonly intendedMs: number;
  readonly beganMs: number;
  readonly endedMs: number;
  readonly end: 'completed' | 'failed' | 'interrupted';
}

export interface VirtualLoad {
  readonly plan: ExecutorPlan;
  readonly played: readonly Played[];
  readonly droppedMs: readonly number[];
  /** When everything had ended. */
  readonly doneMs: number;
}

export interface VirtualOptions {
  /** How long an iteration lasts; default 10 ms. Infinity: until it is interrupted. */
  readonly lastsMs?: (number: number, atMs: number) => number;
  readonly fails?: (atMs: number) => boolean;
  readonly gracefulStopMs?: number;
  readonly minIterationMs?: number;
  readonly share?: Share;
  /** The generator does not run in this time. */
  readonly stalled?: readonly [number, number];
  /** Stops the load early, with this grace. */
  readonly stopAt?: { readonly ms: number; readonly graceMs: number };
  /** Virtual time between two looks; default 0.25 ms. */
  readonly stepMs?: number;
}

interface UnderWay {
  readonly user: FakeUser;
  readonly dueMs: number;
}

class FakeUser implements VirtualUser {
  readonly #load: FakeLoad;
  readonly #owner: UserOwner;
  readonly #id: number;
  #played: Omit<Played, 'endedMs' | 'end'> | undefined;

  constructor(load: FakeLoad, id: number, owner: UserOwner) {
    this.#load = load;
    this.#id = id;
    this.#owner = owner;
  }

  iterate(intendedMs: number, nowMs: number, number: number): void {
    this.#played = { user: this.#id, number, intendedMs, beganMs: nowMs };
    this.#load.underWay.push({ user: this, dueMs: nowMs + (this.#load.options.lastsMs?.(number, nowMs) ?? 10) });
  }

  interrupt(): void {
    this.#load.underWay = this.#load.underWay.filter(({ user }) => user !== this);
    this.end('interrupted');
  }

  end(end: Played['end']): void {
    const played = this.#played;
    this.#played = undefined;
    if (played) this.#load.played.push({ ...played, endedMs: this.#load.nowMs, end });
    this.#owner.ended(end);
  }
}

class FakeLoad implements Workload {
  nowMs = 0;
  underWay: UnderWay[] = [];
  readonly played: Played[] = [];
  readonly droppedMs: number[] = [];
  readonly retried = 0;
  readonly options: VirtualOptions;

  constructor(options: VirtualOptions) {
    this.options = options;
  }

  async warm(): Promise<void> {}

  user(id: number, owner: UserOwner): VirtualUser {
    return new FakeUser(this, id, owner);
  }

  dropped(intendedMs: number): void {
    this.droppedMs.push(intendedMs);
  }

  sweep(): void {
    const due = this.underWay.filter(({ dueMs }) => dueMs <= this.nowMs);
    this.underWay = this.underWay.filter((each) => !due.includes(each));
    for (const { user } of due) user.end(this.options.fails?.(this.nowMs) ? 'failed' : 'completed');
  }

  close(): void {
    for (const { user } of [...this.underWay]) user.interrupt();
  }
}

/** Plays an executor's settings to their end. */
export async function playVirtually(executor: string, settings: unknown, options: VirtualOptions = {}): Promise<VirtualLoad> {
  const plan = planExecutor(executor, settings, { timeoutMs: 10_000 });
  const workload = new FakeLoad(options);
  let wake = () => {};
  const clock = { nowMs: () => workload.nowMs, toMonotonicMs: (ms: number) => ms };
  const schedule = new Schedule(clock, 'thread', (callback) => {
    wake = callback;
    return { wakeAt() {}, async stop() {} };
  });
  const timers: { atMs: number; callback: () => void }[] = [];
  const run = new ScenarioRun({
    plan,
    workload,
    gracefulStopMs: options.gracefulStopMs ?? 30_000,
    minIterationMs: options.minIterationMs ?? 0,
    ...(options.share ? { share: options.share } : {}),
    clock,
    schedule,
    gauges: { lag() {} },
    after: (delayMs, callback) => {
      const timer = { atMs: workload.nowMs + delayMs, callback };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer) >>> 0, 1);
    },
  });
  let done = false;
  void run.done.then(() => {
    done = true;
  });
  run.begin(0);
  const stepMs = options.stepMs ?? 0.25;
  const endMs = plan.durationMs + (options.gracefulStopMs ?? 30_000) + 1000;
  for (let step = 0; !done && step * stepMs <= endMs; step += 1) {
    workload.nowMs = step * stepMs;
    const { stalled, stopAt } = options;
    workload.sweep();
    for (const timer of timers.filter(({ atMs }) => atMs <= workload.nowMs)) {
      timers.splice(timers.indexOf(timer), 1);
      timer.callback();
    }
    if (stopAt && workload.nowMs === stopAt.ms) run.stop(stopAt.graceMs);
    if (!stalled || workload.nowMs < stalled[0] || workload.nowMs >= stalled[1]) wake();
    if (step % 100 === 0 || workload.underWay.length === 0) await Promise.resolve();
  }
  return { plan, played: workload.played, droppedMs: workload.droppedMs, doneMs: workload.nowMs };
}

/** Iterations under way at an instant. */
export function busyAt({ played }: VirtualLoad, ms: number): number {
  return played.filter(({ beganMs, endedMs }) => beganMs <= ms && ms < endedMs).length;
}
