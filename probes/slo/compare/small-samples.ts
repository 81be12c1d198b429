/**
 * How far out the ends of a bootstrap interval have to be taken. Resampling n values treats them as the whole population, so that an
 * interval between the usual percentiles is too narrow by √((n − 1) / n), and by the normal curve where Student's t is due.
 */
import { normalTail } from '../spread/normal-tail.ts';

/** Steps of halving; they leave less than 1e-12 of the range. */
const HALVINGS = 64;
const Z_MAX = 40;

/** z with Q(z) = `tail`, for tails from 0 to ½, both excluded. */
export function normalPoint(tail: number): number {
  let [low, high] = [0, Z_MAX];
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (low + high) / 2;
    if ((normalTail(middle) ?? 0) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Student's t that leaves `tail` above it, by its expansion in 1/ν after the normal curve's; 0.8 % too small at ν = 3, 0.2 % at 5.
 * M. Abramowitz, I. Stegun, Handbook of Mathematical Functions (1964), 26.7.5.
 */
export function studentPoint(tail: number, freedom: number): number {
  const z = normalPoint(tail);
  const terms = [
    z,
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92_160,
  ];
  return terms.reduce((sum, term, power) => sum + term / freedom ** power, 0);
}

/**
 * The share of resampled values to leave out at either end, so that an interval of `count` independent values really misses the truth in
 * `tail` of all cases: Φ(−√(n / (n − 1)) t), T. Hesterberg, What Teachers Should Know About the Bootstrap (The American Statistician 69, 2015), 'expanded percentile interval'.
 */
export function expandedTail(tail: number, count: number): number {
  return normalTail(Math.sqrt(count / (count - 1)) * studentPoint(tail, count - 1)) ?? 0;
}
