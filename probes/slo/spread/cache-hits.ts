/** Cache hit ratio per node, and its skew. 90 % or more on each node is healthy. */
import { extremesOf, type NamedRatio, type Ratio, ratiosOf } from './ratios.ts';

/** Hits / lookups of each node, 0 … 1; undefined for a node without a lookup. */
export function cacheHitRatios(byNode: ReadonlyMap<string, Ratio>): NamedRatio[] {
  return ratiosOf(byNode);
}

/**
 * Cache hit skew, 0 … 1: the greatest hit ratio of a node minus the least. 0 where all nodes hit alike. Undefined below two nodes, or where a node
 * had no lookup.
 */
export function cacheHitSkew(byNode: ReadonlyMap<string, Ratio>): number | undefined {
  const extremes = extremesOf(byNode);
  if (!extremes || byNode.size < 2) return undefined;
  return (extremes.greatest.ratio ?? 0) - (extremes.least.ratio ?? 0);
}
