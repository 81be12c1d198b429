/**
 * Sums over cells of the load: a row is what one bucket of one series came to, a window is any number of rows. Rows may
 * be taken out again, so that a window can slide along the run without being summed afresh.
 */
import type { MetricDefinition } from '../../experiments/language/load-metrics.ts';
import { Histogram, histogramIndex } from './histogram.ts';
import { ANSWERS, GOOD_OUTCOMES, type LoadCell, OUTCOMES, type Outcome, type TrendValues } from './load-cells.ts';
import { addIncrement, emptyMetricRow, type MetricRow, MetricWindow } from './metric-window.ts';

/** With fewer arrivals than this in a window, none completing in it may be chance … */
const SILENT_ARRIVALS_MIN = 3;
/** … unless none of them was answered within this time either. */
const SILENT_AFTER_MS = 1000;
const SILENT_INDEX = histogramIndex(SILENT_AFTER_MS);

/** What is added up. `finished` counts every outcome; `failed`, those that are not good; `givenUp`, those that say nothing of the system and are no failures; `prompt`, latencies of up to 1 s. */
export interface LoadSums {
  planned: number;
  sent: number;
  finished: number;
  failed: number;
  givenUp: number;
  answered: number;
  dropped: number;
  completed: number;
  prompt: number;
  iterations: number;
}

/** One bucket of one series: its sums, its histograms as they came, its outcomes, its checks and its other metrics by name. */
export interface LoadRow {
  readonly sums: LoadSums;
  readonly outcomes: Map<Outcome, number>;
  readonly duration: TrendValues[];
  readonly latency: TrendValues[];
  readonly checks: Map<string, { passed: number; failed: number }>;
  readonly metrics: Map<string, MetricRow>;
}

function emptySums(): LoadSums {
  return { planned: 0, sent: 0, finished: 0, failed: 0, givenUp: 0, answered: 0, dropped: 0, completed: 0, prompt: 0, iterations: 0 };
}

function addSums(sums: LoadSums, more: LoadSums, sign: 1 | -1): void {
  sums.planned += sign * more.planned;
  sums.sent += sign * more.sent;
  sums.finished += sign * more.finished;
  sums.failed += sign * more.failed;
  sums.givenUp += sign * more.givenUp;
  sums.answered += sign * more.answered;
  sums.dropped += sign * more.dropped;
  sums.completed += sign * more.completed;
  sums.prompt += sign * more.prompt;
  sums.iterations += sign * more.iterations;
}

export function emptyRow(): LoadRow {
  return { sums: emptySums(), outcomes: new Map(), duration: [], latency: [], checks: new Map(), metrics: new Map() };
}

/** Adds a cell's increments to its row. */
export function addCell(row: LoadRow, cell: LoadCell): void {
  const { sums } = row;
  sums.planned += cell.planned ?? 0;
  sums.sent += cell.sent ?? 0;
  sums.completed += cell.completed ?? 0;
  sums.iterations += cell.iterations ?? 0;
  sums.failed += (cell.failedCorrection ?? 0) - (cell.givenUp ?? 0);
  sums.givenUp += cell.givenUp ?? 0;
  for (const outcome of OUTCOMES) {
    const count = cell.outcomes?.[outcome] ?? 0;
    if (count === 0) continue;
    row.outcomes.set(outcome, (row.outcomes.get(outcome) ?? 0) + count);
    sums.finished += count;
    if (!GOOD_OUTCOMES.has(outcome)) sums.failed += count;
    if (ANSWERS.has(outcome)) sums.answered += count;
    if (outcome === 'dropped') sums.dropped += count;
  }
  if (cell.duration) row.duration.push(cell.duration);
  if (cell.latency) {
    row.latency.push(cell.latency);
    sums.prompt += promptOf(cell.latency);
  }
  for (const [check, [passed, failed]] of Object.entries(cell.checks ?? {})) {
    const counted = row.checks.get(check) ?? { passed: 0, failed: 0 };
    row.checks.set(check, { passed: counted.passed + passed, failed: counted.failed + failed });
  }
  for (const [name, increment] of Object.entries(cell.metrics ?? {})) {
    const metric = row.metrics.get(name) ?? emptyMetricRow(cell.bucketMs);
    row.metrics.set(name, metric);
    addIncrement(metric, increment);
  }
}

/** Several rows as one, for windows that hold them together again and again; metrics stand in the bucket of the first. */
export function mergeRows(rows: readonly LoadRow[]): LoadRow {
  const merged = emptyRow();
  for (const { sums, outcomes, duration, latency, checks, metrics } of rows) {
    addSums(merged.sums, sums, 1);
    for (const [outcome, count] of outcomes) merged.outcomes.set(outcome, (merged.outcomes.get(outcome) ?? 0) + count);
    merged.duration.push(...duration);
    merged.latency.push(...latency);
    for (const [check, { passed, failed }] of checks) {
      const counted = merged.checks.get(check) ?? { passed: 0, failed: 0 };
      merged.checks.set(check, { passed: counted.passed + passed, failed: counted.failed + failed });
    }
    for (const [name, metric] of metrics) {
      const sum = merged.metrics.get(name) ?? emptyMetricRow(metric.bucketMs);
      merged.metrics.set(name, sum);
      addIncrement(sum, { ...metric, values: metric.values.flat() });
    }
  }
  return merged;
}

function promptOf(latency: TrendValues): number {
  let prompt = 0;
  for (const value of latency) {
    if (typeof value === 'number') prompt += value <= SILENT_AFTER_MS ? 1 : 0;
    else if (value[0] <= SILENT_INDEX) prompt += value[1];
  }
  return prompt;
}

/** What a window adds up besides the sums. */
export interface LoadDemand {
  readonly trend?: 'duration' | 'latency' | undefined;
  /** The check that counts; undefined counts all. */
  readonly check?: string | undefined;
  /** A metric that is in none of the sums. */
  readonly metric?: MetricDefinition | undefined;
}

export class LoadWindow {
  readonly sums: LoadSums = emptySums();
  readonly histogram: Histogram | undefined;
  readonly checks = { passed: 0, failed: 0 };
  readonly metric: MetricWindow | undefined;
  readonly #demand: LoadDemand;

  constructor(demand: LoadDemand) {
    this.#demand = demand;
    this.histogram = demand.trend ? new Histogram() : undefined;
    this.metric = demand.metric && new MetricWindow(demand.metric.type);
  }

  /** Adds a row; `sign` −1 takes it out again. */
  add(row: LoadRow, sign: 1 | -1 = 1): void {
    this.#sum(row, sign);
    const metric = this.#metricOf(row);
    if (metric) this.metric?.add(metric, sign);
  }

  /** Adds a row for good: any number of them takes no more memory. */
  grow(row: LoadRow): void {
    this.#sum(row, 1);
    const metric = this.#metricOf(row);
    if (metric) this.metric?.grow(metric);
  }

  #metricOf(row: LoadRow): MetricRow | undefined {
    return this.#demand.metric && row.metrics.get(this.#demand.metric.name);
  }

  #sum(row: LoadRow, sign: 1 | -1): void {
    addSums(this.sums, row.sums, sign);
    if (this.#demand.trend) for (const part of row[this.#demand.trend]) this.histogram?.merge(part, sign);
    for (const [check, counted] of row.checks) {
      if (this.#demand.check !== undefined && this.#demand.check !== check) continue;
      this.checks.passed += sign * counted.passed;
      this.checks.failed += sign * counted.failed;
    }
  }

  /**
   * Load was planned and nothing was answered. A system that hangs and answers everything at the end is silent
   * meanwhile, although each request turns out well: so what counts is what *completed* inside the window, where the
   * load says so (`completionsKnown`).
   */
  isSilent(completionsKnown: boolean): boolean {
    const { givenUp, answered, completed, prompt } = this.sums;
    const [planned, finished] = [this.sums.planned - givenUp, this.sums.finished - givenUp];
    if (planned === 0) return false;
    if (finished > 0 && answered === 0) return true;
    if (!completionsKnown) return finished === 0;
    return completed === 0 && (planned >= SILENT_ARRIVALS_MIN || prompt === 0);
  }
}
