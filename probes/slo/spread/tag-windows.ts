/** What the load comes to by the values of a tag, in a window that moves along: requests keyed by intended start, as all that is judged. */
import type { MetricSelector } from '../../../experiments/language/threshold.ts';
import { type Evidence, tagOf } from '../evidence.ts';
import { BUCKET_MS, OTHER_TAG } from '../load-cells.ts';
import { type LoadDemand, type LoadRow, LoadWindow } from '../load-window.ts';
import type { Ratio } from './ratios.ts';

/** One value of the tag: its requests that were sent, and the failed ones of all that were due, as `http_req_failed` counts them. */
export interface Tally {
  readonly window: LoadWindow;
  readonly requests: number;
  readonly failed: Ratio;
}

/** By the tag's value; and how many requests have lost the tag, because there were too many series. */
export interface Tallies {
  readonly byValue: ReadonlyMap<string, Tally>;
  readonly lost: number;
}

/** The rows of one value, and their sum over the window. */
class ValueWindow {
  readonly window: LoadWindow;
  readonly rows: ReadonlyMap<number, LoadRow>[] = [];
  #first: number | undefined;

  constructor(demand: LoadDemand) {
    this.window = new LoadWindow(demand);
  }

  add(from: number, to: number, sign: 1 | -1): void {
    for (const rows of this.rows) {
      for (let bucket = from; bucket < to; bucket += 1) {
        const row = rows.get(bucket);
        if (row) this.window.add(row, sign);
      }
    }
  }

  /** Whether the value occurred before a bucket. */
  isSeen(end: number): boolean {
    if (this.window.sums.planned + this.window.sums.finished > 0) return true;
    this.#first ??= this.rows.flatMap((rows) => [...rows.keys()]).reduce((first, bucket) => Math.min(first, bucket), Infinity);
    return this.#first < end;
  }
}

export class TagWindows {
  readonly #values = new Map<string, ValueWindow>();
  readonly #lost: ValueWindow;
  readonly #completionsKnown: boolean;
  #from = 0;
  #end = 0;

  /** Of the series that `selector` chooses, those that are known by now. */
  constructor(evidence: Evidence, tag: string, selector: MetricSelector, demand: LoadDemand) {
    this.#lost = new ValueWindow({});
    this.#completionsKnown = evidence.completionsKnown;
    for (const { series, rows } of evidence.seriesOf(selector)) {
      const value = tagOf(series, tag);
      if (value === undefined && series.tags[OTHER_TAG] === undefined) continue;
      const found = value === undefined ? this.#lost : (this.#values.get(value) ?? new ValueWindow(demand));
      if (value !== undefined) this.#values.set(value, found);
      found.rows.push(rows);
    }
  }

  /**
   * The buckets that lie wholly within [fromMs, toMs), which may move forwards only. A value that occurred before `toMs`, but not in here, is there with no
   * requests: so a region that falls silent is one without requests, and not one fewer. Where load was planned and nothing was answered, all failed.
   */
  tallies(fromMs: number, toMs: number): Tallies {
    const [from, end] = [Math.ceil(fromMs / BUCKET_MS), Math.floor(toMs / BUCKET_MS)];
    for (const each of [...this.#values.values(), this.#lost]) {
      each.add(this.#from, Math.min(from, this.#end), -1);
      each.add(Math.max(from, this.#end), end, 1);
    }
    [this.#from, this.#end] = [from, end];
    const seen = this.#values.entries().filter(([, each]) => each.isSeen(end));
    return { byValue: new Map(seen.map(([value, { window }]) => [value, this.#tallyOf(window)])), lost: this.#lost.window.sums.finished };
  }

  #tallyOf(window: LoadWindow): Tally {
    const { planned, finished, failed, dropped } = window.sums;
    const isSilent = window.isSilent(this.#completionsKnown);
    return { window, requests: finished - dropped, failed: isSilent ? { count: planned, all: planned } : { count: failed, all: finished } };
  }
}
