/** The load as the report tells it: totals by scenario and by tag, the same by phase, metrics of other names, and curves over time. Percentiles are those of `http_req_latency`, the user's view. */
import { ANSWER_TAGS, BUILT_IN_METRICS, type MetricDefinition, type MetricType } from '../experiments/language/load-metrics.ts';
import type { Evidence, SeriesRows } from '../probes/slo/evidence.ts';
import { BUCKET_MS } from '../probes/slo/load-cells.ts';
import { LoadWindow } from '../probes/slo/load-window.ts';
import { MetricWindow } from '../probes/slo/metric-window.ts';
import type { Report, ReportCurve } from './report.ts';

type Phase = Report['load']['phases'][number];

/** Curves have this many points at most; longer runs get longer steps. */
const CURVE_POINTS_MAX = 1200;
/** Curves at most; the series with most requests are kept. */
const CURVES_MAX = 40;
const STEP_MS = 1000;
/** What requests that belong to no scenario are called: those of a script's setup and teardown. */
const NO_SCENARIO = 'outside scenarios';
/** Tags at most; those with most requests are kept. */
const TAGS_MAX = 40;

function rounded(value: number, digits = 3): number | null {
  return Number.isFinite(value) ? Number(value.toFixed(digits)) : null;
}

function sumOver(all: readonly SeriesRows[], fromMs: number, toMs: number): LoadWindow {
  const window = new LoadWindow({ trend: 'latency' });
  for (const { rows } of all) {
    for (const [bucket, row] of rows) if (bucket * BUCKET_MS >= fromMs && bucket * BUCKET_MS < toMs) window.add(row);
  }
  return window;
}

function figures({ sums, histogram }: LoadWindow) {
  return {
    planned: Math.max(sums.planned, sums.finished),
    sent: Math.max(sums.sent, sums.answered),
    failed: sums.failed,
    p50Ms: rounded(histogram?.percentileMs(50) ?? Number.NaN),
    p95Ms: rounded(histogram?.percentileMs(95) ?? Number.NaN),
    p99Ms: rounded(histogram?.percentileMs(99) ?? Number.NaN),
  };
}

/** The tags that all series of a scenario share. */
function commonTags(all: readonly SeriesRows[]): Record<string, string> {
  const [first, ...others] = all.map(({ series }) => series.tags);
  return Object.fromEntries(Object.entries(first ?? {}).filter(([tag, value]) => others.every((tags) => tags[tag] === value)));
}

function scenarioGroups(series: readonly SeriesRows[]): [string, SeriesRows[]][] {
  const groups = new Map<string, SeriesRows[]>();
  for (const each of series) {
    const name = each.series.scenario === '' ? NO_SCENARIO : each.series.scenario;
    groups.set(name, [...(groups.get(name) ?? []), each]);
  }
  return [...groups];
}

function tally(all: readonly SeriesRows[]) {
  const outcomes: Record<string, number> = {};
  const checks = new Map<string, { passed: number; failed: number }>();
  for (const row of all.flatMap(({ rows }) => [...rows.values()])) {
    for (const [outcome, count] of row.outcomes) outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
    for (const [check, { passed, failed }] of row.checks) {
      const counted = checks.get(check) ?? { passed: 0, failed: 0 };
      checks.set(check, { passed: counted.passed + passed, failed: counted.failed + failed });
    }
  }
  return { outcomes, checks: Object.fromEntries(checks) };
}

/** Series that were planned as one, whatever their answers told. */
interface CurveGroup {
  readonly scenario: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly all: SeriesRows[];
}

function curveGroups(all: readonly SeriesRows[]): CurveGroup[] {
  const groups = new Map<string, CurveGroup>();
  for (const each of all) {
    const { scenario } = each.series;
    const planned = Object.entries(each.series.tags).filter(([tag]) => !ANSWER_TAGS.has(tag));
    const key = JSON.stringify([scenario, planned.toSorted(([one], [other]) => (one < other ? -1 : 1))]);
    const group = groups.get(key) ?? { scenario, tags: Object.fromEntries(planned), all: [] };
    groups.set(key, group);
    group.all.push(each);
  }
  return [...groups.values()];
}

function curve({ scenario, tags, all }: CurveGroup, stepMs: number, steps: number): ReportCurve {
  const words = Object.entries(tags).map(([tag, value]) => `${tag}=${value}`);
  const drawn: ReportCurve = {
    name: [scenario, ...words].join(' '),
    scenario,
    tags: { ...tags },
    ratePerS: [],
    failedShare: [],
    p50Ms: [],
    p95Ms: [],
    p99Ms: [],
  };
  const perStep = stepMs / BUCKET_MS;
  for (let step = 0; step < steps; step += 1) {
    const window = new LoadWindow({ trend: 'latency' });
    for (let bucket = step * perStep; bucket < (step + 1) * perStep; bucket += 1) {
      for (const { rows } of all) {
        const row = rows.get(bucket);
        if (row) window.add(row);
      }
    }
    const { sums, histogram } = window;
    drawn.ratePerS.push(rounded((sums.answered * 1000) / stepMs));
    drawn.failedShare.push(rounded(sums.failed / (sums.finished - sums.givenUp), 5));
    drawn.p50Ms.push(rounded(histogram?.percentileMs(50) ?? Number.NaN));
    drawn.p95Ms.push(rounded(histogram?.percentileMs(95) ?? Number.NaN));
    drawn.p99Ms.push(rounded(histogram?.percentileMs(99) ?? Number.NaN));
  }
  return drawn;
}

/** Requests that were planned in a series, or ended there. */
function requestsIn({ rows }: SeriesRows): number {
  return rows.values().reduce((sum, { sums }) => sum + Math.max(sums.planned, sums.finished), 0);
}

function requestsOf(all: readonly SeriesRows[]): number {
  return all.reduce((sum, each) => sum + requestsIn(each), 0);
}

function curves(all: readonly SeriesRows[], endMs: number): Report['load']['curves'] {
  const stepMs = STEP_MS * Math.max(1, Math.ceil(endMs / STEP_MS / CURVE_POINTS_MAX));
  const steps = Math.ceil(endMs / stepMs);
  const groups = curveGroups(all);
  const shown = new Set(groups.toSorted((one, other) => requestsOf(other.all) - requestsOf(one.all)).slice(0, CURVES_MAX));
  const series = groups.filter((each) => shown.has(each));
  return {
    stepMs,
    atMs: Array.from({ length: steps }, (_, step) => step * stepMs),
    series: series.map((each) => curve(each, stepMs, steps)),
  };
}

/** A stretch of the run; `fault` where one lasted through it. */
export interface LoadSpan {
  readonly phase: Phase['phase'];
  readonly fault: string | null;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The series of each tag that tells more than a scenario does; of very many, those with most requests. */
function tagGroups(all: readonly SeriesRows[]): { tag: string; value: string; series: SeriesRows[] }[] {
  const groups = new Map<string, { tag: string; value: string; series: SeriesRows[] }>();
  for (const each of all) {
    for (const [tag, value] of Object.entries(each.series.tags)) {
      const group = groups.get(JSON.stringify([tag, value])) ?? { tag, value, series: [] };
      groups.set(JSON.stringify([tag, value]), group);
      group.series.push(each);
    }
  }
  const scenarios = scenarioGroups(all).map(([, series]) => series);
  const isScenario = (series: readonly SeriesRows[]) =>
    scenarios.some((each) => each.length === series.length && each.every((one) => series.includes(one)));
  const telling = [...groups.values()].filter(({ series }) => !isScenario(series));
  const most = telling.sort((one, other) => requestsOf(other.series) - requestsOf(one.series)).slice(0, TAGS_MAX);
  return most.sort((one, other) => (one.tag === other.tag ? 0 : one.tag < other.tag ? -1 : 1));
}

function metricReport(metric: MetricDefinition, all: readonly SeriesRows[]): Report['load']['metrics'][number][] {
  const window = new MetricWindow(metric.type);
  for (const { rows } of all) {
    for (const row of rows.values()) {
      const found = row.metrics.get(metric.name);
      if (found) window.add(found, 1);
    }
  }
  if (window.count === 0) return [];
  const of = (types: readonly MetricType[], value: number) => (types.includes(metric.type) ? rounded(value, 6) : null);
  return [
    {
      ...metric,
      samples: window.count,
      sum: of(['counter'], window.sum),
      rate: of(['rate'], window.nonZero / window.count),
      last: of(['gauge'], window.last),
      min: of(['gauge', 'trend'], window.min),
      max: of(['gauge', 'trend'], window.max),
      avg: of(['trend'], window.average),
      p50: of(['trend'], window.percentile(50)),
      p95: of(['trend'], window.percentile(95)),
      p99: of(['trend'], window.percentile(99)),
    },
  ];
}

/** `spans` are the stretches that are told apart, in the order of the report. */
export function loadReport(evidence: Evidence, spans: readonly LoadSpan[], endMs: number): Report['load'] {
  const requested = evidence.allSeries().filter((each) => requestsIn(each) > 0);
  const groups = scenarioGroups(evidence.allSeries().filter((each) => each.series.scenario !== '' || requestsIn(each) > 0));
  const tags = tagGroups(requested);
  const tagFigures = (fromMs: number, toMs: number) =>
    tags.map(({ tag, value, series }) => ({ tag, value, ...figures(sumOver(series, fromMs, toMs)) }));
  return {
    scenarios: groups.map(([name, all]) => ({
      name,
      tags: commonTags(all),
      ...figures(sumOver(all, 0, Number.POSITIVE_INFINITY)),
      ...tally(all),
    })),
    phases: spans.map((span) => ({
      ...span,
      scenarios: groups.map(([name, all]) => ({ name, tags: commonTags(all), ...figures(sumOver(all, span.fromMs, span.toMs)) })),
      tags: tagFigures(span.fromMs, span.toMs),
    })),
    tags: tagFigures(0, Number.POSITIVE_INFINITY),
    metrics: [...BUILT_IN_METRICS, ...evidence.ownMetrics()].flatMap((metric) => metricReport(metric, evidence.allSeries())),
    curves: curves(requested, endMs),
  };
}
