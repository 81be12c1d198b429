/** What all virtual users of a script have in common in one process: its metrics, its files, its counts, and its end. */
import type { LoadClock } from '../transport/engine.ts';
import type { MetricType, Tags } from './host.ts';
import type { JournalTap } from './journal-tap.ts';
import type { Log } from './log.ts';
import { Checks } from './metrics/checks.ts';
import { MetricStore } from './metrics/metric-store.ts';
import type { OpenFiles } from './open-files.ts';
import { SharedArrays } from './shared-arrays.ts';

/** Why a test ended before its time. */
export interface Abortion {
  readonly by: 'script' | 'threshold' | 'signal' | 'init';
  readonly reason: string;
}

/** Told of each metric and each value, beside the store: the journal's recorder, or a file. */
export interface SampleTap {
  metric(name: string, type: MetricType, isTime: boolean): void;
  sample(metric: string, value: number, base: Tags, own: Tags | undefined): void;
}

export interface ScriptTestParts {
  readonly clock: LoadClock;
  readonly seed: number;
  readonly log: Log;
  readonly files: OpenFiles;
  /** `__ENV`, before a scenario puts its own over it. */
  readonly environment: Tags;
  /** Where samples go for the journal, if there is one. */
  readonly journal?: JournalTap | undefined;
  readonly taps: readonly SampleTap[];
}

export class ScriptTest {
  readonly clock: LoadClock;
  readonly seed: number;
  readonly log: Log;
  readonly files: OpenFiles;
  readonly environment: Tags;
  readonly journal: JournalTap | undefined;
  readonly store = new MetricStore();
  readonly checks = new Checks();
  readonly arrays = new SharedArrays();
  /** All sources put together, as `exec.test.options` shows them. */
  shownOptions: Readonly<Record<string, unknown>> = {};
  completed = 0;
  interrupted = 0;
  vusInitialized = 0;
  /** At work on an iteration. */
  vusActive = 0;
  abortion: Abortion | undefined;
  /** Who ran last: asked for a name only where it does not end. */
  atWork: { readonly who: string } | undefined;
  /** What `exec.test.fail` was told. */
  failure: string | undefined;
  /** Resolves when the test is aborted. */
  readonly aborted: Promise<void>;
  /** Called once, by the first abortion. */
  onAbort: () => void = () => {};
  readonly #taps: readonly SampleTap[];
  #tellAborted: () => void = () => {};
  #vusPeak = 0;
  #ids = 0;
  #startedMs: number;

  constructor(parts: ScriptTestParts) {
    this.clock = parts.clock;
    this.seed = parts.seed;
    this.log = parts.log;
    this.files = parts.files;
    this.environment = parts.environment;
    this.journal = parts.journal;
    this.#taps = parts.journal ? [parts.journal, ...parts.taps] : parts.taps;
    this.#startedMs = parts.clock.nowMs();
    this.aborted = new Promise((resolve) => {
      this.#tellAborted = resolve;
    });
    this.store.onSample((metric, value, base, own) => this.checks.hear(metric, value, base, own));
    for (const tap of this.#taps) this.store.onSample((metric, value, base, own) => tap.sample(metric, value, base, own));
  }

  /** ms since the test began: what rates are over. */
  get elapsedMs(): number {
    return this.clock.nowMs() - this.#startedMs;
  }

  /** The test begins: init contexts do not count. */
  begin(): void {
    this.#startedMs = this.clock.nowMs();
  }

  /** From 1, over all scenarios. */
  nextId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  defineMetric(name: string, type: MetricType, isTime: boolean): void {
    const isNew = !this.store.has(name);
    this.store.define(name, type, isTime);
    if (isNew) for (const tap of this.#taps) tap.metric(name, type, isTime);
  }

  sample(metric: string, value: number, base: Tags, own?: Tags): void {
    this.store.sample(metric, value, base, own);
  }

  iterationBegan(): void {
    this.vusActive += 1;
    this.#vusPeak = Math.max(this.#vusPeak, this.vusActive);
  }

  iterationEnded(): void {
    this.vusActive -= 1;
  }

  /** Samples `vus`, the most that were at work since the last time, and `vus_max`. */
  countVus(): void {
    this.sample('vus', this.#vusPeak, {});
    this.sample('vus_max', this.vusInitialized, {});
    this.#vusPeak = this.vusActive;
  }

  abort(reason: string, by: Abortion['by'] = 'script'): void {
    if (this.abortion) return;
    this.abortion = { by, reason };
    this.#tellAborted();
    this.onAbort();
  }

  markFailed(reason: string): void {
    this.failure ??= reason;
    this.log.say('error', reason === '' ? 'the test was marked as failed' : `the test was marked as failed: ${reason}`, 'script');
  }
}
