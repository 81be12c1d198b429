/**
 * Sums over what a metric grew by. Like all sums over the load they may be taken out again; what can't be subtracted
 * (the least, the greatest, the last) is looked up among what the window holds.
 */
import type { MetricType } from '../../experiments/language/load-metrics.ts';
import { Counts } from './counts.ts';
import type { MetricIncrement, TrendValues } from './load-cells.ts';
import { WIDE_SCALE } from './wide-scale.ts';

/** What a metric came to in one bucket of one series. */
export interface MetricRow {
  readonly bucketMs: number;
  count: number;
  sum: number;
  nonZero: number;
  min: number;
  max: number;
  last: number;
  readonly values: TrendValues[];
}

export function emptyMetricRow(bucketMs: number): MetricRow {
  return { bucketMs, count: 0, sum: 0, nonZero: 0, min: Infinity, max: -Infinity, last: Number.NaN, values: [] };
}

/** Adds an increment to its row. */
export function addIncrement(row: MetricRow, increment: MetricIncrement): void {
  row.count += increment.count;
  row.sum += increment.sum ?? 0;
  row.nonZero += increment.nonZero ?? 0;
  row.min = Math.min(row.min, increment.min ?? Infinity);
  row.max = Math.max(row.max, increment.max ?? -Infinity);
  row.last = increment.last ?? row.last;
  if (increment.values) row.values.push(increment.values);
}

export class MetricWindow {
  count = 0;
  sum = 0;
  nonZero = 0;
  readonly #values: Counts | undefined;
  readonly #held = new Set<MetricRow>();
  /** What was added for good has come to. */
  #grown: MetricRow | undefined;

  constructor(type: MetricType) {
    this.#values = type === 'trend' ? new Counts(WIDE_SCALE) : undefined;
  }

  /** Adds a row; `sign` −1 takes it out again. */
  add(row: MetricRow, sign: 1 | -1): void {
    this.#count(row, sign);
    if (sign > 0) this.#held.add(row);
    else this.#held.delete(row);
  }

  /** Adds a row for good: it is summed up and not held. */
  grow(row: MetricRow): void {
    this.#count(row, 1);
    const grown = this.#grown ?? emptyMetricRow(row.bucketMs);
    const [older, later] = row.bucketMs >= grown.bucketMs ? [grown, row] : [row, grown];
    this.#grown = {
      ...emptyMetricRow(later.bucketMs),
      min: Math.min(row.min, grown.min),
      max: Math.max(row.max, grown.max),
      last: Number.isNaN(later.last) ? older.last : later.last,
    };
  }

  get min(): number {
    return this.#rows().reduce((least, { min }) => Math.min(least, min), Infinity);
  }

  get max(): number {
    return this.#rows().reduce((most, { max }) => Math.max(most, max), -Infinity);
  }

  /** The value of the latest bucket; of several series in it, the one that was told of last. NaN where there is none. */
  get last(): number {
    let latest: MetricRow | undefined;
    for (const row of this.#rows()) if (!latest || row.bucketMs >= latest.bucketMs) latest = row;
    return latest?.last ?? Number.NaN;
  }

  get average(): number {
    return this.count === 0 ? Number.NaN : this.sum / this.count;
  }

  /** Of a trend, 0–100; never beyond the least and the greatest value there were. */
  percentile(percentile: number): number {
    const value = this.#values?.percentile(percentile) ?? Number.NaN;
    return Math.min(this.max, Math.max(this.min, value));
  }

  *#rows(): Generator<MetricRow, undefined> {
    if (this.#grown) yield this.#grown;
    yield* this.#held;
  }

  #count(row: MetricRow, sign: 1 | -1): void {
    this.count += sign * row.count;
    this.sum += sign * row.sum;
    this.nonZero += sign * row.nonZero;
    for (const values of row.values) this.#values?.merge(values, sign);
  }
}
