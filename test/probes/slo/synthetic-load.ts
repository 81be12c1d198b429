/** Load whose truth is known: a plan of even arrivals against a system that is a function of time. */
import type { LoadCondition, ReadingCondition, SpreadCondition, Tolerance } from '../../../experiments/language/condition.ts';
import type { Objective } from '../../../experiments/language/experiment.ts';
import { parseSpread } from '../../../experiments/language/spread.ts';
import { parseSelector, parseThreshold, type Threshold } from '../../../experiments/language/threshold.ts';
import { Evidence } from '../../../probes/slo/evidence.ts';
import { histogramIndex } from '../../../probes/slo/histogram.ts';
import { ANSWERS, BUCKET_MS, type LoadCell, type Outcome } from '../../../probes/slo/load-cells.ts';
import { randomFrom } from '../../helpers/random.ts';

/** What becomes of a request that was intended at a time. */
export type System = (intendedMs: number) => { readonly outcome: Outcome; readonly latencyMs: number };

export interface LoadPlan {
  readonly ratePerS: number;
  readonly fromMs?: number;
  readonly toMs: number;
  readonly system: System;
  readonly series?: number;
  /** Nothing that happens later is in the cells: what a live view has at this time. */
  readonly nowMs?: number;
  readonly check?: string;
}

const bucketOf = (ms: number) => Math.floor((ms + 1e-6) / BUCKET_MS) * BUCKET_MS;

/** One cell for each thing that happens, unmerged: merging them is the evidence's own work. */
export function loadCells(plan: LoadPlan): { readonly atMs: number; readonly cell: LoadCell }[] {
  const cells: { atMs: number; cell: LoadCell }[] = [];
  const series = plan.series ?? 0;
  const fromMs = plan.fromMs ?? 0;
  const count = Math.floor(((plan.toMs - fromMs) * plan.ratePerS) / 1000);
  for (let index = 0; index < count; index += 1) {
    const intendedMs = fromMs + (index * 1000) / plan.ratePerS;
    const { outcome, latencyMs } = plan.system(intendedMs);
    const [bucketMs, endMs] = [bucketOf(intendedMs), intendedMs + latencyMs];
    cells.push({ atMs: intendedMs, cell: { bucketMs, series, planned: 1, sent: 1 } });
    const latency = [[histogramIndex(latencyMs), 1]] as const;
    const checks = plan.check ? { checks: { [plan.check]: outcome === 'ok' ? ([1, 0] as const) : ([0, 1] as const) } } : {};
    cells.push({ atMs: endMs, cell: { bucketMs, series, outcomes: { [outcome]: 1 }, latency, duration: latency, ...checks } });
    if (ANSWERS.has(outcome)) cells.push({ atMs: endMs, cell: { bucketMs: bucketOf(endMs), series, completed: 1 } });
  }
  return cells.filter(({ atMs }) => atMs <= (plan.nowMs ?? Number.POSITIVE_INFINITY)).sort((one, other) => one.atMs - other.atMs);
}

/** Cells as a recorder sends them: a list for each 100 ms of *happening*, from the beginning on. */
export function inFrames(plan: LoadPlan): LoadCell[][] {
  const frames: LoadCell[][] = [];
  for (const { atMs, cell } of loadCells(plan)) {
    const frame = Math.floor(atMs / BUCKET_MS);
    while (frames.length <= frame) frames.push([]);
    frames[frame]?.push(cell);
  }
  return frames;
}

export function evidenceOf(...plans: readonly LoadPlan[]): Evidence {
  const evidence = new Evidence();
  for (const plan of plans) {
    evidence.addSeries({
      id: plan.series ?? 0,
      scenario: `scenario-${plan.series ?? 0}`,
      tags: { region: plan.series === 1 ? 'other' : 'home' },
    });
    evidence.addCells(loadCells(plan).map(({ cell }) => cell));
  }
  return evidence;
}

/** No request of a wild system takes longer. */
export const WILD_LATENCY_MS_MAX = 2000;
const WILD_OUTCOMES: readonly Outcome[] = ['ok', 'ok', 'ok', '3xx', '5xx', 'timeout', 'refused', 'dropped'];

/** A system that does anything, but always the same at the same time. */
export function wildSystem(seed: number): System {
  return (intendedMs) => {
    const random = randomFrom(seed + Math.round(intendedMs * 1000));
    const outcome = WILD_OUTCOMES[Math.floor(random() * WILD_OUTCOMES.length)] ?? 'ok';
    return { outcome, latencyMs: random() ** 4 * WILD_LATENCY_MS_MAX };
  };
}

export const quick: System = () => ({ outcome: 'ok', latencyMs: 5 });

/** Refuses in [fromMs, toMs), quick otherwise. */
export const outage =
  (fromMs: number, toMs: number): System =>
  (intendedMs) =>
    intendedMs >= fromMs && intendedMs < toMs ? { outcome: 'refused', latencyMs: 1 } : quick(intendedMs);

/** Says nothing in [fromMs, toMs); what came meanwhile is answered well at its end, or times out. */
export const hang =
  (fromMs: number, toMs: number, timeoutMs = 60_000): System =>
  (intendedMs) => {
    if (intendedMs < fromMs || intendedMs >= toMs) return quick(intendedMs);
    const waitMs = toMs - intendedMs + 5;
    return waitMs > timeoutMs ? { outcome: 'timeout', latencyMs: timeoutMs } : { outcome: 'ok', latencyMs: waitMs };
  };

export function threshold(text: string): Threshold {
  const parsed = parseThreshold(text);
  if (!parsed) throw new Error(`${text} is no threshold`);
  return parsed;
}

export function load(metric: string, bound: string, options: { overMs?: number; minSamples?: number } = {}): LoadCondition {
  const selector = parseSelector(metric);
  if (!selector) throw new Error(`${metric} is no selector`);
  return {
    load: selector,
    threshold: threshold(bound),
    over: options.overMs === undefined ? undefined : { ms: options.overMs },
    'min-samples': options.minSamples,
  };
}

export function reading(
  name: string,
  options: { tolerance?: Tolerance; bound?: string; per?: { fault: string; fact: string }; overMs?: number; minSamples?: number },
): ReadingCondition {
  return {
    reading: name,
    tolerance: options.tolerance,
    threshold: options.bound === undefined ? undefined : threshold(options.bound),
    per: options.per,
    over: options.overMs === undefined ? undefined : { ms: options.overMs },
    'min-samples': options.minSamples,
  };
}

export function spread(text: string, options: { overMs?: number; minSamples?: number } = {}): SpreadCondition {
  const parsed = parseSpread(text);
  if (typeof parsed === 'string') throw new Error(`${text}: ${parsed}`);
  return { spread: parsed, over: options.overMs === undefined ? undefined : { ms: options.overMs }, 'min-samples': options.minSamples };
}

/** Readings every `everyMs`, each look taking `tookMs`; `value` undefined is a look that failed. */
export function addReadings(
  evidence: Evidence,
  probe: string,
  options: {
    readonly fromMs?: number;
    readonly toMs: number;
    readonly everyMs?: number;
    readonly tookMs?: number;
    readonly container?: string;
    readonly value: (atMs: number) => number | string | boolean | null | undefined;
  },
): void {
  const { everyMs = 1000, tookMs = 10, container } = options;
  for (let startedMs = options.fromMs ?? 0; startedMs < options.toMs; startedMs += everyMs) {
    const value = options.value(startedMs);
    const status = value === undefined ? 'unknown' : 'ok';
    evidence.addReading({ probe, container, startedMs, atMs: startedMs + tookMs, status, value: value ?? null });
  }
}

/** An objective of these clauses and no others. */
export function objective(clauses: Partial<Objective>): Objective {
  return {
    description: undefined,
    fault: undefined,
    good: undefined,
    throughout: undefined,
    'mitigated-within': undefined,
    'recovered-within': undefined,
    budget: undefined,
    during: undefined,
    since: undefined,
    after: undefined,
    ...clauses,
  };
}
