/** When a counter of the load counts, by buckets of 100 ms: its peak within any second, and the spread of its instants. */
import type { SpreadMeasure } from '../../../experiments/language/spread.ts';
import type { MetricSelector } from '../../../experiments/language/threshold.ts';
import type { Evidence } from '../evidence.ts';
import { readerFor } from '../judge-load.ts';
import { BUCKET_MS, OTHER_TAG } from '../load-cells.ts';
import { LoadWindow } from '../load-window.ts';
import { type Counted, deviationOfCounts, peakOfCounts } from './event-times.ts';
import { exactly, type Found } from './found.ts';

/** The stretch that a peak is counted in. */
const PEAK_MS = 1000;

/** What the counter counted in each bucket that lies wholly within [fromMs, toMs), by the middle of the bucket; undefined where there is no such counter. */
function countsOf(selector: MetricSelector, evidence: Evidence, fromMs: number, toMs: number): Counted[] | undefined {
  const reader = readerFor(selector, evidence);
  if (!reader) return undefined;
  const counts: Counted[] = [];
  const series = evidence.seriesOf(selector);
  for (let bucket = Math.ceil(fromMs / BUCKET_MS); bucket < Math.floor(toMs / BUCKET_MS); bucket += 1) {
    const window = new LoadWindow(reader.demand);
    for (const { rows } of series) {
      const row = rows.get(bucket);
      if (row) window.add(row);
    }
    const count = reader.value(window, { aggregation: 'count' }, BUCKET_MS) ?? 0;
    if (count > 0) counts.push({ atMs: (bucket + 0.5) * BUCKET_MS, count });
  }
  return counts;
}

/** Without an event nothing is known: a job that never ran does not prove that jobs run apart. */
export function counterSpread(
  { measure, of, tags, text }: SpreadMeasure,
  evidence: Evidence,
  least: number,
  fromMs: number,
  toMs: number,
): Found {
  const selector: MetricSelector = { metric: of, tags, text };
  if (evidence.metric(of) && evidence.metric(of)?.type !== 'counter') return `${of} is no counter`;
  if (evidence.isIncomplete(selector)) return `more series than are kept: what ${text} asks for may lie in ${OTHER_TAG}`;
  const counts = countsOf(selector, evidence, fromMs, toMs);
  if (!counts) return `there is no metric ${of} of the load`;
  const events = counts.reduce((sum, { count }) => sum + count, 0);
  if (events < least) return events === 0 ? `${of} counted nothing` : `${events} of at least ${least} events`;
  const value = measure === 'peak' ? peakOfCounts(counts, PEAK_MS)?.count : deviationOfCounts(counts);
  return exactly(value, `${events} events`);
}
