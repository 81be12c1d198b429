/** Error-rate delta by deployment, with the two-proportion z-test: whether the new build fails more often than the old one, or only by chance. */
import { finite, shareOf } from './amounts.ts';
import { normalTail } from './normal-tail.ts';
import type { Ratio } from './ratios.ts';

/** With fewer failures or successes than this to be expected in either, the normal curve is a rough guess (W. G. Cochran, Biometrics 10, 1954). */
export const EXPECTED_MIN = 5;

export interface DeploymentDelta {
  /** The new one's error rate minus the old one's, −1 … 1. */
  readonly delta: number;
  /** Above 1.96, the new one is worse with 97.5 % confidence. */
  readonly z: number;
  /** Two-sided: how probable a |z| this great is where both are alike. */
  readonly pValue: number;
  /** The least count of failures or successes to be expected in either, were both alike; below EXPECTED_MIN `z` is rough. */
  readonly expectedLeast: number;
}

/**
 * z = (p₂ − p₁) / √(p (1 − p) (1/n₁ + 1/n₂)), with p = (x₁ + x₂) / (n₁ + n₂) pooled, xᵢ failed of nᵢ requests. Where none failed in either, or all did,
 * nothing tells them apart: z is 0, its limit, and p-value 1. Undefined where either sent nothing.
 * NIST/SEMATECH e-Handbook of Statistical Methods, 7.3.3; J. Fleiss, Statistical Methods for Rates and Proportions (1981), ch. 2.
 */
export function deploymentDelta(before: Ratio, after: Ratio): DeploymentDelta | undefined {
  const [old, recent] = [shareOf(before.count, before.all), shareOf(after.count, after.all)];
  const pooled = shareOf(before.count + after.count, before.all + after.all);
  if (old === undefined || recent === undefined || pooled === undefined) return undefined;
  const delta = recent - old;
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / before.all + 1 / after.all));
  const z = finite(delta === 0 ? 0 : delta / deviation);
  const tail = normalTail(Math.abs(z ?? Number.NaN));
  if (z === undefined || tail === undefined) return undefined;
  return {
    delta,
    z,
    pValue: Math.min(1, 2 * tail),
    expectedLeast: Math.min(before.all, after.all) * Math.min(pooled, 1 - pooled),
  };
}
