/** How closely events (job starts, restarts, checks) follow each other. Instants in ms, in any order. */
import { standardDeviation } from './standard-deviation.ts';

/** Spread of event times in ms: σ of the instants over all events. 0 for one event, and where all happen at once. Undefined without events. */
export function spreadOfTimes(timesMs: readonly number[]): number | undefined {
  return standardDeviation(timesMs);
}

/** How many events the fullest stretch of time holds, and when it begins. */
export interface Peak {
  readonly count: number;
  readonly fromMs: number;
}

function isUsable(timesMs: readonly number[], lengthMs: number): boolean {
  return timesMs.length > 0 && timesMs.every(Number.isFinite) && lengthMs > 0 && Number.isFinite(lengthMs);
}

/** Peak per bucket: the most events in one of the buckets [k · bucketMs, (k + 1) · bucketMs), the first of equals. Undefined without events. */
export function peakPerBucket(timesMs: readonly number[], bucketMs: number): Peak | undefined {
  if (!isUsable(timesMs, bucketMs)) return undefined;
  const counts = new Map<number, number>();
  for (const timeMs of timesMs) {
    const bucket = Math.floor(timeMs / bucketMs);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  const [bucket, count] = [...counts].reduce((fullest, each) => {
    const isFuller = each[1] > fullest[1] || (each[1] === fullest[1] && each[0] < fullest[0]);
    return isFuller ? each : fullest;
  });
  return { count, fromMs: bucket * bucketMs };
}

/**
 * The most events in any stretch [t, t + lengthMs), wherever it begins: a burst that lies across the border of two buckets counts whole. It is at least
 * the peak per bucket of that length and at most twice as much. Undefined without events.
 */
export function peakWithin(timesMs: readonly number[], lengthMs: number): Peak | undefined {
  if (!isUsable(timesMs, lengthMs)) return undefined;
  const sorted = [...timesMs].sort((one, other) => one - other);
  let peak: Peak = { count: 0, fromMs: 0 };
  let first = 0;
  sorted.forEach((timeMs, last) => {
    while (timeMs - (sorted[first] ?? timeMs) >= lengthMs) first += 1;
    if (last - first + 1 > peak.count) peak = { count: last - first + 1, fromMs: sorted[first] ?? timeMs };
  });
  return peak;
}
