/** The metrics of the load: their types as in k6, those that are always there, and which aggregations suit which type. */
import type { Aggregate } from './threshold.ts';

/** `counter` adds up, `gauge` holds its last value, `rate` is the share that is not zero, `trend` has percentiles. */
export const METRIC_TYPES = ['counter', 'gauge', 'rate', 'trend'] as const;
export type MetricType = (typeof METRIC_TYPES)[number];

/** A metric; the values of one that `isTime` are milliseconds. */
export interface MetricDefinition {
  readonly name: string;
  readonly type: MetricType;
  readonly isTime: boolean;
}

type Aggregation = Aggregate['aggregation'];

/** What a threshold on a metric of a type may ask for; the second word of counters and rates is ours, the others are k6's. */
export const AGGREGATIONS_OF: Readonly<Record<MetricType, readonly Aggregation[]>> = {
  counter: ['count', 'rate'],
  gauge: ['value'],
  rate: ['rate', 'count'],
  trend: ['avg', 'min', 'max', 'med', 'p'],
};

function named(type: MetricType, isTime: boolean, names: readonly string[]): MetricDefinition[] {
  return names.map((name) => ({ name, type, isTime }));
}

/** The metrics that firedrill fills itself, in k6's words; `http_req_latency` is ours. What nothing measures in a run has no samples there. */
export const BUILT_IN_METRICS: readonly MetricDefinition[] = [
  ...named('counter', false, [
    'http_reqs',
    'iterations',
    'dropped_iterations',
    'data_sent',
    'data_received',
    'ws_sessions',
    'ws_msgs_sent',
    'ws_msgs_received',
  ]),
  ...named('rate', false, ['http_req_failed', 'checks']),
  ...named('gauge', false, ['vus', 'vus_max']),
  ...named('trend', true, [
    'http_req_latency',
    'http_req_duration',
    'http_req_blocked',
    'http_req_connecting',
    'http_req_tls_handshaking',
    'http_req_sending',
    'http_req_waiting',
    'http_req_receiving',
    'iteration_duration',
    'group_duration',
    'ws_connecting',
    'ws_ping',
    'ws_session_duration',
  ]),
];

/** What is counted of whole requests, from their plan to their end. */
export const REQUEST_METRICS: ReadonlySet<string> = new Set(['http_reqs', 'http_req_failed', 'http_req_duration', 'http_req_latency']);

/** k6's tags that only the end of a request tells. Requests are planned without them, and end with those that somebody asks for. */
export const ANSWER_TAGS: ReadonlySet<string> = new Set([
  'status',
  'expected_response',
  'error_code',
  'error',
  'proto',
  'tls_version',
  'ip',
]);

const BUILT_IN: ReadonlyMap<string, MetricDefinition> = new Map(BUILT_IN_METRICS.map((metric) => [metric.name, metric]));

/** A built-in metric by its name. */
export function builtInMetric(name: string): MetricDefinition | undefined {
  return BUILT_IN.get(name);
}
