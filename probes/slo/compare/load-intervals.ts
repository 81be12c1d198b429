/** The load of a part of a run, cut into intervals that can be put together anew. */
import type { Aggregate, MetricSelector } from '../../../experiments/language/threshold.ts';
import type { Evidence } from '../evidence.ts';
import { type LoadQuestion, measureWindow, readerFor } from '../judge-load.ts';
import { BUCKET_MS } from '../load-cells.ts';
import type { MetricReader } from '../load-metrics.ts';
import { emptyRow, type LoadRow, LoadWindow, mergeRows } from '../load-window.ts';
import type { Ratio } from '../spread/ratios.ts';
import type { Intervals } from './sample.ts';
import type { Span } from './span.ts';

const INTERVAL_MS = 1000;
/** Intervals of one run at most; a longer run has longer ones. */
const INTERVALS_MAX = 600;
/** What intervals put together anew come to; extremes, last values and differences are of the order in which things came. */
const DRAWABLE: ReadonlySet<Aggregate['aggregation']> = new Set(['rate', 'count', 'avg', 'med', 'p']);

/** A row as far as the reader needs it: its times counted by steps, so that putting many together is quick. */
function compactRow(row: LoadRow, { demand }: MetricReader): LoadRow {
  const { trend } = demand;
  if (!trend) return row;
  const window = new LoadWindow(demand);
  window.add(row);
  return { ...emptyRow(), sums: row.sums, checks: row.checks, metrics: row.metrics, [trend]: [window.histogram?.toSparse() ?? []] };
}

function windowOf(rows: readonly (LoadRow | undefined)[], reader: MetricReader): LoadWindow {
  const window = new LoadWindow(reader.demand);
  for (const row of rows) if (row) window.grow(row);
  return window;
}

/** Undefined where the aggregate is one that cannot be taken of intervals in another order. */
export function loadIntervals(selector: MetricSelector, aggregate: Aggregate, evidence: Evidence, span: Span): Intervals | undefined {
  const reader = readerFor(selector, evidence);
  if (!reader || !DRAWABLE.has(aggregate.aggregation)) return undefined;
  const lengthMs = INTERVAL_MS * Math.max(1, Math.ceil((span.toMs - span.fromMs) / INTERVAL_MS / INTERVALS_MAX));
  const count = Math.max(0, Math.floor((span.toMs - span.fromMs) / lengthMs));
  const series = evidence.seriesOf(selector);
  const rows = Array.from({ length: count }, (_, index) => {
    const first = Math.ceil((span.fromMs + index * lengthMs) / BUCKET_MS);
    const buckets = Array.from({ length: lengthMs / BUCKET_MS }, (_, bucket) => first + bucket);
    return compactRow(mergeRows(series.flatMap((each) => buckets.flatMap((bucket) => each.rows.get(bucket) ?? []))), reader);
  });
  const question: LoadQuestion = { selector, aggregate };
  const over = (indexes: readonly number[]): number => {
    const window = windowOf(
      indexes.map((index) => rows[index]),
      reader,
    );
    const length = { lengthMs: indexes.length * lengthMs, completionsKnown: evidence.completionsKnown };
    return measureWindow(question, reader, window, length).value ?? Number.NaN;
  };
  return { unit: `${lengthMs / 1000}s`, values: rows.map((_, index) => over([index])), over };
}

/** Of a metric that is a share: how many of how many. */
export function loadCounts(selector: MetricSelector, aggregate: Aggregate, evidence: Evidence, span: Span): Ratio | undefined {
  const reader = readerFor(selector, evidence);
  if (!reader || aggregate.aggregation !== 'rate' || evidence.metric(selector.metric)?.type !== 'rate') return undefined;
  const [first, end] = [Math.ceil(span.fromMs / BUCKET_MS), Math.floor(span.toMs / BUCKET_MS)];
  const rows = evidence
    .seriesOf(selector)
    .flatMap((each) => [...each.rows].flatMap(([bucket, row]) => (bucket >= first && bucket < end ? row : [])));
  const window = windowOf(rows, reader);
  const all = reader.samples(window);
  const share = reader.value(window, aggregate, span.toMs - span.fromMs);
  return all > 0 && share !== undefined ? { count: Math.round(share * all), all } : undefined;
}
