/** What `handleSummary` is given and every summary is made of: k6's shapes, filled from the metrics of a test. */
import type { MetricType } from '../host.ts';
import type { GroupNode } from '../metrics/checks.ts';
import type { Contains, MetricStore, StoredMetric } from '../metrics/metric-store.ts';
import type { JudgedThreshold } from '../metrics/thresholds.ts';

export interface MetricSummary {
  readonly type: MetricType;
  readonly contains: Contains;
  /** By k6's names of figures. Times in ms. */
  readonly values: Readonly<Record<string, number>>;
  /** By how they are written; only where there are any. */
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

export interface SummaryData {
  readonly root_group: GroupNode;
  readonly options: { readonly summaryTrendStats: readonly string[]; readonly summaryTimeUnit: string; readonly noColor: boolean };
  readonly state: { readonly isStdOutTTY: boolean; readonly isStdErrTTY: boolean; readonly testRunDurationMs: number };
  readonly metrics: Readonly<Record<string, MetricSummary>>;
  readonly setup_data?: unknown;
}

export const TREND_STATS: readonly string[] = ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)'];

const FIGURES: Readonly<Record<Exclude<MetricType, 'trend'>, readonly string[]>> = {
  counter: ['count', 'rate'],
  gauge: ['value', 'min', 'max'],
  rate: ['rate', 'passes', 'fails'],
};

/** Terminals and settings, as the process that prints knows them. */
export interface SummarySettings {
  readonly trendStats: readonly string[];
  /** Empty: whichever suits the value. */
  readonly timeUnit: string;
  readonly noColor: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
}

/** Metrics without a sample are left out, save those that a threshold stands on. */
export function summaryData(
  store: MetricStore,
  root: GroupNode,
  judged: readonly JudgedThreshold[],
  elapsedMs: number,
  settings: SummarySettings,
): SummaryData {
  const metrics = store
    .all()
    .filter((metric) => !metric.sink.isEmpty || judged.some((each) => each.metric === metric))
    .map((metric): [string, MetricSummary] => [metric.name, metricSummary(metric, judged, elapsedMs, settings.trendStats)]);
  return {
    root_group: root,
    options: { summaryTrendStats: settings.trendStats, summaryTimeUnit: settings.timeUnit, noColor: settings.noColor },
    state: { isStdOutTTY: settings.stdoutIsTerminal, isStdErrTTY: settings.stderrIsTerminal, testRunDurationMs: elapsedMs },
    metrics: Object.fromEntries(metrics),
  };
}

function metricSummary(
  metric: StoredMetric,
  judged: readonly JudgedThreshold[],
  elapsedMs: number,
  trendStats: readonly string[],
): MetricSummary {
  const { type, contains, sink } = metric;
  const figures = type === 'trend' ? trendStats : FIGURES[type];
  const own = judged.filter((each) => each.metric === metric);
  return {
    type,
    contains,
    values: Object.fromEntries(figures.map((name) => [name, sink.figure(name, elapsedMs) ?? 0])),
    ...(own.length > 0 ? { thresholds: Object.fromEntries(own.map(({ text, ok }) => [text, { ok }])) } : {}),
  };
}
