/** The load's metrics in k6's words, and which aggregations suit which. Readings of probes take any aggregation. */
import type { Threshold } from '../threshold.ts';

type Aggregation = Threshold['aggregation'];

const RATE: readonly Aggregation[] = ['rate', 'count'];
const COUNTER: readonly Aggregation[] = ['count', 'rate'];
const TREND: readonly Aggregation[] = ['avg', 'min', 'max', 'med', 'p'];

/** Metrics of the load by name, with the aggregations that a threshold may use. */
export const METRICS: Readonly<Record<string, readonly Aggregation[]>> = {
  http_reqs: COUNTER,
  http_req_failed: RATE,
  http_req_duration: TREND,
  http_req_latency: TREND,
  dropped_iterations: COUNTER,
  iterations: COUNTER,
  checks: RATE,
};

/** An aggregation as it is written. */
export function spelled(aggregation: Aggregation): string {
  return aggregation === 'p' ? 'p(N)' : aggregation;
}
