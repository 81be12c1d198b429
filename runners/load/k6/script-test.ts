/** What all virtual users of a script have in common in one process: its metrics, its files, its counts, and its end. */
import { type Share, WHOLE } from '../executors/executor.ts';
import type { LoadClock } from '../transport/engine.ts';
import type { MetricType, Tags } from './host.ts';
import type { JournalTap } from './journal-tap.ts';
import type { Log } from './log.ts';
import { Checks, type ChecksGrowth } from './metrics/checks.ts';
import { type MetricGrowth, MetricStore } from './metrics/metric-store.ts';
import type { OpenFiles } from './open-files.ts';
import { SharedArrays } from './shared-arrays.ts';

/** Why a test ended before its time. */
export interface Abortion {
  readonly by: 'script' | 'threshold' | 'signal' | 'init' | 'stuck';
  readonly reason: string;
}

/** Told of each metric and each value, beside the store: the journal's recorder, or a file. */
export interface SampleTap {
  metric(name: string, type: MetricType, isTime: boolean): void;
  sample(metric: string, value: number, base: Tags, own: Tags | undefined): void;
}

/** Iterations and virtual users, as `k6/execution` counts them. */
export interface TestCounts {
  readonly completed: number;
  readonly interrupted: number;
  readonly vusActive: number;
  readonly vusInitialized: number;
}

/** What one process of a test has sampled since it last told. */
export interface TestGrowth {
  readonly metrics: readonly MetricGrowth[];
  readonly checks: ChecksGrowth;
}

const NOBODY: TestCounts = { completed: 0, interrupted: 0, vusActive: 0, vusInitialized: 0 };

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
  /** What the other processes of the test have told last. */
  elsewhere: TestCounts = NOBODY;
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
  #share: Share = WHOLE;
  #planned = 0;
  #further = 0;
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

  /** The part of the test that is this process's, and how many virtual users all processes make beforehand. */
  join(share: Share, planned: number): void {
    this.#share = share;
    this.#planned = planned;
  }

  /** The number of a virtual user that is made while the test runs, beyond those that were planned; no other has it in any process. */
  furtherId(): number {
    const { index, of } = this.#share;
    const id = this.#planned + this.#further * of + index + 1;
    this.#further += 1;
    return id;
  }

  /** Of this process. */
  get counts(): TestCounts {
    const { completed, interrupted, vusActive, vusInitialized } = this;
    return { completed, interrupted, vusActive, vusInitialized };
  }

  /** Of all processes; those of the others are up to a second old. */
  get countsInAll(): TestCounts {
    return addCounts(this.counts, this.elsewhere);
  }

  /** A condition or a threshold asks whole requests for what only their answers tell. */
  get asksForAnswers(): boolean {
    return (this.journal?.asksForAnswers ?? false) || this.store.hasParts('http_req_latency');
  }

  /** Gives all that was sampled, and begins anew. */
  drain(): TestGrowth {
    return { metrics: this.store.drain(), checks: this.checks.drain() };
  }

  /** Adds what another process sampled. */
  absorb({ metrics, checks }: TestGrowth): void {
    this.store.absorb(metrics);
    this.checks.absorb(checks);
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

  /** Samples `vus`, the most that were at work since the last time, and `vus_max`, of all processes. */
  countVus(): void {
    const { vusActive, vusInitialized } = this.elsewhere;
    this.sample('vus', this.takePeak() + vusActive, {});
    this.sample('vus_max', this.vusInitialized + vusInitialized, {});
  }

  /** The most virtual users that were at work since the last time. */
  takePeak(): number {
    const peak = this.#vusPeak;
    this.#vusPeak = this.vusActive;
    return peak;
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

export function addCounts(one: TestCounts, other: TestCounts): TestCounts {
  return {
    completed: one.completed + other.completed,
    interrupted: one.interrupted + other.interrupted,
    vusActive: one.vusActive + other.vusActive,
    vusInitialized: one.vusInitialized + other.vusInitialized,
  };
}
