/** The standard deviation of a whole population, in two passes, so that instants with large numbers in common lose nothing. */
import { finite } from './amounts.ts';

/** σ = √(Σ (xᵢ − x̄)² / n), in the values' unit; 0 for one value and where all are equal. Undefined without values, or where one is not finite. */
export function standardDeviation(values: readonly number[]): number | undefined {
  const count = values.length;
  const first = values[0];
  if (first === undefined) return undefined;
  const offset = values.reduce((sum, value) => sum + (value - first), 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - first - offset) ** 2, 0);
  return finite(Math.sqrt(squares / count));
}
