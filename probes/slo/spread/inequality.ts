/** How unevenly amounts lie over instances. One instance alone has no spread: both measures are undefined for it, so that it never passes for an even one. */
import { totalOf } from './amounts.ts';
import { standardDeviation } from './standard-deviation.ts';

/**
 * Coefficient of variation of amounts per instance (say, requests per second): σ / x̄ with σ over all n instances, since they are the whole
 * population. 0 where all are equal, √(n − 1) where all is in one; below 0.2 is healthy. Undefined below two instances, or where all are 0.
 * K. Pearson, Mathematical contributions to the theory of evolution III, Phil. Trans. R. Soc. A 187 (1896).
 */
export function coefficientOfVariation(amounts: readonly number[]): number | undefined {
  const total = totalOf(amounts);
  if (!total || amounts.length < 2) return undefined;
  const mean = total / amounts.length;
  return standardDeviation(amounts.map((amount) => amount / mean));
}

/**
 * Gini coefficient of amounts: G = Σ (2i − n − 1) xᵢ / (n Σ x) over the amounts in ascending order, i = 1 … n; the mean difference of two
 * instances, halved, by their mean. 0 where all are equal, (n − 1) / n where all is in one. Undefined below two instances, or where all are 0.
 * C. Gini, Variabilità e mutabilità (1912); P. M. Dixon et al., Bootstrapping the Gini coefficient of inequality, Ecology 68 (1987).
 */
export function gini(amounts: readonly number[]): number | undefined {
  const total = totalOf(amounts);
  const count = amounts.length;
  if (!total || count < 2) return undefined;
  const sorted = [...amounts].sort((one, other) => one - other);
  const weighted = sorted.reduce((sum, amount, index) => sum + ((2 * (index + 1) - count - 1) / count) * (amount / total), 0);
  return Math.min((count - 1) / count, Math.max(0, weighted));
}
