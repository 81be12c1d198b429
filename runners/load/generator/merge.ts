/**
 * Makes one load of what several generator processes tell: series of the same scenario and tags get one number, lag is
 * merged by its histogram, and totals add up. Cells need no merging, since they are increments.
 *
 *   process 0: series 0, cells ┐                    ┌ series by number, cells
 *   process 1: series 0, cells ┼─ the same series ──┤
 *   process 0, 1: facts        ┘   once a second    └ one fact of all, and `vus`, `vus_max`
 */
import type { MetricDefinition } from '../../../experiments/language/load-metrics.ts';
import { Histogram } from '../../../probes/slo/histogram.ts';
import { BUCKET_MS, type LoadCell, type LoadSeries, type SparseHistogram } from '../../../probes/slo/load-cells.ts';
import type { EventOf, Stamp } from '../../journal/events.ts';
import { LAG_P99_MS_MAX, type ProcessFacts } from '../recording/gauges.ts';
import { signatureOf } from '../recording/recorder.ts';
import { addRequests, type LoadTotals, NO_REQUESTS, type RequestTotals } from '../recording/totals.ts';

/** Facts of the last second, as the journal's `load.generator` has them. */
export type GeneratorFacts = Omit<EventOf<'load.generator'>, keyof Stamp | 'type'>;

/** What a process says when it has ended. */
export interface ProcessTotals {
  readonly requests: Readonly<RequestTotals>;
  readonly retried: number;
  readonly lag: SparseHistogram;
}

/** Who is told of the load as a whole. */
export interface LoadListener {
  /** Once of each series, before its first cell. */
  readonly onSeries: (series: LoadSeries) => void;
  /** Once of each metric of a script's own, before its first sample. */
  readonly onMetric?: ((metric: MetricDefinition) => void) | undefined;
  /** Increments, every 100 ms. */
  readonly onCells: (cells: readonly LoadCell[]) => void;
  /** Every second. */
  readonly onGenerator: (facts: GeneratorFacts) => void;
}

/** The percentiles of a lag, and whether they are too much. */
function lagOf(parts: readonly SparseHistogram[]): { lagP50Ms: number; lagP99Ms: number; limited: boolean } {
  const all = new Histogram();
  for (const part of parts) all.merge(part);
  if (all.total === 0) return { lagP50Ms: 0, lagP99Ms: 0, limited: false };
  const lagP99Ms = all.percentileMs(99);
  return { lagP50Ms: all.percentileMs(50), lagP99Ms, limited: lagP99Ms > LAG_P99_MS_MAX };
}

function sum(facts: readonly ProcessFacts[], key: 'cpuShare' | 'rssBytes' | 'vus' | 'vusMax'): number {
  return facts.reduce((all, each) => all + each[key], 0);
}

export class Merge {
  #processes: number;
  readonly #listener: LoadListener;
  readonly #nowMs: () => number;
  readonly #numbers = new Map<string, number>();
  readonly #metrics = new Set<string>();
  /** By process: the whole load's number of each of its series. */
  readonly #numberOf = new Map<number, Map<number, number>>();
  readonly #facts = new Map<number, ProcessFacts>();
  /** The last facts of each process: what it has (users, memory) stays so until it tells anew. */
  readonly #lastFacts = new Map<number, ProcessFacts>();
  readonly #totals: ProcessTotals[] = [];

  constructor(processes: number, listener: LoadListener, nowMs: () => number) {
    this.#processes = processes;
    this.#listener = listener;
    this.#nowMs = nowMs;
  }

  /** So many processes take part, once that is known. */
  expect(processes: number): void {
    this.#processes = processes;
  }

  series(process: number, series: LoadSeries): void {
    const numbers = this.#numberOf.get(process) ?? new Map<number, number>();
    this.#numberOf.set(process, numbers);
    numbers.set(series.id, this.#number(series.scenario, series.tags));
  }

  metric(metric: MetricDefinition): void {
    if (this.#metrics.has(metric.name)) return;
    this.#metrics.add(metric.name);
    this.#listener.onMetric?.(metric);
  }

  cells(process: number, cells: readonly LoadCell[]): void {
    if (cells.length === 0) return;
    const numbers = this.#numberOf.get(process);
    this.#listener.onCells(cells.map((cell) => ({ ...cell, series: numbers?.get(cell.series) ?? cell.series })));
  }

  /** Told on once every process has told its own, or one of them for the second time. */
  facts(process: number, facts: ProcessFacts): void {
    if (this.#facts.has(process)) this.#tellFacts();
    this.#facts.set(process, facts);
    this.#lastFacts.set(process, facts);
    if (this.#facts.size === this.#processes) this.#tellFacts();
  }

  ended(totals: ProcessTotals): void {
    this.#totals.push(totals);
  }

  /** What the processes that have ended came to. */
  totals(): LoadTotals {
    if (this.#facts.size > 0) this.#tellFacts();
    return {
      ...this.#totals.reduce((all, { requests }) => addRequests(all, requests), { ...NO_REQUESTS }),
      retried: this.#totals.reduce((all, { retried }) => all + retried, 0),
      ...lagOf(this.#totals.map(({ lag }) => lag)),
      processes: this.#processes,
    };
  }

  #tellFacts(): void {
    const all = [...this.#facts.values()];
    this.#facts.clear();
    const last = [...this.#lastFacts.values()];
    const [vus, vusMax] = [sum(last, 'vus'), sum(last, 'vusMax')];
    this.#listener.onGenerator({
      ...lagOf(all.map(({ lag }) => lag)),
      eventLoopDelayP99Ms: Math.max(...all.map(({ eventLoopDelayP99Ms }) => eventLoopDelayP99Ms)),
      cpuShare: sum(all, 'cpuShare'),
      rssBytes: sum(last, 'rssBytes'),
      vus,
      vusMax,
      processes: this.#processes,
    });
    const nowMs = this.#nowMs();
    if (nowMs < 0) return;
    const gauge = (value: number) => ({ count: 1, min: value, max: value, last: value });
    const metrics = { vus: gauge(vus), vus_max: gauge(vusMax) };
    const series = this.#number('', {});
    this.#listener.onCells([{ bucketMs: Math.floor(nowMs / BUCKET_MS) * BUCKET_MS, series, metrics }]);
  }

  #number(scenario: string, tags: LoadSeries['tags']): number {
    const signature = signatureOf(scenario, tags);
    const known = this.#numbers.get(signature);
    if (known !== undefined) return known;
    const id = this.#numbers.size;
    this.#numbers.set(signature, id);
    this.#listener.onSeries({ id, scenario, tags });
    return id;
  }
}
