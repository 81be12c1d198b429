/** Concurrent jobs: how many run at the same time, and for how long there are more of them than allowed. */

/** A job runs in [startedMs, endedMs); one without an end runs on. */
export interface Job {
  readonly startedMs: number;
  readonly endedMs: number | undefined;
}

export interface ConcurrentJobs {
  /** The most that ran at the same time, and since when. */
  readonly peak: number;
  readonly peakAtMs: number;
  /** How long more than the limit ran, in ms; endless where they run on. Simultaneous remediations: 0 above the limit. */
  readonly aboveLimitMs: number;
}

/**
 * Sweeps over starts and ends in order; one that ends when another starts does not run with it, and one that lasts 0 ms runs with what runs at its
 * instant. Undefined where there are no jobs, or where one ends before it starts or an instant is none.
 */
export function concurrentJobs(jobs: readonly Job[], limit = Number.POSITIVE_INFINITY): ConcurrentJobs | undefined {
  const ends = jobs.map(({ startedMs, endedMs = Number.POSITIVE_INFINITY }) => [startedMs, endedMs] as const);
  const isUsable = ends.every(([startedMs, endedMs]) => Number.isFinite(startedMs) && endedMs >= startedMs);
  if (jobs.length === 0 || !isUsable || Number.isNaN(limit)) return undefined;
  const changes = ends.flatMap(([startedMs, endedMs]) => [
    { atMs: startedMs, by: 1, turn: 1 },
    { atMs: endedMs, by: -1, turn: endedMs > startedMs ? 0 : 2 },
  ]);
  changes.sort((one, other) => (one.atMs === other.atMs ? one.turn - other.turn : one.atMs - other.atMs));
  let [running, peak, peakAtMs, aboveLimitMs] = [0, 0, changes[0]?.atMs ?? 0, 0];
  changes.forEach(({ atMs, by }, index) => {
    running += by;
    if (running > peak) [peak, peakAtMs] = [running, atMs];
    const untilMs = changes[index + 1]?.atMs ?? atMs;
    if (running > limit && untilMs > atMs) aboveLimitMs += untilMs - atMs;
  });
  return { peak, peakAtMs, aboveLimitMs };
}
