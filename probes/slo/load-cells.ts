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

/** The tag of a series that gathers those of its scenario that came after the recorder's limit; it has only the tags that the scenario gives to all. */
export const OTHER_TAG = '__other__';

/** A series: one scenario and its tags; the scenario is '' for what belongs to none. Written once, before its first cell. */
export interface LoadSeries {
  readonly id: number;
  readonly scenario: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Sparse log-linear histogram as pairs [bucket index, count]; the index is that of probes/slo/histogram.ts. */
export type SparseHistogram = readonly (readonly [number, number])[];

/**
 * What a trend grew by: exact values as plain numbers, of which a series keeps the first few thousand, and beyond them
 * pairs of a histogram. Percentiles over nothing but exact values are exact.
 */
export type TrendValues = readonly (number | readonly [number, number])[];

/** What a metric grew by in a cell; which of the parts there are goes by its type. */
export interface MetricIncrement {
  /** Samples, of every type. */
  readonly count: number;
  /** Of a counter or a trend. */
  readonly sum?: number;
  /** Samples of a rate that were not zero. */
  readonly nonZero?: number;
  /** Of a gauge or a trend. */
  readonly min?: number;
  readonly max?: number;
  /** Of a gauge. */
  readonly last?: number;
  /** Of a trend; indexes are those of probes/slo/wide-scale.ts. */
  readonly values?: TrendValues;
}

export interface LoadCell {
  /** Start of the bucket on the run's clock, a multiple of BUCKET_MS. */
  readonly bucketMs: number;
  readonly series: number;
  /** Arrivals that the plan put into this bucket. */
  readonly planned?: number;
  /** Requests really sent. */
  readonly sent?: number;
  readonly outcomes?: Partial<Readonly<Record<Outcome, number>>>;
  /** To be added to the failed ones: a script expected what the outcome calls failed (below 0), or did not expect what it calls good (above 0). */
  readonly failedCorrection?: number;
  /** Of the dropped, those that the generator gave up at the end of the load or of an iteration: they say nothing of the system. */
  readonly givenUp?: number;
  /** Completion minus real send (k6's http_req_duration). */
  readonly duration?: TrendValues;
  /** Completion minus intended send: the user's view. */
  readonly latency?: TrendValues;
  /** [passed, failed] of each check. */
  readonly checks?: Readonly<Record<string, readonly [number, number]>>;
  /** Answers (outcomes in ANSWERS, no others) that completed in this bucket, whenever they were intended: without them the system is silent. */
  readonly completed?: number;
  /** Iterations that went to their end. */
  readonly iterations?: number;
  /** Metrics of any other name. */
  readonly metrics?: Readonly<Record<string, MetricIncrement>>;
}
