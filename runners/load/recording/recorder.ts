/**
 * Counts what happens under load, by 100 ms and by series. What belongs to a request counts where the request was meant
 * to start. Between two frames it holds the increments only, so its memory goes with what happens in 100 ms, whatever
 * the run's length.
 */
import { builtInMetric, type MetricDefinition, type MetricType } from '../../../experiments/language/load-metrics.ts';
import { EXACT_VALUES_MAX } from '../../../probes/slo/counts.ts';
import {
  ANSWERS,
  BUCKET_MS,
  GOOD_OUTCOMES,
  type LoadCell,
  type LoadSeries,
  OTHER_TAG,
  type Outcome,
} from '../../../probes/slo/load-cells.ts';
import { addTime, type ExactLeft, Gathering, increment, MetricGathering, TrendGathering } from './gathering.ts';
import { addRequests, NO_REQUESTS, type RequestTotals } from './totals.ts';

type Tags = Readonly<Record<string, string>>;

/** Series at most; what has further tags counts in one series of its scenario, tagged `__other__`. */
export const SERIES_MAX = 500;
/** Names of checks in a series at most; further ones count as the check `__other__`. */
export const CHECKS_MAX = 500;
/** Metrics of scripts at most. */
export const METRICS_MAX = 1000;
/** A bucket's first moment belongs to it in spite of rounding: 1 ns. */
const ROUNDING_MS = 1e-6;
const NO_TAGS: Tags = {};

/** Metrics that are read from what was planned, sent and settled: nobody samples them. */
const DERIVED: ReadonlySet<string> = new Set([
  'http_reqs',
  'http_req_failed',
  'http_req_duration',
  'http_req_latency',
  'iterations',
  'dropped_iterations',
  'checks',
]);

function bucketOf(ms: number): number {
  return Math.floor((ms + ROUNDING_MS) / BUCKET_MS);
}

/** The counts of one series. Times are ms on the run's clock. */
export class SeriesRecorder {
  readonly series: LoadSeries;
  /** Since the beginning. */
  readonly totals: RequestTotals = { ...NO_REQUESTS };
  readonly #definitionOf: (metric: string) => MetricDefinition;
  readonly #cells = new Map<number, Gathering>();
  readonly #checks = new Set<string>();
  readonly #durationExact: ExactLeft = { left: EXACT_VALUES_MAX };
  readonly #latencyExact: ExactLeft = { left: EXACT_VALUES_MAX };
  readonly #exact = new Map<string, ExactLeft>();
  #lastBucket = Number.NaN;
  #last = new Gathering();

  constructor(series: LoadSeries, definitionOf: (metric: string) => MetricDefinition) {
    this.series = series;
    this.#definitionOf = definitionOf;
  }

  planned(intendedMs: number): void {
    this.totals.planned += 1;
    this.#cell(intendedMs).planned += 1;
  }

  sent(intendedMs: number): void {
    this.totals.sent += 1;
    this.#cell(intendedMs).sent += 1;
  }

  /**
   * What a request came to. A request that was never sent (`sentMs` NaN: refused, dns, timed out in line) has no
   * duration; one that the generator itself gave up (`dropped`) has no latency either, since no viewer saw it end.
   * `failed` is what a script's own expectation says where it has one; what is `dropped` and did not fail was given up.
   */
  settled(intendedMs: number, sentMs: number, atMs: number, outcome: Outcome, failed = !GOOD_OUTCOMES.has(outcome)): void {
    const cell = this.#cell(intendedMs);
    cell.outcomes ??= new Map();
    increment(cell.outcomes, outcome);
    this.totals[outcome === 'dropped' ? 'dropped' : failed ? 'failed' : 'ok'] += 1;
    if (outcome === 'dropped') {
      if (!failed) cell.givenUp += 1;
      return;
    }
    if (failed === GOOD_OUTCOMES.has(outcome)) cell.failedCorrection += failed ? 1 : -1;
    cell.latency ??= new TrendGathering();
    addTime(cell.latency, atMs - intendedMs, this.#latencyExact);
    if (!Number.isNaN(sentMs)) {
      cell.duration ??= new TrendGathering();
      addTime(cell.duration, atMs - sentMs, this.#durationExact);
    }
    if (ANSWERS.has(outcome)) this.#cell(atMs).completed += 1;
  }

  /** An iteration went to its end. */
  iteration(intendedMs: number): void {
    this.totals.iterations += 1;
    this.#cell(intendedMs).iterations += 1;
  }

  check(intendedMs: number, name: string, passed: boolean): void {
    const cell = this.#cell(intendedMs);
    cell.checks ??= new Map();
    const known = this.#checks.has(name) || this.#checks.size < CHECKS_MAX;
    const counted = known ? name : OTHER_TAG;
    if (known) this.#checks.add(name);
    const counts = cell.checks.get(counted) ?? [0, 0];
    counts[passed ? 0 : 1] += 1;
    cell.checks.set(counted, counts);
  }

  /** One value of a metric that is built in or defined. Throws where it is neither, or where it is counted by `settled`, `iteration` or `check`. */
  sample(metric: string, value: number, atMs: number): void {
    const cell = this.#cell(atMs);
    cell.metrics ??= new Map();
    let gathering = cell.metrics.get(metric);
    if (!gathering) {
      gathering = new MetricGathering(this.#definitionOf(metric));
      cell.metrics.set(metric, gathering);
    }
    let exact = this.#exact.get(metric);
    if (!exact) {
      exact = { left: EXACT_VALUES_MAX };
      this.#exact.set(metric, exact);
    }
    gathering.add(value, exact);
  }

  /** The increments since the last call. */
  take(): LoadCell[] {
    const cells = [...this.#cells].map(([bucket, gathering]) => gathering.toCell(bucket, this.series.id));
    this.#cells.clear();
    this.#lastBucket = Number.NaN;
    return cells;
  }

  #cell(ms: number): Gathering {
    const bucket = bucketOf(ms);
    if (bucket === this.#lastBucket) return this.#last;
    const found = this.#cells.get(bucket) ?? new Gathering();
    this.#cells.set(bucket, found);
    this.#lastBucket = bucket;
    this.#last = found;
    return found;
  }
}

/** Whom a recorder tells, and what it keeps apart. */
export interface RecorderOptions {
  /** A metric of a script's own, once, before its first sample. */
  readonly onMetric?: (metric: MetricDefinition) => void;
  /** Once, in words: there are more series than are kept. */
  readonly onOverflow?: (text: string) => void;
  /** The tags of single samples by which series are told apart; others are left out. Default: all. */
  readonly tagsKept?: ReadonlySet<string>;
}

/** All series of a generator. A series is told of once, before its first cell. */
export class Recorder {
  readonly #bySignature = new Map<string, SeriesRecorder>();
  readonly #metrics = new Map<string, MetricDefinition>();
  readonly #onSeries: (series: LoadSeries) => void;
  readonly #options: RecorderOptions;
  readonly #definitionOf = (name: string): MetricDefinition => this.#defined(name);
  #overflowed = false;

  constructor(onSeries: (series: LoadSeries) => void, options: RecorderOptions = {}) {
    this.#onSeries = onSeries;
    this.#options = options;
  }

  /** Defines a metric of a script. Throws where the name is taken by another type, or there are too many. */
  metric(name: string, type: MetricType, isTime: boolean): void {
    const known = builtInMetric(name) ?? this.#metrics.get(name);
    if (known && (known.type !== type || known.isTime !== isTime)) {
      throw new Error(
        `metric ${name} is a ${known.type}${known.isTime ? ' of times' : ''} already, not a ${type}${isTime ? ' of times' : ''}`,
      );
    }
    if (known) return;
    if (this.#metrics.size >= METRICS_MAX) throw new Error(`metric ${name} would be one more than the ${METRICS_MAX} that there may be`);
    const metric = { name, type, isTime };
    this.#metrics.set(name, metric);
    this.#options.onMetric?.(metric);
  }

  /** The series of a scenario with its own tags, and those of a single sample on top. `scenario` is '' for what belongs to none. */
  series(scenario: string, tags: Tags, more: Tags = NO_TAGS): SeriesRecorder {
    const all = more === NO_TAGS ? tags : { ...tags, ...this.#kept(more) };
    const signature = signatureOf(scenario, all);
    const found = this.#bySignature.get(signature);
    if (found) return found;
    if (this.#bySignature.size < SERIES_MAX) return this.#add(signature, { id: this.#bySignature.size, scenario, tags: all });
    this.#tellOverflow(scenario, all);
    const other = { ...(more === NO_TAGS ? NO_TAGS : tags), [OTHER_TAG]: 'true' };
    const otherSignature = signatureOf(scenario, other);
    return this.#bySignature.get(otherSignature) ?? this.#add(otherSignature, { id: this.#bySignature.size, scenario, tags: other });
  }

  /** Requests of all series since the beginning. */
  totals(): RequestTotals {
    return [...this.#bySignature.values()].reduce((sum, { totals }) => addRequests(sum, totals), { ...NO_REQUESTS });
  }

  /** The increments of all series since the last call. */
  take(): LoadCell[] {
    return [...this.#bySignature.values()].flatMap((series) => series.take());
  }

  #kept(tags: Tags): Tags {
    const { tagsKept } = this.#options;
    if (!tagsKept) return tags;
    const kept: Record<string, string> = {};
    for (const tag in tags) if (tagsKept.has(tag)) kept[tag] = tags[tag] ?? '';
    return kept;
  }

  #add(signature: string, series: LoadSeries): SeriesRecorder {
    const made = new SeriesRecorder(series, this.#definitionOf);
    this.#bySignature.set(signature, made);
    this.#onSeries(series);
    return made;
  }

  #tellOverflow(scenario: string, tags: Tags): void {
    if (this.#overflowed) return;
    this.#overflowed = true;
    const first = Object.entries(tags)
      .map(([tag, value]) => `${tag}:${value}`)
      .join(', ');
    this.#options.onOverflow?.(
      `more than ${SERIES_MAX} series of tags: from ${scenario}{${first}} on they count together, and nothing is judged by their tags`,
    );
  }

  #defined(name: string): MetricDefinition {
    if (DERIVED.has(name)) throw new Error(`metric ${name} is counted with the requests, iterations and checks, not sampled`);
    const metric = this.#metrics.get(name) ?? builtInMetric(name);
    if (!metric) throw new Error(`metric ${name} was sampled before it was defined`);
    return metric;
  }
}

/** One text for the same scenario and tags, in whatever order. */
export function signatureOf(scenario: string, tags: Tags): string {
  return JSON.stringify([scenario, Object.entries(tags).sort(([one], [other]) => (one < other ? -1 : 1))]);
}
