/** Origin requests per key: how often the origin is asked for each key that was missing, as in a stampede on keys that expire together. */
import { byGreatest, totalOf } from './amounts.ts';

export interface OriginRequests {
  /** Σ requests / keys. 1 is one read for each key; far more is a stampede. */
  readonly perKey: number;
  /** The key that was asked for most, and how often. */
  readonly worstKey: string;
  readonly worst: number;
}

/** Over every key that was missing, those nobody asked for with a count of 0. Undefined without keys, or where a count is none. */
export function originRequestsPerKey(byKey: ReadonlyMap<string, number>): OriginRequests | undefined {
  const total = totalOf([...byKey.values()]);
  const worst = [...byKey].map(([name, count]) => ({ name, count })).sort(byGreatest(({ count }) => count))[0];
  if (total === undefined || !worst) return undefined;
  return { perKey: total / byKey.size, worstKey: worst.name, worst: worst.count };
}
