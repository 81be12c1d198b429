/** Judges a condition on the load over one stretch of time: which number a metric and an aggregation mean, and whether it meets the bound. */
import type { LoadCondition } from '../../experiments/language/condition.ts';
import type { Aggregate, MetricSelector } from '../../experiments/language/threshold.ts';
import type { Evidence } from './evidence.ts';
import { aggregationText, type Judgement, meets, numberText, unknown } from './judgement.ts';
import { BUCKET_MS } from './load-cells.ts';
import { type LoadDemand, LoadWindow } from './load-window.ts';

/** What a window says about one metric: how many samples it rests on, and its value by aggregation. */
interface Metric {
  readonly samples: (window: LoadWindow) => number;
  /** Undefined where the metric has no such aggregation. */
  readonly value: (window: LoadWindow, aggregate: Aggregate, lengthMs: number) => number | undefined;
  /** The value of a window in which load was planned and nothing was answered. Undefined: silence is nothing special. */
  readonly silent?: number;
  readonly demand?: LoadDemand;
  readonly unit?: string;
}

function counter(count: (window: LoadWindow) => number): Metric {
  return {
    samples: ({ sums }) => sums.planned + sums.finished,
    value: (window, { aggregation }, lengthMs) => {
      if (aggregation === 'count') return count(window);
      return aggregation === 'rate' ? count(window) / (lengthMs / 1000) : undefined;
    },
  };
}

function trend(name: 'duration' | 'latency'): Metric {
  return {
    samples: ({ histogram }) => histogram?.total ?? 0,
    value: ({ histogram }, { aggregation, percentile }) => {
      if (!histogram) return undefined;
      if (aggregation === 'avg') return histogram.averageMs;
      const fixed = { min: 0, med: 50, max: 100, p: percentile }[String(aggregation)];
      return fixed === undefined ? undefined : histogram.percentileMs(fixed);
    },
    silent: Number.POSITIVE_INFINITY,
    demand: { trend: name },
    unit: ' ms',
  };
}

/** k6's names. A share of nothing answered is the worst there is: all failed, no check passed, endless latency. */
const METRICS: ReadonlyMap<string, Metric> = new Map<string, Metric>([
  [
    'http_req_failed',
    {
      samples: ({ sums }) => sums.finished,
      value: ({ sums }, { aggregation }) => {
        if (aggregation === 'count') return sums.failed;
        return aggregation === 'rate' ? sums.failed / sums.finished : undefined;
      },
      silent: 1,
    },
  ],
  [
    'checks',
    {
      samples: ({ checks }) => checks.passed + checks.failed,
      value: ({ checks }, { aggregation }) => {
        if (aggregation === 'count') return checks.passed;
        return aggregation === 'rate' ? checks.passed / (checks.passed + checks.failed) : undefined;
      },
      silent: 0,
    },
  ],
  ['http_req_duration', trend('duration')],
  ['http_req_latency', trend('latency')],
  ['http_reqs', counter(({ sums }) => sums.finished - sums.dropped)],
  ['iterations', counter(({ sums }) => sums.finished - sums.dropped)],
  ['dropped_iterations', counter(({ sums }) => sums.dropped)],
]);

/** The metrics of the load that conditions may name. */
export const LOAD_METRICS: readonly string[] = [...METRICS.keys()];

/** True for metrics in ms, which a generator that is itself too late falsifies. */
export function isLatency(metric: string): boolean {
  return METRICS.get(metric)?.demand?.trend !== undefined;
}

/** An empty window that adds up what the selector's metric needs. */
export function windowFor(selector: MetricSelector): LoadWindow {
  return new LoadWindow({ ...METRICS.get(selector.metric)?.demand, check: selector.tags['check'] });
}

/** What is to be measured of the load; fewer samples than `least` say nothing. */
export interface LoadQuestion {
  readonly selector: MetricSelector;
  readonly aggregate: Aggregate;
  readonly least?: number | undefined;
}

/** What a stretch of the load measured: a value (∞ for the latency of what was never answered), or why there is none. */
export type Measured = { readonly value: number; readonly seen: string } | { readonly value: undefined; readonly seen: string };

/** Measures over the buckets that lie wholly within [fromMs, toMs). */
export function measureLoad(question: LoadQuestion, evidence: Evidence, fromMs: number, toMs: number): Measured {
  const { selector } = question;
  const first = Math.ceil(fromMs / BUCKET_MS);
  const end = Math.floor(toMs / BUCKET_MS);
  if (end <= first) return nothing('no whole bucket of 100 ms lies within');
  const window = windowFor(selector);
  const matching = evidence.seriesOf(selector);
  if (matching.length === 0) return nothing(`no load matches ${selector.text}`);
  for (const { rows } of matching) {
    for (let bucket = first; bucket < end; bucket += 1) {
      const row = rows.get(bucket);
      if (row) window.add(row);
    }
  }
  return measureWindow(question, window, (end - first) * BUCKET_MS, evidence.completionsKnown);
}

/** Measures a filled window of `lengthMs`. */
function measureWindow(
  { selector, aggregate, least = 1 }: LoadQuestion,
  window: LoadWindow,
  lengthMs: number,
  completionsKnown: boolean,
): Measured {
  const metric = METRICS.get(selector.metric);
  if (!metric) return nothing(`there is no metric ${selector.metric} of the load; there are ${LOAD_METRICS.join(', ')}`);
  const { planned } = window.sums;
  if (metric.silent !== undefined && planned >= least && window.isSilent(completionsKnown)) {
    const value = aggregate.aggregation === 'count' ? planned * metric.silent : metric.silent;
    return { value, seen: `nothing of ${planned} planned was answered` };
  }
  const samples = metric.samples(window);
  if (samples < least) return nothing(samples === 0 ? 'no samples' : `${samples} of at least ${least} samples`);
  const value = metric.value(window, aggregate, lengthMs);
  if (value === undefined) return nothing(`${selector.metric} has no ${aggregationText(aggregate)}`);
  return { value, seen: `${aggregationText(aggregate)} ${numberText(value)}${metric.unit ?? ''} of ${samples}` };
}

function nothing(seen: string): Measured {
  return { value: undefined, seen };
}

/** Judges a filled window of `lengthMs`. */
export function judgeWindow(condition: LoadCondition, window: LoadWindow, lengthMs: number, completionsKnown: boolean): Judgement {
  return judged(condition, measureWindow(questionOf(condition), window, lengthMs, completionsKnown));
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
