/** An indicator on the time axis: intervals that are good, not good or unknown, side by side without gaps. */
import type { EdgeErrors } from './instant.ts';
import type { State } from './judgement.ts';

export type GoodState = 'good' | 'not-good' | 'unknown';

/** What a judgement says of the stretch that it was made over. */
export const GOOD_STATE_OF: Readonly<Record<State, GoodState>> = { held: 'good', broken: 'not-good', unknown: 'unknown' };

/** [fromMs, toMs) on the run's clock. */
export interface GoodInterval {
  readonly fromMs: number;
  readonly toMs: number;
  readonly state: GoodState;
}

/** What an indicator looked like over the run. */
export interface GoodTimeline {
  /** From 0 to the end of the watch; neighbours differ in state. */
  readonly intervals: readonly GoodInterval[];
  /** Where the indicator's own samples end; after it all is unknown. */
  readonly endMs: number;
  /** Plus or minus this is an instant known. */
  readonly errorMs: number;
  /** The same for each edge by itself, where its two sides differ. */
  readonly edges: EdgeErrors;
  /** Length of the window that was slid along. */
  readonly windowMs: number;
  /** A stretch that begins this shortly before a fault's end may be the undo's own doing: requests on their way are keyed by their start. */
  readonly settleMs: number;
  /** What waits this shortly before a fault's end is answered at once by its end, and looks good without any mitigation. */
  readonly rescuedMs: number;
}

/** Joins intervals (sorted, not overlapping) into a whole from 0 to `endMs`: holes are unknown, equal neighbours become one. */
export function joinIntervals(intervals: readonly GoodInterval[], endMs: number): GoodInterval[] {
  const joined: GoodInterval[] = [];
  const push = (interval: GoodInterval): void => {
    const last = joined.at(-1);
    if (interval.toMs <= interval.fromMs) return;
    if (last?.state === interval.state) joined[joined.length - 1] = { ...last, toMs: interval.toMs };
    else joined.push(interval);
  };
  for (const { fromMs, toMs, state } of intervals) {
    const at = joined.at(-1)?.toMs ?? 0;
    push({ fromMs: at, toMs: Math.min(fromMs, endMs), state: 'unknown' });
    push({ fromMs: Math.max(at, fromMs), toMs: Math.min(toMs, endMs), state });
  }
  push({ fromMs: joined.at(-1)?.toMs ?? 0, toMs: endMs, state: 'unknown' });
  return joined;
}

/** One timeline of several that all have to be good: not good where any is, else unknown where any is. */
export function combineIntervals(all: readonly (readonly GoodInterval[])[], endMs: number): GoodInterval[] {
  const edges = [...new Set([0, endMs, ...all.flatMap((each) => each.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))])].sort(
    (a, b) => a - b,
  );
  const next = all.map(() => 0);
  const combined = edges.slice(0, -1).map((fromMs, index): GoodInterval => {
    const states = all.map((intervals, which) => {
      while ((intervals[next[which] ?? 0]?.toMs ?? Number.POSITIVE_INFINITY) <= fromMs) next[which] = (next[which] ?? 0) + 1;
      const at = intervals[next[which] ?? 0];
      return at && at.fromMs <= fromMs ? at.state : 'unknown';
    });
    const worst = states.includes('not-good') ? 'not-good' : states.length === 0 || states.includes('unknown') ? 'unknown' : 'good';
    return { fromMs, toMs: edges[index + 1] ?? endMs, state: worst };
  });
  return joinIntervals(combined, endMs);
}

/** The parts of a timeline in one state that lie in [fromMs, toMs), cut to it. */
export function within(intervals: readonly GoodInterval[], state: GoodState, fromMs: number, toMs: number): GoodInterval[] {
  return intervals
    .filter((interval) => interval.state === state && interval.toMs > fromMs && interval.fromMs < toMs)
    .map((interval) => ({ state, fromMs: Math.max(interval.fromMs, fromMs), toMs: Math.min(interval.toMs, toMs) }));
}
