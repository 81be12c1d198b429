/** The load as the report tells it: totals by scenario, the same by phase, and curves over time. Percentiles are those of `http_req_latency`, the user's view. */
import type { Evidence, SeriesRows } from '../probes/slo/evidence.ts';
import { BUCKET_MS } from '../probes/slo/load-cells.ts';
import { LoadWindow } from '../probes/slo/load-window.ts';
import type { Report, ReportCurve } from './report.ts';

type Phase = Report['load']['phases'][number];

/** Curves have this many points at most; longer runs get longer steps. */
const CURVE_POINTS_MAX = 1200;
/** Curves at most; the series with most requests are kept. */
const CURVES_MAX = 40;
const STEP_MS = 1000;

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
    planned: sums.planned,
    sent: sums.sent,
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

function scenarioGroups(evidence: Evidence): [string, SeriesRows[]][] {
  const groups = new Map<string, SeriesRows[]>();
  for (const each of evidence.allSeries()) groups.set(each.series.scenario, [...(groups.get(each.series.scenario) ?? []), each]);
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

function curve({ series, rows }: SeriesRows, stepMs: number, steps: number): ReportCurve {
  const tags = Object.entries(series.tags).map(([tag, value]) => `${tag}=${value}`);
  const drawn: ReportCurve = {
    name: [series.scenario, ...tags].join(' '),
    scenario: series.scenario,
    tags: { ...series.tags },
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
      const row = rows.get(bucket);
      if (row) window.add(row);
    }
    const { sums, histogram } = window;
    drawn.ratePerS.push(rounded((sums.answered * 1000) / stepMs));
    drawn.failedShare.push(rounded(sums.failed / sums.finished, 5));
    drawn.p50Ms.push(rounded(histogram?.percentileMs(50) ?? Number.NaN));
    drawn.p95Ms.push(rounded(histogram?.percentileMs(95) ?? Number.NaN));
    drawn.p99Ms.push(rounded(histogram?.percentileMs(99) ?? Number.NaN));
  }
  return drawn;
}

function plannedIn({ rows }: SeriesRows): number {
  return rows.values().reduce((sum, { sums }) => sum + sums.planned, 0);
}

function curves(evidence: Evidence, endMs: number): Report['load']['curves'] {
  const stepMs = STEP_MS * Math.max(1, Math.ceil(endMs / STEP_MS / CURVE_POINTS_MAX));
  const steps = Math.ceil(endMs / stepMs);
  const shown = new Set(
    evidence
      .allSeries()
      .sort((one, other) => plannedIn(other) - plannedIn(one))
      .slice(0, CURVES_MAX),
  );
  const series = evidence.allSeries().filter((each) => shown.has(each));
  return {
    stepMs,
    atMs: Array.from({ length: steps }, (_, step) => step * stepMs),
    series: series.map((each) => curve(each, stepMs, steps)),
  };
}

/** `faulty` is the time from the first fault's start to the last one's end; undefined where no fault took effect. */
export function loadReport(evidence: Evidence, faulty: { fromMs: number; toMs: number } | undefined, endMs: number): Report['load'] {
  const groups = scenarioGroups(evidence);
  const spans: [Phase['phase'], number, number][] = faulty
    ? [
        ['before', 0, faulty.fromMs],
        ['during', faulty.fromMs, faulty.toMs],
        ['after', faulty.toMs, endMs],
      ]
    : [['before', 0, endMs]];
  return {
    scenarios: groups.map(([name, all]) => ({
      name,
      tags: commonTags(all),
      ...figures(sumOver(all, 0, Number.POSITIVE_INFINITY)),
      ...tally(all),
    })),
    phases: spans.map(([phase, fromMs, toMs]) => ({
      phase,
      fromMs,
      toMs,
      scenarios: groups.map(([name, all]) => ({ name, tags: commonTags(all), ...figures(sumOver(all, fromMs, toMs)) })),
    })),
    curves: curves(evidence, endMs),
  };
}
