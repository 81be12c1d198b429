/** The generator's own health: how late it hands requests over, and what it costs. It must know its own spikes from the target's. */
import { createHistogram, monitorEventLoopDelay, type RecordableHistogram } from 'node:perf_hooks';
import type { EventOf, Stamp } from '../../journal/events.ts';

/** Facts of the last second, as the journal's `load.generator` has them. */
export type GeneratorFacts = Omit<EventOf<'load.generator'>, keyof Stamp | 'type'>;

/** Beyond this 99th percentile of the lag the figures may be the generator's doing. */
export const LAG_P99_MS_MAX = 10;
/** Sampling interval of the event loop's delay; Node's figure includes it. */
const RESOLUTION_MS = 10;
const NS_PER_MS = 1e6;

export class Gauges {
  readonly #loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #second: RecordableHistogram = createHistogram();
  readonly #whole: RecordableHistogram = createHistogram();
  #cpu = process.cpuUsage();
  #atMs = performance.now();

  constructor() {
    this.#loop.enable();
  }

  /** The time from an arrival's intended moment to the moment it was handed to the engine: waiting for the target is not in it. */
  lag(ms: number): void {
    const ns = Math.max(1, Math.round(ms * NS_PER_MS));
    this.#second.record(ns);
    this.#whole.record(ns);
  }

  /** Facts since the last call. */
  take(): GeneratorFacts {
    const nowMs = performance.now();
    const cpu = process.cpuUsage(this.#cpu);
    const lagP99Ms = percentileMs(this.#second, 99);
    const facts: GeneratorFacts = {
      lagP50Ms: percentileMs(this.#second, 50),
      lagP99Ms,
      eventLoopDelayP99Ms: Math.max(0, percentileMs(this.#loop, 99) - RESOLUTION_MS),
      cpuShare: (cpu.user + cpu.system) / 1000 / Math.max(1, nowMs - this.#atMs),
      rssBytes: process.memoryUsage.rss(),
      limited: lagP99Ms > LAG_P99_MS_MAX,
    };
    this.#cpu = process.cpuUsage();
    this.#atMs = nowMs;
    this.#second.reset();
    this.#loop.reset();
    return facts;
  }

  /** Lag over the whole run. */
  whole(): { lagP50Ms: number; lagP99Ms: number; limited: boolean } {
    const lagP99Ms = percentileMs(this.#whole, 99);
    return { lagP50Ms: percentileMs(this.#whole, 50), lagP99Ms, limited: lagP99Ms > LAG_P99_MS_MAX };
  }

  stop(): void {
    this.#loop.disable();
  }
}

function percentileMs(histogram: Pick<RecordableHistogram, 'count' | 'percentile'>, percentile: number): number {
  return histogram.count === 0 ? 0 : histogram.percentile(percentile) / NS_PER_MS;
}
