/**
 * The scale of trends whose values may be anything: 64 steps a doubling from 2⁻³² to 2⁶⁴, below zero likewise. A value is
 * off by 1/128 = 0.78 % at most; nearer to zero than 2⁻³² it counts as zero.
 *
 *   index   0 … 6143        6144   6145 … 12288
 *   value   −2⁶⁴ … −2⁻³²    0      2⁻³² … 2⁶⁴
 */
import type { Scale } from './counts.ts';

const STEPS = 64;
const EXPONENT_MIN = -32;
const EXPONENT_MAX = 63;
const MAGNITUDES = (EXPONENT_MAX - EXPONENT_MIN + 1) * STEPS;

/** From 0 for the least magnitude up to MAGNITUDES − 1. */
function stepOf(magnitude: number): number {
  if (magnitude >= 2 ** (EXPONENT_MAX + 1)) return MAGNITUDES - 1;
  let exponent = Math.floor(Math.log2(magnitude));
  if (2 ** exponent > magnitude) exponent -= 1;
  else if (2 ** (exponent + 1) <= magnitude) exponent += 1;
  return (exponent - EXPONENT_MIN) * STEPS + Math.floor((magnitude / 2 ** exponent - 1) * STEPS);
}

function magnitudeOf(step: number): number {
  const exponent = Math.floor(step / STEPS) + EXPONENT_MIN;
  return 2 ** exponent * (1 + ((step % STEPS) + 0.5) / STEPS);
}

export const WIDE_SCALE: Scale = {
  size: 2 * MAGNITUDES + 1,
  indexOf(value) {
    const magnitude = Math.abs(value);
    if (!(magnitude >= 2 ** EXPONENT_MIN)) return MAGNITUDES;
    const step = stepOf(magnitude);
    return value > 0 ? MAGNITUDES + 1 + step : MAGNITUDES - 1 - step;
  },
  valueOf(index) {
    if (index === MAGNITUDES) return 0;
    return index > MAGNITUDES ? magnitudeOf(index - MAGNITUDES - 1) : -magnitudeOf(MAGNITUDES - 1 - index);
  },
};
