/**
 * How load arrives in the journal: cells of 100 ms, keyed by *intended* start, increments only. A frame holds the cells
 * that changed since the last one, so memory and disk grow with time and tags, not with requests. Summing all cells
 * of a bucket and series gives its final counts.
 */
export const BUCKET_MS = 100;

export const OUTCOMES = [
  'ok',
  '3xx',
  '4xx',
  '5xx',
  'timeout',
  'refused',
  'reset',
  'closed',
  'truncated',
  'dns',
  'tls',
  'parse',
  'dropped',
] as const;
export type Outcome = (typeof OUTCOMES)[number];
/** Outcomes that `http_req_failed` does not count. */
export const GOOD_OUTCOMES: ReadonlySet<Outcome> = new Set(['ok', '3xx']);

/** Outcomes in which the system said something, good or bad. Nothing else is an answer: a timeout or a refusal is none. */
export const ANSWERS: ReadonlySet<Outcome> = new Set(['ok', '3xx', '4xx', '5xx']);

/** A series: one scenario and its tags. Written once, before its first cell. */
export interface LoadSeries {
  readonly id: number;
  readonly scenario: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Sparse log-linear histogram as pairs [bucket index, count]; the index is that of probes/slo/histogram.ts. */
export type SparseHistogram = readonly (readonly [number, number])[];

export interface LoadCell {
  /** Start of the bucket on the run's clock, a multiple of BUCKET_MS. */
  readonly bucketMs: number;
  readonly series: number;
  /** Arrivals that the plan put into this bucket. */
  readonly planned?: number;
  /** Requests really sent. */
  readonly sent?: number;
  readonly outcomes?: Partial<Readonly<Record<Outcome, number>>>;
  /** Completion minus real send (k6's http_req_duration). */
  readonly duration?: SparseHistogram;
  /** Completion minus intended send: the user's view. */
  readonly latency?: SparseHistogram;
  /** [passed, failed] of each check. */
  readonly checks?: Readonly<Record<string, readonly [number, number]>>;
  /** Answers (outcomes in ANSWERS, no others) that completed in this bucket, whenever they were intended: without them the system is silent. */
  readonly completed?: number;
}
