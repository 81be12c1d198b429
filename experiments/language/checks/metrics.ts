/** Which aggregations a threshold on a metric of the load may use. Readings of probes take any. */
import { AGGREGATIONS_OF, BUILT_IN_METRICS } from '../load-metrics.ts';
import type { Threshold } from '../threshold.ts';

type Aggregation = Threshold['aggregation'];

/** Metrics of the load by name, with the aggregations that a threshold may use. */
export const METRICS: Readonly<Record<string, readonly Aggregation[]>> = Object.fromEntries(
  BUILT_IN_METRICS.map(({ name, type }) => [name, AGGREGATIONS_OF[type]]),
);

/** An aggregation as it is written. */
export function spelled(aggregation: Aggregation): string {
  return aggregation === 'p' ? 'p(N)' : aggregation;
}
