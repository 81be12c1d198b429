/**
 * The last minute of the load, by scenario and second of intended start. Memory is bounded by the window: what falls
 * out of it is dropped.
 */
import { Histogram } from '../../probes/slo/histogram.ts';
import { GOOD_OUTCOMES, type LoadCell, type LoadSeries, OUTCOMES, type TrendValues } from '../../probes/slo/load-cells.ts';

/** Seconds that are kept for the sparkline. */
const WINDOW_SECONDS = 60;
/** The figures of a row are taken over this many whole seconds. */
export const ANSWER_SECONDS = 5;

/** One second of one scenario. Failed and answered grow for as long as answers come in. */
export interface LoadSecond {
  readonly sent: number;
  readonly answered: number;
  readonly failed: number;
}

/** One row of the view: a scenario, or the sum (`all`). */
export interface LoadRow {
  readonly name: string;
  readonly seconds: readonly LoadSecond[];
  readonly perSecond: number;
  /** Of what was answered; undefined when requests were sent and nothing was answered. */
  readonly failedShare: number | undefined;
  readonly p95Ms: number | undefined;
}

/** The load generator's last word on itself. */
export interface LiveGenerator {
  readonly vus: number | undefined;
  readonly lagP99Ms: number;
  readonly limited: boolean;
}

/** Executors that start what is due whether or not a virtual user is free: how many are at work says nothing then. */
const BY_ARRIVALS = /-arrival-rate$/;

export interface LiveLoad {
  addSeries(series: LoadSeries): void;
  addCells(cells: readonly LoadCell[]): void;
  addGenerator(generator: LiveGenerator): void;
  /** Of scenarios, by name. Virtual users are told of where one of them keeps a number of these, or none is known. */
  addExecutors(names: readonly string[]): void;
  /** Undefined before its first word. */
  readonly generator: LiveGenerator | undefined;
  /** The sum first, then the scenarios in the order they appeared. Empty before the first cell. */
  rows(): readonly LoadRow[];
}

interface Second {
  sent: number;
  answered: number;
  failed: number;
  latencies: TrendValues[];
}

function emptySecond(): Second {
  return { sent: 0, answered: 0, failed: 0, latencies: [] };
}

function addCell(second: Second, cell: LoadCell): void {
  second.sent += cell.sent ?? 0;
  for (const outcome of OUTCOMES) {
    const count = cell.outcomes?.[outcome] ?? 0;
    second.answered += count;
    if (!GOOD_OUTCOMES.has(outcome)) second.failed += count;
  }
  second.failed += (cell.failedCorrection ?? 0) - (cell.givenUp ?? 0);
  if (cell.latency !== undefined) second.latencies.push(cell.latency);
}

function toRow(name: string, seconds: ReadonlyMap<number, Second>, latest: number): LoadRow {
  const at = (index: number): Second => seconds.get(index) ?? emptySecond();
  const first = Math.max(0, latest - WINDOW_SECONDS);
  const recent = Array.from({ length: ANSWER_SECONDS }, (_, index) => at(latest - ANSWER_SECONDS + index));
  const sent = recent.reduce((sum, second) => sum + second.sent, 0);
  const answered = recent.reduce((sum, second) => sum + second.answered, 0);
  const failed = recent.reduce((sum, second) => sum + second.failed, 0);
  const histogram = new Histogram();
  for (const second of recent) for (const sparse of second.latencies) histogram.merge(sparse);
  return {
    name,
    seconds: Array.from({ length: latest - first }, (_, index) => at(first + index)),
    perSecond: sent / Math.max(1, Math.min(ANSWER_SECONDS, latest)),
    failedShare: answered === 0 ? (sent === 0 ? 0 : undefined) : failed / answered,
    p95Ms: histogram.total === 0 ? undefined : histogram.percentileMs(95),
  };
}

/** Starts with nothing; cells of unknown series, and of those that belong to no scenario, are left out. */
export function liveLoad(): LiveLoad {
  const scenarioOf = new Map<number, string>();
  const scenarios = new Map<string, Map<number, Second>>();
  const sum = new Map<number, Second>();
  let latest = 0;
  let generator: LiveGenerator | undefined;
  const executors = new Set<string>();
  const secondOf = (seconds: Map<number, Second>, index: number): Second => {
    const found = seconds.get(index) ?? emptySecond();
    seconds.set(index, found);
    return found;
  };
  const forget = (seconds: Map<number, Second>): void => {
    for (const index of seconds.keys()) if (index < latest - WINDOW_SECONDS) seconds.delete(index);
  };
  return {
    get generator() {
      const byArrivals = executors.size > 0 && [...executors].every((name) => BY_ARRIVALS.test(name));
      return generator && byArrivals ? { ...generator, vus: undefined } : generator;
    },
    addExecutors(names) {
      for (const name of names) executors.add(name);
    },
    addGenerator(told) {
      generator = told;
    },
    addSeries(series) {
      if (series.scenario === '') return;
      scenarioOf.set(series.id, series.scenario);
      if (!scenarios.has(series.scenario)) scenarios.set(series.scenario, new Map());
    },
    addCells(cells) {
      for (const cell of cells) {
        const seconds = scenarios.get(scenarioOf.get(cell.series) ?? '');
        const index = Math.floor(cell.bucketMs / 1000);
        if (seconds === undefined || index < latest - WINDOW_SECONDS) continue;
        addCell(secondOf(seconds, index), cell);
        addCell(secondOf(sum, index), cell);
        latest = Math.max(latest, index);
      }
      for (const seconds of [sum, ...scenarios.values()]) forget(seconds);
    },
    rows() {
      if (sum.size === 0) return [];
      return [toRow('all', sum, latest), ...[...scenarios].map(([name, seconds]) => toRow(name, seconds, latest))];
    },
  };
}
