/** Time, passed in: the run's monotonic clock and waits on it. Tests hand in virtual time. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds since the run's start, monotonic. */
  nowMs(): number;
  /** Resolves at `atMs` on this clock, or at once when it has passed or the signal aborts. Never rejects. */
  until(atMs: number, signal?: AbortSignal): Promise<void>;
}

/** The real clock of a run that started at `startNs` of `process.hrtime.bigint()`. */
export function monotonicClock(startNs: bigint): Clock {
  const nowMs = () => Number(process.hrtime.bigint() - startNs) / 1e6;
  return {
    nowMs,
    async until(atMs, signal) {
      const waitMs = atMs - nowMs();
      if (waitMs <= 0 || signal?.aborted) return;
      await sleep(waitMs, undefined, signal ? { signal } : {}).catch(() => undefined);
    },
  };
}
