/** What one cell of the load grows by between two frames, as it gathers. */
import type { MetricDefinition } from '../../../experiments/language/load-metrics.ts';
import { histogramIndex } from '../../../probes/slo/histogram.ts';
import { BUCKET_MS, type LoadCell, type MetricIncrement, type Outcome, type TrendValues } from '../../../probes/slo/load-cells.ts';
import { WIDE_SCALE } from '../../../probes/slo/wide-scale.ts';

/** Exact values of a trend in ms are kept to the microsecond: no clock here is finer. */
const PER_US = 1000;

export function increment<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Values of a trend: exact ones while the series still keeps them, then counts by index. */
export class TrendGathering {
  #exact: number[] | undefined;
  #counts: Map<number, number> | undefined;

  addExact(value: number): void {
    this.#exact ??= [];
    this.#exact.push(value);
  }

  addIndex(index: number): void {
    this.#counts ??= new Map();
    increment(this.#counts, index);
  }

  take(): TrendValues {
    if (!this.#counts) return this.#exact ?? [];
    return [...(this.#exact ?? []), ...[...this.#counts].sort(([one], [other]) => one - other)];
  }
}

/** How many exact values a trend of a series may still keep. */
export interface ExactLeft {
  left: number;
}

/** Adds a time in ms to a trend. */
export function addTime(trend: TrendGathering, valueMs: number, exact: ExactLeft): void {
  if (exact.left > 0) {
    exact.left -= 1;
    trend.addExact(Math.round(valueMs * PER_US) / PER_US);
  } else {
    trend.addIndex(histogramIndex(valueMs));
  }
}

/** A metric of any name, in one cell. */
export class MetricGathering {
  readonly #metric: MetricDefinition;
  #count = 0;
  #sum = 0;
  #nonZero = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #last = 0;
  #values: TrendGathering | undefined;

  constructor(metric: MetricDefinition) {
    this.#metric = metric;
    if (metric.type === 'trend') this.#values = new TrendGathering();
  }

  add(value: number, exact: ExactLeft): void {
    this.#count += 1;
    this.#sum += value;
    if (value !== 0) this.#nonZero += 1;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    this.#last = value;
    if (!this.#values) return;
    if (exact.left > 0) {
      exact.left -= 1;
      this.#values.addExact(value);
    } else {
      this.#values.addIndex(WIDE_SCALE.indexOf(value));
    }
  }

  take(): MetricIncrement {
    const count = this.#count;
    switch (this.#metric.type) {
      case 'counter':
        return { count, sum: this.#sum };
      case 'rate':
        return { count, nonZero: this.#nonZero };
      case 'gauge':
        return { count, min: this.#min, max: this.#max, last: this.#last };
      case 'trend':
        return { count, sum: this.#sum, min: this.#min, max: this.#max, values: this.#values?.take() ?? [] };
    }
  }
}

/** A cell. */
export class Gathering {
  planned = 0;
  sent = 0;
  completed = 0;
  iterations = 0;
  failedCorrection = 0;
  givenUp = 0;
  /** Made when first needed: many a cell has nothing but completions. */
  outcomes: Map<Outcome, number> | undefined;
  duration: TrendGathering | undefined;
  latency: TrendGathering | undefined;
  checks: Map<string, [number, number]> | undefined;
  metrics: Map<string, MetricGathering> | undefined;

  toCell(bucket: number, series: number): LoadCell {
    const { planned, sent, completed, iterations, failedCorrection, givenUp, outcomes, duration, latency, checks, metrics } = this;
    return {
      bucketMs: bucket * BUCKET_MS,
      series,
      ...(planned > 0 ? { planned } : {}),
      ...(sent > 0 ? { sent } : {}),
      ...(outcomes ? { outcomes: Object.fromEntries(outcomes) } : {}),
      ...(failedCorrection !== 0 ? { failedCorrection } : {}),
      ...(givenUp > 0 ? { givenUp } : {}),
      ...(duration ? { duration: duration.take() } : {}),
      ...(latency ? { latency: latency.take() } : {}),
      ...(checks ? { checks: Object.fromEntries(checks) } : {}),
      ...(completed > 0 ? { completed } : {}),
      ...(iterations > 0 ? { iterations } : {}),
      ...(metrics ? { metrics: Object.fromEntries([...metrics].map(([name, metric]) => [name, metric.take()])) } : {}),
    };
  }
}
