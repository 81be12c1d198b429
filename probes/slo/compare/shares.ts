/** Two shares, each of many requests: whether they differ by more than the number of requests allows by chance. */
import { deploymentDelta } from '../spread/deployment-delta.ts';
import type { Ratio } from '../spread/ratios.ts';
import { type Contrast, contrastOf, ERROR_SHARE, type Side, sideOfInterval } from './contrast.ts';
import { normalPoint } from './small-samples.ts';

export function addRatios(all: readonly Ratio[]): Ratio {
  return all.reduce((sum, { count, all: whole }) => ({ count: sum.count + count, all: sum.all + whole }), { count: 0, all: 0 });
}

/** A success and a failure more than there were, so that none at all of few is no certainty. */
function guarded({ count, all }: Ratio): { share: number; variance: number } {
  const share = (count + 1) / (all + 2);
  return { share, variance: (share * (1 - share)) / (all + 2) };
}

/**
 * The interval of a contrast of two shares: p̃ᵢ = (xᵢ + 1) / (nᵢ + 2), p̃₂ − f p̃₁ − o ± z √(p̃₂(1 − p̃₂)/(n₂ + 2) + f² p̃₁(1 − p̃₁)/(n₁ + 2)).
 * A. Agresti, B. Caffo, Simple and Effective Confidence Intervals for Proportions (The American Statistician 54, 2000).
 */
export function shareInterval(variant: Ratio, baseline: Ratio, contrast: Contrast): readonly [low: number, high: number] {
  const [one, other] = [guarded(variant), guarded(baseline)];
  const middle = contrastOf(one.share, other.share, contrast);
  const reach = normalPoint(ERROR_SHARE / 2) * Math.sqrt(one.variance + contrast.factor ** 2 * other.variance);
  return [middle - reach, middle + reach];
}

export function sideOfShares(variant: Ratio, baseline: Ratio, contrast: Contrast): Side {
  return sideOfInterval(...shareInterval(variant, baseline, contrast));
}

/** p-value of the two-proportion z-test; 1 where either is no share. */
export function sharesPValue(variant: Ratio, baseline: Ratio): number {
  return deploymentDelta(baseline, variant)?.pValue ?? 1;
}
