/** How closely events (job starts, restarts, checks) follow each other. Instants in ms, in any order. */
import { finite } from './amounts.ts';
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

/** Peak per bucket: the most events in one of the buckets [k · bucketMs, (k + 1) · bucketMs), the first of equals. Undefined without events. */
export function peakPerBucket(timesMs: readonly number[], bucketMs: number): Peak | undefined {
  if (timesMs.length === 0 || !timesMs.every(Number.isFinite) || !(bucketMs > 0 && Number.isFinite(bucketMs))) return undefined;
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

/** So many events at one instant, as load is recorded: by buckets. */
export interface Counted {
  readonly atMs: number;
  /** Above 0. */
  readonly count: number;
}

/**
 * The most events in any stretch [t, t + lengthMs), wherever it begins: a burst that lies across the border of two buckets counts whole. It is at least
 * the peak per bucket of that length and at most twice as much. Undefined without events.
 */
export function peakWithin(timesMs: readonly number[], lengthMs: number): Peak | undefined {
  return peakOfCounts(
    timesMs.map((atMs) => ({ atMs, count: 1 })),
    lengthMs,
  );
}

/** `peakWithin` of events that are counted by instants. */
export function peakOfCounts(counted: readonly Counted[], lengthMs: number): Peak | undefined {
  if (!isCounted(counted) || !(lengthMs > 0 && Number.isFinite(lengthMs))) return undefined;
  const sorted = [...counted].sort((one, other) => one.atMs - other.atMs);
  let peak: Peak = { count: 0, fromMs: 0 };
  let [first, inside] = [0, 0];
  for (const { atMs, count } of sorted) {
    inside += count;
    for (let oldest = sorted[first]; oldest && atMs - oldest.atMs >= lengthMs; oldest = sorted[first]) {
      inside -= oldest.count;
      first += 1;
    }
    if (inside > peak.count) peak = { count: inside, fromMs: sorted[first]?.atMs ?? atMs };
  }
  return peak;
}

/** `spreadOfTimes` of events that are counted by instants: √(Σ count (t − t̄)² / Σ count), in ms. Undefined without events. */
export function deviationOfCounts(counted: readonly Counted[]): number | undefined {
  const firstMs = counted[0]?.atMs;
  if (firstMs === undefined || !isCounted(counted)) return undefined;
  const events = counted.reduce((sum, { count }) => sum + count, 0);
  const mean = counted.reduce((sum, { atMs, count }) => sum + count * (atMs - firstMs), 0) / events;
  const squares = counted.reduce((sum, { atMs, count }) => sum + count * (atMs - firstMs - mean) ** 2, 0);
  return finite(Math.sqrt(squares / events));
}

function isCounted(counted: readonly Counted[]): boolean {
  return counted.length > 0 && counted.every(({ atMs, count }) => Number.isFinite(atMs) && count > 0 && Number.isFinite(count));
}
