/** The upper tail of the standard normal distribution, exact enough for the smallest p-value that a number can hold. */

/** From here on the continued fraction takes fewer steps than the series. */
const FRACTION_FROM = 2.5;
const FRACTION_STEPS = 100;
/** Steps of the series at most; below 2.5 some 40 are taken. */
const SERIES_STEPS_MAX = 200;

/**
 * Q(z) = P(Z > z), off by 1e-14 of itself at most. Below 2.5, ½ − φ(z) Σ z²ᵏ⁺¹ / (1 · 3 · … · (2k + 1)), from there on Laplace's continued
 * fraction φ(z) / (z + 1 / (z + 2 / (z + 3 / …))). Undefined for NaN. M. Abramowitz, I. Stegun, Handbook of Mathematical Functions (1964), 26.2.11 and 26.2.14.
 */
export function normalTail(z: number): number | undefined {
  if (Number.isNaN(z)) return undefined;
  const tail = upperTail(Math.abs(z));
  return z < 0 ? 1 - tail : tail;
}

function upperTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z >= FRACTION_FROM) {
    let below = z;
    for (let step = FRACTION_STEPS; step >= 1; step -= 1) below = z + step / below;
    return density / below;
  }
  let [sum, term] = [0, z];
  for (let step = 1; step < SERIES_STEPS_MAX && sum + term !== sum; step += 1) {
    sum += term;
    term *= (z * z) / (2 * step + 1);
  }
  return 0.5 - density * sum;
}
