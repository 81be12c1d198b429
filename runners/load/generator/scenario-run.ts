/**
 * One scenario at work in the generator: its workload, its virtual users, its driver, and its end. It ends when the
 * driver has started its last iteration and all have ended, or when gracefulStop is over: what is still open then is
 * `dropped`.
 */
import { driveClosedLoop } from '../drivers/closed-loop.ts';
import { type Launcher, ownCount } from '../drivers/launcher.ts';
import { driveOpenLoop } from '../drivers/open-loop.ts';
import { VirtualUsers } from '../drivers/virtual-users.ts';
import { type ExecutorPlan, type Share, WHOLE } from '../executors/executor.ts';
import { createRandom, type Random } from '../pacing/random.ts';
import type { Schedule } from '../pacing/schedule.ts';
import type { Gauges } from '../recording/gauges.ts';
import type { LoadClock } from '../transport/engine.ts';
import type { Workload } from '../workload.ts';

export interface ScenarioRunOptions {
  readonly plan: ExecutorPlan;
  readonly workload: Workload;
  /** How long running iterations may take after the end. */
  readonly gracefulStopMs: number;
  /** Default 0. */
  readonly minIterationMs?: number;
  /** The part of the plan that this process carries out; default all. */
  readonly share?: Share;
  /** Draws the pauses of virtual users; needed where they have two ends. */
  readonly random?: Random;
  readonly clock: LoadClock;
  readonly schedule: Schedule;
  readonly gauges: Pick<Gauges, 'lag'>;
  /** Calls back after a delay and returns how to cancel; default real timers. */
  readonly after?: (delayMs: number, callback: () => void) => () => void;
}

function realTime(delayMs: number, callback: () => void): () => void {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
}

/** Virtual users that a plan needs at most. */
export function usersMaxOf(plan: ExecutorPlan): number {
  return plan.model === 'open' ? plan.maxVUs : plan.vus;
}

export class ScenarioRun implements Launcher {
  readonly clock: LoadClock;
  readonly schedule: Schedule;
  readonly users: VirtualUsers;
  readonly share: Share;
  readonly minIterationMs: number;
  readonly random: Random;
  /** Resolves when every iteration has ended. */
  readonly done: Promise<void>;
  readonly #options: ScenarioRunOptions;
  #resolve: () => void = () => {};
  #end: () => void = () => {};
  #cancelGrace: () => void = () => {};
  #finished = false;

  constructor(options: ScenarioRunOptions) {
    this.#options = options;
    this.clock = options.clock;
    this.schedule = options.schedule;
    this.share = options.share ?? WHOLE;
    this.minIterationMs = options.minIterationMs ?? 0;
    this.random = options.random ?? createRandom(0, 'pauses');
    this.users = new VirtualUsers({
      workload: options.workload,
      usersMax: ownCount(usersMaxOf(options.plan), this.share),
      share: this.share,
      onEnd: () => {
        if (this.#finished && this.users.underWay === 0) this.#close();
      },
    });
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Opens connections ahead of the first request. */
  warm(): Promise<void> {
    const { plan, workload } = this.#options;
    const count = ownCount(plan.model === 'open' ? plan.preAllocatedVUs : plan.vus, this.share);
    this.users.prepare(count);
    return workload.warm(count);
  }

  /** Starts the driver; `beginMs` on the run's clock. */
  begin(beginMs: number): void {
    const { plan } = this.#options;
    if (this.#finished) return;
    this.#end = plan.model === 'open' ? driveOpenLoop(this, plan, beginMs) : driveClosedLoop(this, plan, beginMs);
  }

  /** Starts nothing any more, and gives what is under way this long. */
  stop(graceMs: number): void {
    this.#end();
    this.#finish(graceMs);
  }

  sweep(nowMs: number): void {
    this.#options.workload.sweep(nowMs);
  }

  lag(intendedMs: number, nowMs: number): void {
    this.#options.gauges.lag(nowMs - intendedMs);
  }

  drop(intendedMs: number, nowMs: number): void {
    this.#options.workload.dropped(intendedMs, nowMs);
  }

  finished(): void {
    this.#finish(this.#options.gracefulStopMs);
  }

  #finish(graceMs: number): void {
    this.#finished = true;
    this.#cancelGrace();
    if (this.users.underWay === 0) this.#close();
    else this.#cancelGrace = (this.#options.after ?? realTime)(graceMs, () => this.#close());
  }

  #close(): void {
    this.#cancelGrace();
    this.#options.workload.close();
    this.#resolve();
  }
}
