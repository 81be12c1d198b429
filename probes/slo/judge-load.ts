/** Judges a condition on the load over one stretch of time: the number that a metric and an aggregation mean there, and whether it meets the bound. */
import type { LoadCondition } from '../../experiments/language/condition.ts';
import { BUILT_IN_METRICS } from '../../experiments/language/load-metrics.ts';
import type { Aggregate, MetricSelector } from '../../experiments/language/threshold.ts';
import type { Evidence } from './evidence.ts';
import { aggregationText, type Judgement, meets, numberText, unknown } from './judgement.ts';
import { BUCKET_MS, OTHER_TAG } from './load-cells.ts';
import { type MetricReader, metricReader, unsuitable } from './load-metrics.ts';
import { LoadWindow } from './load-window.ts';

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

/** Measures over the buckets that lie wholly within [fromMs, toMs). A gauge holds its value until the next one, so it is looked up from the beginning. */
export function measureLoad(question: LoadQuestion, evidence: Evidence, fromMs: number, toMs: number): Measured {
  const { selector } = question;
  const end = Math.floor(toMs / BUCKET_MS);
  const isHeld = evidence.metric(selector.metric)?.type === 'gauge';
  const first = isHeld ? 0 : Math.ceil(fromMs / BUCKET_MS);
  if (end <= first) return nothing('no whole bucket of 100 ms lies within');
  const reader = readerFor(selector, evidence);
  if (!reader)
    return nothing(unsuitable(selector.metric, question.aggregate, evidence.ownMetrics()) ?? `there is no metric ${selector.metric}`);
  if (evidence.isIncomplete(selector)) return nothing(`more series than are kept: what ${selector.text} asks for may lie in ${OTHER_TAG}`);
  const matching = evidence.seriesOf(selector);
  if (matching.length === 0) return nothing(`no load matches ${selector.text}`);
  const window = new LoadWindow(reader.demand);
  for (const { rows } of matching) {
    for (let bucket = first; bucket < end; bucket += 1) {
      const row = rows.get(bucket);
      if (row) window.add(row);
    }
  }
  const length = { lengthMs: (end - first) * BUCKET_MS, completionsKnown: evidence.completionsKnown };
  return measureWindow(question, reader, window, length);
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
