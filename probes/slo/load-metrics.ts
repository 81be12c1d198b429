/**
 * What a window of the load says about each metric. Those about requests are read from the sums that every cell has; all
 * others, of whatever name, from the increments of that name, by their type.
 */
import { AGGREGATIONS_OF, BUILT_IN_METRICS, type MetricDefinition } from '../../experiments/language/load-metrics.ts';
import type { Aggregate } from '../../experiments/language/threshold.ts';
import type { Evidence } from './evidence.ts';
import { aggregationText } from './judgement.ts';
import type { LoadDemand, LoadRow, LoadSums, LoadWindow } from './load-window.ts';

/** How a metric is read. */
export interface MetricReader {
  /** Samples that a value rests on. */
  readonly samples: (window: LoadWindow) => number;
  /** Undefined where the metric has no such aggregation. */
  readonly value: (window: LoadWindow, aggregate: Aggregate, lengthMs: number) => number | undefined;
  /** What was due of it in the rows of one bucket, answered or not: a request may be planned in one series and end in another. */
  readonly due: (rows: readonly LoadRow[]) => number;
  /** It is about requests: while one is waited for and nothing comes, it is not good. */
  readonly ofRequests: boolean;
  /** Where load ran that could have been counted, it stands at zero. */
  readonly fromZero?: boolean;
  /** The value of a window in which load was planned and nothing was answered. Undefined: silence is nothing special. */
  readonly silent?: number;
  readonly demand: LoadDemand;
  readonly unit?: string;
}

/** Of each request that was planned, or of which nothing but its end is known, one. */
function dueRequests({ sums }: { readonly sums: Pick<LoadSums, 'planned' | 'finished'> }): number {
  return Math.max(sums.planned, sums.finished);
}

function dueIn(rows: readonly LoadRow[]): number {
  const sums = { planned: 0, finished: 0 };
  for (const row of rows) {
    sums.planned += row.sums.planned;
    sums.finished += row.sums.finished;
  }
  return dueRequests({ sums });
}

function counter(count: (window: LoadWindow) => number): MetricReader {
  return {
    samples: dueRequests,
    value: (window, { aggregation }, lengthMs) => countOrRate(aggregation, count(window), lengthMs),
    due: dueIn,
    ofRequests: true,
    fromZero: true,
    demand: {},
  };
}

function countOrRate(aggregation: Aggregate['aggregation'], count: number, lengthMs: number): number | undefined {
  if (aggregation === 'count') return count;
  return aggregation === 'rate' ? count / (lengthMs / 1000) : undefined;
}

function share(aggregation: Aggregate['aggregation'], count: number, all: number): number | undefined {
  if (aggregation === 'count') return count;
  return aggregation === 'rate' ? count / all : undefined;
}

/** The percentile that an aggregation of a trend is. */
function percentileOf({ aggregation, percentile }: Aggregate): number | undefined {
  return { med: 50, p: percentile }[String(aggregation)];
}

function requestTrend(name: 'duration' | 'latency'): MetricReader {
  return {
    samples: ({ histogram }) => histogram?.total ?? 0,
    value: ({ histogram }, aggregate) => {
      if (!histogram) return undefined;
      if (aggregate.aggregation === 'avg') return histogram.averageMs;
      const fixed = { min: 0, max: 100 }[String(aggregate.aggregation)] ?? percentileOf(aggregate);
      return fixed === undefined ? undefined : histogram.percentileMs(fixed);
    },
    due: dueIn,
    ofRequests: true,
    silent: Number.POSITIVE_INFINITY,
    demand: { trend: name },
    unit: ' ms',
  };
}

const FAILED: MetricReader = {
  samples: ({ sums }) => sums.finished - sums.givenUp,
  value: ({ sums }, { aggregation }) => share(aggregation, sums.failed, sums.finished - sums.givenUp),
  due: dueIn,
  ofRequests: true,
  silent: 1,
  demand: {},
};

function checks(check: string | undefined): MetricReader {
  return {
    samples: ({ checks: { passed, failed } }) => passed + failed,
    value: ({ checks: { passed, failed } }, { aggregation }) => share(aggregation, passed, passed + failed),
    due: dueIn,
    ofRequests: true,
    silent: 0,
    demand: { check },
  };
}

/** A value of a metric of its own, by its type. */
function valueFrom({ type }: MetricDefinition, { metric }: LoadWindow, aggregate: Aggregate, lengthMs: number): number | undefined {
  if (!metric) return undefined;
  const { aggregation } = aggregate;
  if (type === 'counter') return countOrRate(aggregation, metric.sum, lengthMs);
  if (type === 'rate') return share(aggregation, metric.nonZero, metric.count);
  if (type === 'gauge') return aggregation === 'value' ? metric.last : undefined;
  if (aggregation === 'avg') return metric.average;
  if (aggregation === 'min') return metric.min;
  if (aggregation === 'max') return metric.max;
  const percentile = percentileOf(aggregate);
  return percentile === undefined ? undefined : metric.percentile(percentile);
}

function samplesIn(rows: readonly LoadRow[], { name }: MetricDefinition): number {
  return rows.reduce((sum, { metrics }) => sum + (metrics.get(name)?.count ?? 0), 0);
}

/** A counter that counted nothing while load ran stands at zero; of everything else, no sample says nothing. */
function ownCounter(metric: MetricDefinition): MetricReader {
  return {
    samples: (window) => Math.max(dueRequests(window), window.metric?.count ?? 0),
    value: (window, aggregate, lengthMs) => valueFrom(metric, window, aggregate, lengthMs),
    due: (rows) => dueIn(rows) + samplesIn(rows, metric),
    ofRequests: false,
    demand: { metric },
  };
}

/** Parts of a request's time are endless where nothing is answered; what a script measures by itself says nothing then. */
function ofItsOwn(metric: MetricDefinition): MetricReader {
  if (metric.type === 'counter') return ownCounter(metric);
  const ofRequests = metric.name.startsWith('http_req_');
  return {
    samples: (window) => window.metric?.count ?? 0,
    value: (window, aggregate, lengthMs) => valueFrom(metric, window, aggregate, lengthMs),
    due: (rows) => (ofRequests ? dueIn(rows) : samplesIn(rows, metric)),
    ofRequests,
    ...(ofRequests ? { silent: Number.POSITIVE_INFINITY } : {}),
    demand: { metric },
    ...(metric.isTime ? { unit: ' ms' } : {}),
  };
}

/** How a metric is read, `check` being the one that counts of `checks`; undefined where there is no such metric. */
export function metricReader(name: string, evidence: Evidence, check?: string): MetricReader | undefined {
  if (name === 'http_req_failed') return FAILED;
  if (name === 'checks') return checks(check);
  if (name === 'http_req_duration') return requestTrend('duration');
  if (name === 'http_req_latency') return requestTrend('latency');
  if (name === 'http_reqs') return counter(({ sums }) => sums.finished - sums.dropped);
  if (name === 'iterations') return counter(({ sums }) => (evidence.iterationsKnown ? sums.iterations : sums.finished - sums.dropped));
  if (name === 'dropped_iterations') return counter(({ sums }) => sums.dropped);
  const metric = evidence.metric(name);
  return metric && ofItsOwn(metric);
}

/** Why a threshold cannot be judged on a metric, in words; undefined where it can. `own` are the metrics of scripts. */
export function unsuitable(name: string, aggregate: Aggregate, own: readonly MetricDefinition[]): string | undefined {
  const all = [...BUILT_IN_METRICS, ...own];
  const metric = all.find((each) => each.name === name);
  if (!metric) return `there is no metric ${name} of the load; there are ${all.map((each) => each.name).join(', ')}`;
  const allowed = AGGREGATIONS_OF[metric.type];
  if (allowed.includes(aggregate.aggregation)) return undefined;
  const words = allowed.map((aggregation) => (aggregation === 'p' ? 'p(N)' : aggregation)).join(', ');
  return `${name} is a ${metric.type} and has no ${aggregationText(aggregate)}; it takes ${words}`;
}
