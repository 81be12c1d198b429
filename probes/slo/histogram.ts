/**
 * The log-linear histogram that recorder, journal and judge share: 1 µs steps up to 128 µs, then 64 steps per
 * doubling, up to 2³² µs (71 minutes). A value is off by 1/128 = 0.78 % at most, or by 0.5 µs below 64 µs.
 *
 *   index   0 … 127   128 … 191        192 … 255        … 1727
 *   value   0–127 µs  128–255 µs by 2  256–511 µs by 4  … 71 min
 */
import { Counts, type Scale } from './counts.ts';

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

/** The scale of times in ms. */
export const TIME_SCALE: Scale = { size: HISTOGRAM_SIZE, indexOf: histogramIndex, valueOf: histogramValueMs };

/** Counts of times in ms. They may be taken away again, so that a window can slide. */
export class Histogram extends Counts {
  constructor() {
    super(TIME_SCALE);
  }

  /** Counts one value. */
  record(valueMs: number): void {
    this.add(histogramIndex(valueMs), 1);
  }

  /** k6's percentile, 0–100: linear between the two nearest ranks. NaN when empty. */
  percentileMs(percentile: number): number {
    return this.percentile(percentile);
  }

  get averageMs(): number {
    return this.average;
  }
}
