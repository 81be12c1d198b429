/** A script as a workload: each iteration calls the exported function of its scenario. */
import { setImmediate as breath } from 'node:timers/promises';
import type { IterationEnd, UserOwner, VirtualUser, Workload } from '../workload.ts';
import type { Connections } from './connections.ts';
import { ScriptFailure, withHint } from './exit-codes.ts';
import { failureText, type Script } from './script.ts';
import type { ScriptTest } from './script-test.ts';
import { Vu, type VuPlace } from './vu.ts';

/** Iterations that wait for nothing follow each other without a pause; after so long they let the process hear and tell. */
const BREATHLESS_MS_MAX = 50;

export interface ScriptWorkloadOptions {
  readonly test: ScriptTest;
  readonly script: Script;
  readonly place: VuPlace;
  /** The exported function. */
  readonly exec: string;
  /** What setup gave, as JSON. */
  readonly setupText: string | undefined;
  readonly connections: Pick<Connections, 'user' | 'sweep' | 'retried'>;
  /** Cookies outlive the iteration. */
  readonly keepsCookies: boolean;
  /** An iteration was counted: `intendedMs` on the run's clock. */
  readonly onIteration: (intendedMs: number) => void;
  /** `__VU` of a virtual user, by its number in the scenario. */
  readonly idOf: (number: number) => number;
}

export class ScriptWorkload implements Workload {
  readonly options: ScriptWorkloadOptions;
  readonly #busy = new Set<ScriptUser>();
  readonly #users: ScriptUser[] = [];
  /** When the process last came to its timers. */
  #breathedMs = 0;

  constructor(options: ScriptWorkloadOptions) {
    this.options = options;
  }

  get retried(): number {
    return this.options.connections.retried;
  }

  /** Waits for init contexts. Connections belong to no scenario; there is nothing to open before a script says where it goes. */
  async warm(): Promise<void> {
    await Promise.all(this.#users.map(({ ready }) => ready));
  }

  user(number: number, owner: UserOwner): VirtualUser {
    const user = new ScriptUser(this, this.options.idOf(number), owner);
    this.#users.push(user);
    return user;
  }

  dropped(intendedMs: number, nowMs: number): void {
    const { test, place } = this.options;
    test.sample('dropped_iterations', 1, place.tags);
    const series = test.journal?.series(place.tags);
    series?.planned(intendedMs);
    series?.settled(intendedMs, Number.NaN, nowMs, 'dropped');
  }

  isBreathless(nowMs: number): boolean {
    return nowMs - this.#breathedMs > BREATHLESS_MS_MAX;
  }

  sweep(nowMs: number): void {
    this.#breathedMs = nowMs;
    this.options.connections.sweep(nowMs);
  }

  close(): void {
    for (const user of [...this.#busy]) user.interrupt();
  }

  began(user: ScriptUser): void {
    this.#busy.add(user);
    this.options.test.iterationBegan();
  }

  ended(user: ScriptUser): void {
    this.#busy.delete(user);
    this.options.test.iterationEnded();
  }
}

class ScriptUser implements VirtualUser {
  /** Resolves when its init context is over, well or not. */
  ready: Promise<void> = Promise.resolve();
  readonly #workload: ScriptWorkload;
  readonly #owner: UserOwner;
  readonly #vu: Vu | undefined;
  /** Counted up by each iteration and each interruption, so that a late end is known as such. */
  #turn = 0;
  #busy = false;

  constructor(workload: ScriptWorkload, id: number, owner: UserOwner) {
    this.#workload = workload;
    this.#owner = owner;
    this.#vu = this.#make(id);
  }

  /** An init context that throws ends the test: it will not do better for the next virtual user. */
  #make(id: number): Vu | undefined {
    const { test, script, place, connections } = this.#workload.options;
    const fail = (error: unknown): void => {
      if (error instanceof ScriptFailure) test.abort(withHint(error), 'stuck');
      else test.abort(failureText(script, error), 'init');
    };
    try {
      const vu = new Vu({ test, script, place, connections, id });
      if (vu.exports instanceof Promise) this.ready = vu.exports.then(() => {}, fail);
      test.vusInitialized += 1;
      return vu;
    } catch (error) {
      fail(error);
      return undefined;
    }
  }

  iterate(intendedMs: number, nowMs: number, number: number): void {
    this.#turn += 1;
    this.#busy = true;
    this.#workload.began(this);
    if (!this.#vu) {
      this.interrupt();
      return;
    }
    this.#vu.begin(intendedMs, number, this.#workload.options);
    void this.#run(this.#vu, this.#turn, intendedMs, nowMs);
  }

  interrupt(): void {
    if (!this.#busy) return;
    this.#turn += 1;
    this.#vu?.host.giveUp();
    this.#workload.options.test.interrupted += 1;
    this.#leave('interrupted');
  }

  async #run(vu: Vu, turn: number, intendedMs: number, nowMs: number): Promise<void> {
    const { test, script, exec, setupText, onIteration } = this.#workload.options;
    let end: IterationEnd = 'completed';
    try {
      await vu.call(exec, vu.setupData(setupText));
    } catch (error) {
      if (test.abortion || turn !== this.#turn) {
        if (turn === this.#turn) this.interrupt();
        return;
      }
      if (error instanceof ScriptFailure) {
        test.abort(`${script.file} (${vu.host.who}): ${withHint(error)}`, 'stuck');
        this.interrupt();
        return;
      }
      test.log.failure(failureText(script, error));
      end = 'failed';
    }
    const endMs = test.clock.nowMs();
    if (this.#workload.isBreathless(endMs)) await breath();
    if (turn !== this.#turn) return;
    test.completed += 1;
    test.sample('iteration_duration', endMs - nowMs, vu.host.tags);
    test.sample('iterations', 1, vu.host.tags);
    onIteration(intendedMs);
    this.#leave(end === 'completed' && vu.host.unanswered ? 'failed' : end);
  }

  #leave(end: IterationEnd): void {
    this.#busy = false;
    this.#workload.ended(this);
    this.#owner.ended(end);
  }
}
