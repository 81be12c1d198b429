/**
 * When an indicator of the load was good. A window slides along the buckets, which are keyed by intended start; the
 * windows say *whether* it was good, and the buckets at a run's edges *when* that began and ended:
 *
 *   requests    . . . . x x x x x . . . .      an outage of five buckets
 *   windows         [ - - - x ]                first that is not good: its last bucket is the first impact
 *   (of 4)                    [ x . . - ]      last that is not good: its first bucket is the last one hit
 *
 * An insensitive threshold (rate<0.5) turns a window only when the outage has filled half of it; so both edges are then
 * moved outwards, inside the same window, over neighbouring buckets that are not good by themselves. Thus neither edge
 * carries the window's length as a bias: a clean change is found in its own bucket, an unclean one within a window.
 */
import type { LoadCondition } from '../../experiments/language/condition.ts';
import type { Evidence } from './evidence.ts';
import { GOOD_STATE_OF, type GoodInterval, type GoodState, type GoodTimeline, joinIntervals } from './good-intervals.ts';
import { evenErrors } from './instant.ts';
import { isLatency, judgeWindow, type ReadLoad, readLoad, rowIn } from './judge-load.ts';
import { BUCKET_MS } from './load-cells.ts';
import type { MetricReader } from './load-metrics.ts';
import { type LoadRow, LoadWindow } from './load-window.ts';
import { CARRIED_SPACINGS } from './spacing.ts';

/** The load of one indicator, summed over its series: the rows of every bucket from 0 to the end of the watch. */
class Track {
  readonly rows: readonly (readonly LoadRow[])[];
  /** Requests still without an answer at the end of each bucket. */
  readonly #outstanding: readonly number[];
  readonly #condition: LoadCondition;
  readonly #reader: MetricReader;
  readonly #completionsKnown: boolean;
  /** Windows in which nothing was answered, by their first bucket. */
  readonly #silent = new Set<number>();

  constructor(condition: LoadCondition, { reader, matching }: ReadLoad, evidence: Evidence, toMs: number) {
    const rowsAt = (bucket: number) => matching.map((series) => rowIn(series, bucket)).filter((row) => row !== undefined);
    this.rows = Array.from({ length: Math.max(0, Math.floor(toMs / BUCKET_MS)) }, (_, bucket) => rowsAt(bucket));
    this.#condition = condition;
    this.#reader = reader;
    this.#completionsKnown = evidence.completionsKnown;
    let outstanding = 0;
    this.#outstanding = this.rows.map((row) => {
      for (const { sums } of row) outstanding += sums.planned - (sums.finished - sums.answered) - sums.completed;
      return outstanding;
    });
  }

  planned(bucket: number): number {
    return this.#reader.due(this.rows[bucket] ?? []);
  }

  /** State of every window of `length` buckets, by its first bucket. */
  slide(length: number): GoodState[] {
    const window = new LoadWindow(this.#reader.demand);
    const states: GoodState[] = [];
    this.rows.forEach((rows, bucket) => {
      for (const row of rows) window.add(row);
      for (const row of this.rows[bucket - length] ?? []) window.add(row, -1);
      if (bucket < length - 1) return;
      states.push(this.#judge(this.#condition, window, length, bucket));
      if (this.#reader.silent !== undefined && window.isSilent(this.#completionsKnown)) this.#silent.add(bucket - length + 1);
    });
    return states;
  }

  /** Where nothing was planned, but what was planned before still waits and nothing comes, it is not good either: clients that wait send nothing. */
  #judge(condition: LoadCondition, window: LoadWindow, length: number, last: number): GoodState {
    const { planned, completed } = window.sums;
    const isWaiting = this.#completionsKnown && planned === 0 && completed === 0 && (this.#outstanding[last] ?? 0) > 0;
    if (isWaiting && this.#reader.ofRequests) return 'not-good';
    const windowLength = { lengthMs: length * BUCKET_MS, completionsKnown: this.#completionsKnown };
    return GOOD_STATE_OF[judgeWindow(condition, this.#reader, window, windowLength).state];
  }

  /** Whether nothing at all was answered in the window that begins here: then none of its buckets was good, however few requests each had. */
  isSilent(first: number): boolean {
    return this.#silent.has(first);
  }

  /** State of one bucket by itself. */
  bucketState(bucket: number): GoodState {
    const window = new LoadWindow(this.#reader.demand);
    for (const row of this.rows[bucket] ?? []) window.add(row);
    return this.#judge({ ...this.#condition, 'min-samples': 1 }, window, 1, bucket);
  }
}

/** First and last bucket (inclusive) of a run of windows, `first` … `last`, that are not good; `crisp` where both are bad by themselves. */
function edgesOf(track: Track, states: readonly GoodState[], first: number, last: number, length: number) {
  let from = first + length - 1;
  if (states[first - 1] === 'good' && !track.isSilent(first)) {
    for (let bucket = from; bucket >= first && track.bucketState(bucket) !== 'good'; bucket -= 1) {
      if (track.bucketState(bucket) === 'not-good') from = bucket;
    }
  } else {
    from = first;
    while (from < first + length - 1 && track.planned(from) === 0) from += 1;
  }
  let to = last;
  if (states[last + 1] === 'good' && !track.isSilent(last)) {
    for (let bucket = to; bucket < last + length && track.bucketState(bucket) !== 'good'; bucket += 1) {
      if (track.bucketState(bucket) === 'not-good') to = bucket;
    }
  } else {
    to = last + length - 1;
    while (to > last && track.planned(to) === 0) to -= 1;
  }
  const isCrisp = (window: number, bucket: number) => track.isSilent(window) || track.bucketState(bucket) === 'not-good';
  const crisp = isCrisp(first, from) && isCrisp(last, to);
  return { from: Math.min(from, to), to: Math.max(from, to), crisp };
}

/** Gives holes of up to `length` buckets the state from before them; a hole of any length between two stretches that are not good is not good. */
function carryOver(painted: GoodState[], length: number): void {
  for (let at = 0; at < painted.length; at += 1) {
    if (painted[at] !== 'unknown') continue;
    let end = at;
    while (end < painted.length && painted[end] === 'unknown') end += 1;
    const before = painted[at - 1];
    if (before && (end - at <= length || (before === 'not-good' && painted[end] === 'not-good'))) painted.fill(before, at, end);
    at = end;
  }
}

function nothingKnown(toMs: number, windowMs: number): GoodTimeline {
  return {
    intervals: joinIntervals([], toMs),
    endMs: 0,
    errorMs: BUCKET_MS,
    edges: evenErrors(BUCKET_MS),
    windowMs,
    settleMs: 0,
    rescuedMs: 0,
  };
}

/**
 * The timeline from 0 to `toMs`. Buckets in which nothing was planned are unknown, but a gap no longer than the window,
 * or than 2.5 times the usual distance of two arrivals, keeps the state from before it.
 */
export function loadTimeline(condition: LoadCondition, evidence: Evidence, toMs: number, windowMs: number): GoodTimeline {
  const read = readLoad({ selector: condition.load, aggregate: condition.threshold }, evidence);
  if ('why' in read) return nothingKnown(toMs, windowMs);
  const track = new Track(condition, read, evidence, toMs);
  const busy = track.rows.map((_, bucket) => track.planned(bucket));
  const start = busy.findIndex((planned) => planned > 0);
  const end = busy.findLastIndex((planned) => planned > 0) + 1;
  const length = Math.max(1, Math.min(Math.round(windowMs / BUCKET_MS), track.rows.length));
  if (start < 0) return nothingKnown(toMs, windowMs);
  const states = track.slide(length);
  const painted = Array.from({ length: end }, (): GoodState => 'unknown');
  let uncertain = false;
  states.forEach((state, first) => {
    if (state !== 'good') return;
    let [from, to] = [first, first + length];
    while (from < to && !busy[from]) from += 1;
    while (to > from && !busy[to - 1]) to -= 1;
    painted.fill('good', from, to);
  });
  for (let first = 0; first < states.length; first += 1) {
    if (states[first] !== 'not-good') continue;
    let last = first;
    while (states[last + 1] === 'not-good') last += 1;
    const edges = edgesOf(track, states, first, last, length);
    painted.fill('not-good', edges.from, edges.to + 1);
    uncertain ||= !edges.crisp;
    first = last;
  }
  const spacingMs = ((end - start) * BUCKET_MS) / busy.reduce((sum, planned) => sum + planned, 0);
  carryOver(painted, Math.max(length, Math.ceil((CARRIED_SPACINGS * spacingMs) / BUCKET_MS)));
  const intervals = painted.map((state, bucket): GoodInterval => ({ fromMs: bucket * BUCKET_MS, toMs: (bucket + 1) * BUCKET_MS, state }));
  const errorMs = Math.max(BUCKET_MS * Math.ceil(spacingMs / BUCKET_MS), uncertain ? windowMs : 0);
  return {
    intervals: joinIntervals(intervals, toMs),
    endMs: end * BUCKET_MS,
    errorMs,
    edges: evenErrors(errorMs),
    windowMs: length * BUCKET_MS,
    settleMs: 2 * BUCKET_MS,
    rescuedMs: isLatency(condition.load.metric, evidence) && condition.threshold.operator.startsWith('<') ? condition.threshold.bound : 0,
  };
}
