/** The generator's own health: how late it hands iterations over, and what it costs. It must know its own spikes from the target's. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Histogram } from '../../../probes/slo/histogram.ts';
import type { SparseHistogram } from '../../../probes/slo/load-cells.ts';

/** What one process tells of its last second. */
export interface ProcessFacts {
  readonly lag: SparseHistogram;
  readonly eventLoopDelayP99Ms: number;
  /** Of one core. */
  readonly cpuShare: number;
  readonly rssBytes: number;
  /** Virtual users at work, and those that exist. */
  readonly vus: number;
  readonly vusMax: number;
}

/** Beyond this 99th percentile of the lag the figures may be the generator's doing. */
export const LAG_P99_MS_MAX = 10;
/** Sampling interval of the event loop's delay; Node's figure includes it. */
const RESOLUTION_MS = 10;
const NS_PER_MS = 1e6;

export class Gauges {
  readonly #loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #whole = new Histogram();
  #second = new Histogram();
  #cpu = process.cpuUsage();
  #atMs = performance.now();

  constructor() {
    this.#loop.enable();
  }

  /** The time from an arrival's intended moment to the moment it was handed to the engine: waiting for the target is not in it. */
  lag(ms: number): void {
    this.#second.record(ms);
    this.#whole.record(ms);
  }

  /** Facts since the last call. */
  take(users: { readonly vus: number; readonly vusMax: number }): ProcessFacts {
    const nowMs = performance.now();
    const cpu = process.cpuUsage(this.#cpu);
    const loopMs = this.#loop.count === 0 ? 0 : this.#loop.percentile(99) / NS_PER_MS;
    const facts: ProcessFacts = {
      lag: this.#second.toSparse(),
      eventLoopDelayP99Ms: Math.max(0, loopMs - RESOLUTION_MS),
      cpuShare: (cpu.user + cpu.system) / 1000 / Math.max(1, nowMs - this.#atMs),
      rssBytes: process.memoryUsage.rss(),
      ...users,
    };
    this.#cpu = process.cpuUsage();
    this.#atMs = nowMs;
    this.#second = new Histogram();
    this.#loop.reset();
    return facts;
  }

  /** Lag over the whole run. */
  whole(): SparseHistogram {
    return this.#whole.toSparse();
  }

  stop(): void {
    this.#loop.disable();
  }
}
