/** When the system was in its steady state: every part of the hypothesis on one time axis. */
import type { Condition } from '../../experiments/language/condition.ts';
import type { Evidence } from './evidence.ts';
import { type LateSpan, timelineDespiteLag } from './generator-lag.ts';
import { combineIntervals, type GoodTimeline } from './good-intervals.ts';
import { widestErrors } from './instant.ts';

/** The timeline of all of them together, good where all are; undefined where there are none. */
export function steadyTimeline(
  hypothesis: readonly Condition[],
  evidence: Evidence,
  watchEndMs: number,
  late: readonly LateSpan[],
): GoodTimeline | undefined {
  if (hypothesis.length === 0) return undefined;
  const all = hypothesis.map((condition) => timelineDespiteLag(condition, evidence, watchEndMs, late));
  const most = (pick: (timeline: GoodTimeline) => number) => Math.max(...all.map(pick));
  return {
    intervals: combineIntervals(
      all.map(({ intervals }) => intervals),
      watchEndMs,
    ),
    endMs: Math.min(...all.map(({ endMs }) => endMs)),
    errorMs: most(({ errorMs }) => errorMs),
    edges: widestErrors(all.map(({ edges }) => edges)),
    windowMs: most(({ windowMs }) => windowMs),
    settleMs: most(({ settleMs }) => settleMs),
    rescuedMs: most(({ rescuedMs }) => rescuedMs),
  };
}
