/** The run's clock in whichever process: CLOCK_MONOTONIC is one for all processes of a machine, so the start travels as a number. */
import type { LoadClock } from '../transport/engine.ts';

const NS_PER_MS = 1e6;

/** CLOCK_MONOTONIC in ms. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / NS_PER_MS;
}

export interface RunClock extends LoadClock {
  /** From the run's clock to CLOCK_MONOTONIC. */
  toMonotonicMs(ms: number): number;
}

/** Counts ms from `startNs` (`process.hrtime.bigint()` of any process of this machine). `performance.now()` reads the same clock without a bigint. */
export function runClock(startNs: bigint): RunClock {
  const offsetMs = Number(process.hrtime.bigint() - startNs) / NS_PER_MS - performance.now();
  const startMs = Number(startNs) / NS_PER_MS;
  return { nowMs: () => performance.now() + offsetMs, toMonotonicMs: (ms) => ms + startMs };
}
