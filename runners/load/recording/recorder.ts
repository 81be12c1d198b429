/**
 * Counts what happens to requests, by 100 ms of intended start and by series. Between two frames it holds the
 * increments only, so its memory goes with what happens in 100 ms, whatever the run's length.
 */
import { histogramIndex } from '../../../probes/slo/histogram.ts';
import {
  ANSWERS,
  BUCKET_MS,
  GOOD_OUTCOMES,
  type LoadCell,
  type LoadSeries,
  type Outcome,
  type SparseHistogram,
} from '../../../probes/slo/load-cells.ts';
import { addRequests, NO_REQUESTS, type RequestTotals } from './totals.ts';

/** Series at most; requests with further tags count in one series named `__other__`. */
export const SERIES_MAX = 500;
const OTHER = '__other__';
/** A bucket's first moment belongs to it in spite of rounding: 1 ns. */
const ROUNDING_MS = 1e-6;

/** Increments of one cell, as they gather. */
class Gathering {
  planned = 0;
  sent = 0;
  completed = 0;
  readonly outcomes = new Map<Outcome, number>();
  readonly duration = new Map<number, number>();
  readonly latency = new Map<number, number>();
  readonly checks = new Map<string, [number, number]>();
}

function increment<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function bucketOf(ms: number): number {
  return Math.floor((ms + ROUNDING_MS) / BUCKET_MS);
}

/** The counts of one series. Times are ms on the run's clock. */
export class SeriesRecorder {
  readonly series: LoadSeries;
  /** Since the beginning. */
  readonly totals: RequestTotals = { ...NO_REQUESTS };
  readonly #cells = new Map<number, Gathering>();
  #lastBucket = Number.NaN;
  #last = new Gathering();

  constructor(series: LoadSeries) {
    this.series = series;
  }

  planned(intendedMs: number): void {
    this.totals.planned += 1;
    this.#cell(intendedMs).planned += 1;
  }

  sent(intendedMs: number): void {
    this.totals.sent += 1;
    this.#cell(intendedMs).sent += 1;
  }

  /**
   * What a request came to. A request that was never sent (`sentMs` NaN: refused, dns, timed out in line) has no
   * duration; one that the generator itself gave up (`dropped`) has no latency either, since no viewer saw it end.
   */
  settled(intendedMs: number, sentMs: number, atMs: number, outcome: Outcome): void {
    const cell = this.#cell(intendedMs);
    increment(cell.outcomes, outcome);
    this.totals[outcome === 'dropped' ? 'dropped' : GOOD_OUTCOMES.has(outcome) ? 'ok' : 'failed'] += 1;
    if (outcome === 'dropped') return;
    increment(cell.latency, histogramIndex(atMs - intendedMs));
    if (!Number.isNaN(sentMs)) increment(cell.duration, histogramIndex(atMs - sentMs));
    if (ANSWERS.has(outcome)) this.#cell(atMs).completed += 1;
  }

  check(intendedMs: number, name: string, passed: boolean): void {
    const { checks } = this.#cell(intendedMs);
    const counts = checks.get(name) ?? [0, 0];
    counts[passed ? 0 : 1] += 1;
    checks.set(name, counts);
  }

  /** The increments since the last call. */
  take(): LoadCell[] {
    const cells = [...this.#cells].map(([bucket, gathering]) => toCell(bucket, this.series.id, gathering));
    this.#cells.clear();
    this.#lastBucket = Number.NaN;
    return cells;
  }

  #cell(ms: number): Gathering {
    const bucket = bucketOf(ms);
    if (bucket === this.#lastBucket) return this.#last;
    const found = this.#cells.get(bucket) ?? new Gathering();
    this.#cells.set(bucket, found);
    this.#lastBucket = bucket;
    this.#last = found;
    return found;
  }
}

function toCell(bucket: number, series: number, gathering: Gathering): LoadCell {
  const { planned, sent, completed, outcomes, duration, latency, checks } = gathering;
  return {
    bucketMs: bucket * BUCKET_MS,
    series,
    ...(planned > 0 ? { planned } : {}),
    ...(sent > 0 ? { sent } : {}),
    ...(outcomes.size > 0 ? { outcomes: Object.fromEntries(outcomes) } : {}),
    ...(duration.size > 0 ? { duration: toSparse(duration) } : {}),
    ...(latency.size > 0 ? { latency: toSparse(latency) } : {}),
    ...(checks.size > 0 ? { checks: Object.fromEntries(checks) } : {}),
    ...(completed > 0 ? { completed } : {}),
  };
}

function toSparse(counts: Map<number, number>): SparseHistogram {
  return [...counts].sort(([a], [b]) => a - b);
}

/** All series of a generator. A series is told of once, before its first cell. */
export class Recorder {
  readonly #bySignature = new Map<string, SeriesRecorder>();
  readonly #onSeries: (series: LoadSeries) => void;

  constructor(onSeries: (series: LoadSeries) => void) {
    this.#onSeries = onSeries;
  }

  series(scenario: string, tags: Readonly<Record<string, string>>): SeriesRecorder {
    const signature = JSON.stringify([scenario, Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))]);
    const found = this.#bySignature.get(signature);
    if (found) return found;
    if (this.#bySignature.size >= SERIES_MAX && scenario !== OTHER) return this.series(OTHER, {});
    const made = new SeriesRecorder({ id: this.#bySignature.size, scenario, tags });
    this.#bySignature.set(signature, made);
    this.#onSeries(made.series);
    return made;
  }

  /** Requests of all series since the beginning. */
  totals(): RequestTotals {
    return [...this.#bySignature.values()].reduce((sum, { totals }) => addRequests(sum, totals), { ...NO_REQUESTS });
  }

  /** The increments of all series since the last call. */
  take(): LoadCell[] {
    return [...this.#bySignature.values()].flatMap((series) => series.take());
  }
}
