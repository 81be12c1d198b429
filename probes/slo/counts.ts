/**
 * Counts of values by the steps of a scale, and percentiles over them. As long as nothing but exact values was added, and
 * not too many, these are kept too, and percentiles are exact.
 */
import type { TrendValues } from './load-cells.ts';

/** How values become indexes 0 … size − 1 and back; both go up together. */
export interface Scale {
  readonly size: number;
  indexOf(value: number): number;
  /** The value that an index stands for. */
  valueOf(index: number): number;
}

/** Exact values that are kept at most; beyond them the scale's steps tell. */
export const EXACT_VALUES_MAX = 4096;

/** k6's percentile, 0–100, of `total` values in order: linear between the two nearest ranks. NaN of none. */
export function percentileOf(percentile: number, total: number, valueAtRank: (rank: number) => number): number {
  if (total === 0) return Number.NaN;
  const rank = (percentile / 100) * (total - 1);
  const low = valueAtRank(Math.floor(rank));
  const fraction = rank - Math.floor(rank);
  return fraction === 0 ? low : low + (valueAtRank(Math.ceil(rank)) - low) * fraction;
}

export class Counts {
  readonly #scale: Scale;
  readonly #counts: Float64Array;
  /** Undefined once something was added that is not exact. */
  #exact: number[] | undefined = [];
  #sorted = true;
  #total = 0;

  constructor(scale: Scale) {
    this.#scale = scale;
    this.#counts = new Float64Array(scale.size);
  }

  get total(): number {
    return this.#total;
  }

  /** Adds `count` (which may be negative) at an index; indexes out of range are refused. */
  add(index: number, count: number): void {
    this.#exact = undefined;
    this.#count(index, count);
  }

  /** Adds what a trend grew by; `sign` −1 takes it away. */
  merge(values: TrendValues, sign: 1 | -1 = 1): void {
    for (const value of values) {
      if (typeof value !== 'number') this.add(value[0], sign * value[1]);
      else this.#addExact(value, sign);
    }
  }

  /** Adds one value, which is kept as it is as long as there are few. */
  addValue(value: number): void {
    this.#addExact(value, 1);
  }

  /** All that was added: exact values, or, where there are too many, counts by index. */
  toValues(): TrendValues {
    return this.#exact ? [...this.#exact] : this.toSparse();
  }

  /** The indexes that have counts, ascending. */
  toSparse(): [number, number][] {
    const sparse: [number, number][] = [];
    for (let index = 0; index < this.#counts.length; index += 1) {
      const count = this.#counts[index] ?? 0;
      if (count !== 0) sparse.push([index, count]);
    }
    return sparse;
  }

  /** See percentileOf. */
  percentile(percentile: number): number {
    return percentileOf(percentile, this.#total, (rank) => this.#valueAtRank(rank));
  }

  get average(): number {
    if (this.#total === 0) return Number.NaN;
    if (this.#exact) return this.#exact.reduce((sum, value) => sum + value, 0) / this.#total;
    let sum = 0;
    for (let index = 0; index < this.#counts.length; index += 1) sum += (this.#counts[index] ?? 0) * this.#scale.valueOf(index);
    return sum / this.#total;
  }

  /** How many values lie at or below this one. */
  countUpTo(value: number): number {
    const last = this.#scale.indexOf(value);
    let sum = 0;
    for (let index = 0; index <= last; index += 1) sum += this.#counts[index] ?? 0;
    return sum;
  }

  #addExact(value: number, sign: 1 | -1): void {
    if (this.#exact && sign > 0 && this.#exact.length < EXACT_VALUES_MAX) {
      this.#exact.push(value);
      this.#sorted = false;
    } else {
      this.#exact = undefined;
    }
    this.#count(this.#scale.indexOf(value), sign);
  }

  #count(index: number, count: number): void {
    const before = this.#counts[index];
    if (before === undefined) throw new RangeError(`histogram index ${index} is not in 0–${this.#counts.length - 1}`);
    this.#counts[index] = before + count;
    this.#total += count;
  }

  /** The value that has `rank` smaller ones before it. */
  #valueAtRank(rank: number): number {
    if (this.#exact) {
      if (!this.#sorted) this.#exact.sort((one, other) => one - other);
      this.#sorted = true;
      return this.#exact[rank] ?? Number.NaN;
    }
    let seen = 0;
    for (let index = 0; index < this.#counts.length; index += 1) {
      seen += this.#counts[index] ?? 0;
      if (seen > rank) return this.#scale.valueOf(index);
    }
    return this.#scale.valueOf(this.#counts.length - 1);
  }
}
