/** When a burn-rate alert did what its condition asks for. It is looked at every 100 ms, so an edge lies within the 100 ms before it was seen. */
import type { BurnCondition } from '../../experiments/language/condition.ts';
import { burnHolds, burnLoad, burnMeter } from './burn-alert.ts';
import type { Evidence } from './evidence.ts';
import { GOOD_STATE_OF, type GoodInterval, type GoodTimeline, joinIntervals } from './good-intervals.ts';
import { BUCKET_MS } from './load-cells.ts';

const SEEN_WITHIN = { earlierMs: BUCKET_MS, laterMs: 0 };

/** The timeline from 0 to `toMs`; it ends with the load. */
export function burnTimeline(condition: BurnCondition, evidence: Evidence, toMs: number): GoodTimeline {
  const last = Math.floor(toMs / BUCKET_MS);
  const load = burnLoad(condition, evidence, last);
  let end = typeof load === 'string' ? 0 : last;
  while (typeof load !== 'string' && end > 0 && !load.isDue(end - 1)) end -= 1;
  const meter = typeof load === 'string' ? undefined : burnMeter(condition, load);
  const intervals = Array.from({ length: end }, (_, at): GoodInterval => {
    const state = meter ? burnHolds(meter(at), condition) : 'unknown';
    return { fromMs: at * BUCKET_MS, toMs: (at + 1) * BUCKET_MS, state: GOOD_STATE_OF[state] };
  });
  return {
    intervals: joinIntervals(intervals, toMs),
    endMs: end * BUCKET_MS,
    errorMs: BUCKET_MS,
    edges: { onset: SEEN_WITHIN, relief: SEEN_WITHIN },
    windowMs: BUCKET_MS,
    settleMs: 0,
    rescuedMs: 0,
  };
}
