/**
 * Request entropy: how evenly requests spread over origins or keys. An entropy that changes because of an outage is no cure:
 * it is read together with availability.
 */
import { totalOf } from './amounts.ts';

/**
 * Shannon entropy in bits: H = −Σ pᵢ log₂ pᵢ over the shares pᵢ = countᵢ / Σ count, with 0 · log 0 = 0. It lies in 0 … log₂ n: 0 where
 * all is in one, log₂ n where all n are equal. Undefined where nothing was counted.
 * C. E. Shannon, A Mathematical Theory of Communication, Bell System Technical Journal 27 (1948), § 6.
 */
export function entropy(counts: readonly number[]): number | undefined {
  const total = totalOf(counts);
  if (!total) return undefined;
  const bits = counts.reduce((sum, count) => (count === 0 ? sum : sum - (count / total) * Math.log2(count / total)), 0);
  return Math.min(Math.log2(counts.length), Math.max(0, bits));
}

/**
 * Normalised entropy, 0 … 1: H / log₂ n, where n counts every kind that there is, those with a count of 0 too. 0 where all is in one of
 * several, 1 where all are equal. Undefined where nothing was counted, or where there is one kind alone, which cannot spread.
 * E. C. Pielou, The measurement of diversity, Journal of Theoretical Biology 13 (1966).
 */
export function normalisedEntropy(counts: readonly number[]): number | undefined {
  const bits = entropy(counts);
  return bits === undefined || counts.length < 2 ? undefined : bits / Math.log2(counts.length);
}
