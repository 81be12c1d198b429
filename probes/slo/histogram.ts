/**
 * The log-linear histogram that recorder, journal and judge share: 1 µs steps up to 128 µs, then 64 steps per
 * doubling, up to 2³² µs (71 minutes). A value is off by 1/128 = 0.78 % at most, or by 0.5 µs below 64 µs.
 *
 *   index   0 … 127   128 … 191        192 … 255        … 1727
 *   value   0–127 µs  128–255 µs by 2  256–511 µs by 4  … 71 min
 */
import type { SparseHistogram } from './load-cells.ts';

/** Number of indexes; all lie in 0 … HISTOGRAM_SIZE − 1. */
export const HISTOGRAM_SIZE = 26 * 64 + 64;
const VALUE_US_MAX = 0xffff_ffff;

/** The index of a value in ms; below 0 counts as 0, beyond 71 minutes as 71 minutes. */
export function histogramIndex(valueMs: number): number {
  const exact = valueMs * 1000 + 0.5;
  if (!(exact >= 1)) return 0;
  const us = Math.min(exact, VALUE_US_MAX);
  const leading = Math.clz32(us);
  if (leading >= 25) return us | 0;
  const shift = 25 - leading;
  return shift * 64 + (us >>> shift);
}

/** The value in ms that an index stands for: the middle of its step. */
export function histogramValueMs(index: number): number {
  if (index < 128) return index / 1000;
  const shift = (index >> 6) - 1;
  const lowest = (index - shift * 64) * 2 ** shift;
  return (lowest + (2 ** shift - 1) / 2) / 1000;
}

/** Counts by index. Counts may be taken away again, so that a window can slide. */
export class Histogram {
  readonly #counts = new Float64Array(HISTOGRAM_SIZE);
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** Counts one value. */
  record(valueMs: number): void {
    this.add(histogramIndex(valueMs), 1);
  }

  /** Adds `count` (which may be negative) at an index; indexes out of range are refused. */
  add(index: number, count: number): void {
    const before = this.#counts[index];
    if (before === undefined) throw new RangeError(`histogram index ${index} is not in 0–${HISTOGRAM_SIZE - 1}`);
    this.#counts[index] = before + count;
    this.#total += count;
  }

  /** Adds another histogram; `sign` −1 takes it away. */
  merge(sparse: SparseHistogram, sign: 1 | -1 = 1): void {
    for (const [index, count] of sparse) this.add(index, sign * count);
  }

  /** The indexes that have counts, ascending. */
  toSparse(): [number, number][] {
    const sparse: [number, number][] = [];
    for (let index = 0; index < HISTOGRAM_SIZE; index += 1) {
      const count = this.#counts[index] ?? 0;
      if (count !== 0) sparse.push([index, count]);
    }
    return sparse;
  }

  /** k6's percentile, 0–100: linear between the two nearest ranks. NaN when empty. */
  percentileMs(percentile: number): number {
    if (this.#total === 0) return Number.NaN;
    const rank = (percentile / 100) * (this.#total - 1);
    const low = this.#valueAtRank(Math.floor(rank));
    const fraction = rank - Math.floor(rank);
    if (fraction === 0) return low;
    return low + (this.#valueAtRank(Math.ceil(rank)) - low) * fraction;
  }

  get averageMs(): number {
    let sum = 0;
    for (let index = 0; index < HISTOGRAM_SIZE; index += 1) sum += (this.#counts[index] ?? 0) * histogramValueMs(index);
    return this.#total === 0 ? Number.NaN : sum / this.#total;
  }

  /** How many values lie at or below this one. */
  countUpTo(valueMs: number): number {
    const last = histogramIndex(valueMs);
    let sum = 0;
    for (let index = 0; index <= last; index += 1) sum += this.#counts[index] ?? 0;
    return sum;
  }

  /** The value that has `rank` smaller ones before it. */
  #valueAtRank(rank: number): number {
    let seen = 0;
    for (let index = 0; index < HISTOGRAM_SIZE; index += 1) {
      seen += this.#counts[index] ?? 0;
      if (seen > rank) return histogramValueMs(index);
    }
    return histogramValueMs(HISTOGRAM_SIZE - 1);
  }
}
