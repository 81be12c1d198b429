/** Judges a condition on the load over one stretch of time: the number that a metric and an aggregation mean there, and whether it meets the bound. */
import type { LoadCondition } from '../../experiments/language/condition.ts';
import { BUILT_IN_METRICS } from '../../experiments/language/load-metrics.ts';
import type { Aggregate, MetricSelector } from '../../experiments/language/threshold.ts';
import type { Evidence, SeriesRows } from './evidence.ts';
import { aggregationText, type Judgement, meets, numberText, unknown } from './judgement.ts';
import { BUCKET_MS, OTHER_TAG } from './load-cells.ts';
import { type MetricReader, metricReader, unsuitable } from './load-metrics.ts';
import { emptyRow, type LoadRow, LoadWindow } from './load-window.ts';

/** Names of the metrics that every load has. */
export const LOAD_METRICS: readonly string[] = BUILT_IN_METRICS.map(({ name }) => name);

/** True for trends in ms, which a generator that is itself too late falsifies. */
export function isLatency(metric: string, evidence: Evidence): boolean {
  const definition = evidence.metric(metric);
  return definition !== undefined && definition.type === 'trend' && definition.isTime;
}

/** How the selector's metric is read from windows; undefined where there is none of that name. */
export function readerFor(selector: MetricSelector, evidence: Evidence): MetricReader | undefined {
  return metricReader(selector.metric, evidence, selector.tags['check']);
}

/** What is to be measured of the load; fewer samples than `least` say nothing. */
export interface LoadQuestion {
  readonly selector: MetricSelector;
  readonly aggregate: Aggregate;
  readonly least?: number | undefined;
}

/** What a stretch of the load measured: a value (∞ for the latency of what was never answered), or why there is none. */
export type Measured = { readonly value: number; readonly seen: string } | { readonly value: undefined; readonly seen: string };

/** What a window of the load is measured by. */
export interface WindowLength {
  readonly lengthMs: number;
  /** Whether the load counts completions by bucket. */
  readonly completionsKnown: boolean;
}

/** A series that a question is about. */
export interface ReadSeries extends SeriesRows {
  /** Only what was planned there counts: what it came to is told apart elsewhere. */
  readonly onlyPlan: boolean;
}

/** How a question is read, and from which series. */
export interface ReadLoad {
  readonly reader: MetricReader;
  readonly matching: readonly ReadSeries[];
}

/** The part of a row that counts. */
export function partOf({ onlyPlan }: Pick<ReadSeries, 'onlyPlan'>, row: LoadRow): LoadRow {
  if (!onlyPlan) return row;
  const plan = emptyRow();
  plan.sums.planned = row.sums.planned;
  return plan;
}

/** The row of a bucket, as far as it counts. */
export function rowIn(series: ReadSeries, bucket: number): LoadRow | undefined {
  const row = series.rows.get(bucket);
  return row && partOf(series, row);
}

/**
 * Or why there is no answer. What is counted by what only answers tell stands at zero where such requests were planned and
 * none was answered so.
 */
export function readLoad({ selector, aggregate }: LoadQuestion, evidence: Evidence): ReadLoad | { readonly why: string } {
  const reader = readerFor(selector, evidence);
  if (!reader) return { why: unsuitable(selector.metric, aggregate, evidence.ownMetrics()) ?? `there is no metric ${selector.metric}` };
  if (evidence.isIncomplete(selector)) return { why: `more series than are kept: what ${selector.text} asks for may lie in ${OTHER_TAG}` };
  const told = evidence.seriesOf(selector).map((each) => ({ ...each, onlyPlan: false }));
  const plans = reader.fromZero ? evidence.plansOf(selector).map((each) => ({ ...each, onlyPlan: true })) : [];
  const matching = [...told, ...plans];
  if (matching.length === 0) return { why: `no load matches ${selector.text}` };
  return { reader: plans.length > 0 ? { ...reader, ofRequests: false } : reader, matching };
}

/** The sum over the buckets from `first` up to `end`, which is not among them. */
export function sumOver({ reader, matching }: ReadLoad, first: number, end: number): LoadWindow {
  const window = new LoadWindow(reader.demand);
  for (const series of matching) {
    for (let bucket = first; bucket < end; bucket += 1) {
      const row = rowIn(series, bucket);
      if (row) window.grow(row);
    }
  }
  return window;
}

/** Measures over the buckets that lie wholly within [fromMs, toMs). A gauge holds its value until the next one, so it is looked up from the beginning. */
export function measureLoad(question: LoadQuestion, evidence: Evidence, fromMs: number, toMs: number): Measured {
  const end = Math.floor(toMs / BUCKET_MS);
  const isHeld = evidence.metric(question.selector.metric)?.type === 'gauge';
  const first = isHeld ? 0 : Math.ceil(fromMs / BUCKET_MS);
  if (end <= first) return nothing('no whole bucket of 100 ms lies within');
  const read = readLoad(question, evidence);
  if ('why' in read) return nothing(read.why);
  const window = sumOver(read, first, end);
  const length = { lengthMs: (end - first) * BUCKET_MS, completionsKnown: evidence.completionsKnown };
  return measureWindow(question, read.reader, window, length);
}

/** Measures a filled window. */
export function measureWindow(
  { selector, aggregate, least = 1 }: LoadQuestion,
  reader: MetricReader,
  window: LoadWindow,
  { lengthMs, completionsKnown }: WindowLength,
): Measured {
  const { planned } = window.sums;
  if (reader.silent !== undefined && planned >= least && window.isSilent(completionsKnown)) {
    const value = aggregate.aggregation === 'count' ? planned * reader.silent : reader.silent;
    return { value, seen: `nothing of ${planned} planned was answered` };
  }
  const samples = reader.samples(window);
  if (samples < least) return nothing(samples === 0 ? 'no samples' : `${samples} of at least ${least} samples`);
  const value = reader.value(window, aggregate, lengthMs);
  if (value === undefined) return nothing(`${selector.metric} has no ${aggregationText(aggregate)}`);
  return { value, seen: `${aggregationText(aggregate)} ${numberText(value)}${reader.unit ?? ''} of ${samples}` };
}

function nothing(seen: string): Measured {
  return { value: undefined, seen };
}

/** Judges a filled window. */
export function judgeWindow(condition: LoadCondition, reader: MetricReader, window: LoadWindow, length: WindowLength): Judgement {
  return judged(condition, measureWindow(questionOf(condition), reader, window, length));
}

/** Judges over the buckets that lie wholly within [fromMs, toMs). */
export function judgeLoad(condition: LoadCondition, evidence: Evidence, fromMs: number, toMs: number): Judgement {
  return judged(condition, measureLoad(questionOf(condition), evidence, fromMs, toMs));
}

function questionOf({ load, threshold, 'min-samples': least }: LoadCondition): LoadQuestion {
  return { selector: load, aggregate: threshold, least };
}

function judged({ threshold }: LoadCondition, { value, seen }: Measured): Judgement {
  if (value === undefined) return unknown(seen);
  return { state: meets(value, threshold) ? 'held' : 'broken', seen, value };
}
