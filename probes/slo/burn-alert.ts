/**
 * Multi-window burn-rate alerts ("The Site Reliability Workbook", chapter 5, "Multiwindow, Multi-Burn-Rate Alerts"): one fires while the budget
 * burns faster than a pair's rate both in its long window and in its short one. Looked at every 100 ms; windows end at that instant.
 *
 * A run is shorter than the windows. What lies before its load counts as load of the same rate that was answered well, so that the alert is
 * judged on what the run alone did: it fires when a real one would have, after a past without errors.
 */
import type { BurnCondition } from '../../experiments/language/condition.ts';
import { formatMs } from '../../experiments/language/duration.ts';
import { BURN_WINDOWS, type BurnWindow } from '../../experiments/language/error-budget.ts';
import { burnRate } from './error-budget.ts';
import type { Evidence } from './evidence.ts';
import { type LoadQuestion, measureWindow, readLoad, rowIn } from './judge-load.ts';
import { type Judgement, numberText, type State, unknown } from './judgement.ts';
import { BUCKET_MS } from './load-cells.ts';
import type { MetricReader } from './load-metrics.ts';
import { type LoadRow, LoadWindow } from './load-window.ts';

/** How an alert stood at one instant. */
export interface BurnState {
  /** Undefined where nobody knows. */
  readonly fires: boolean | undefined;
  /** Burn rates in both windows of the pair that tells most, over that pair's rate: above 1 it fires. */
  readonly level: number;
  readonly seen: string;
}

/** How a burn-rate alert stood at an instant, which is the beginning of bucket `at`. To be asked in ascending order. */
export type BurnMeter = (at: number) => BurnState;

/** The rows of the series that a meter reads, by bucket. */
interface BurnLoad {
  readonly rowsAt: (bucket: number) => readonly LoadRow[];
  readonly isDue: (bucket: number) => boolean;
  /** First bucket in which something was due. */
  readonly start: number;
  readonly reader: MetricReader;
  readonly completionsKnown: boolean;
}

/** The load that a condition asks for, up to bucket `to`, or why there is none. It costs no more than the time before the load began. */
export function burnLoad({ burn }: BurnCondition, evidence: Evidence, to: number): BurnLoad | string {
  const read = readLoad({ selector: burn, aggregate: { aggregation: 'rate' } }, evidence);
  if ('why' in read) return read.why;
  const { reader, matching } = read;
  const rowsAt = (bucket: number) => matching.map((series) => rowIn(series, bucket)).filter((row) => row !== undefined);
  const isDue = (bucket: number) => reader.due(rowsAt(bucket)) > 0;
  let start = 0;
  while (start < to && !isDue(start)) start += 1;
  return start < to ? { rowsAt, isDue, start, reader, completionsKnown: evidence.completionsKnown } : `no load matches ${burn.text}`;
}

/** A window that ends where it is moved to, each time further on. */
class MovingWindow {
  readonly length: number;
  readonly #load: BurnLoad;
  readonly #window: LoadWindow;
  readonly #question: LoadQuestion;
  #from: number | undefined;
  #to = 0;

  constructor(lengthMs: number, { burn }: BurnCondition, load: BurnLoad) {
    this.length = Math.max(1, Math.round(lengthMs / BUCKET_MS));
    this.#load = load;
    this.#window = new LoadWindow(load.reader.demand);
    this.#question = { selector: burn, aggregate: { aggregation: 'rate' } };
  }

  /** Share of the window's requests that were bad, what lies before the load being good; undefined where there are none. */
  badShareAt(end: number): number | undefined {
    this.#moveTo(end);
    const { start, reader, completionsKnown } = this.#load;
    const { value } = measureWindow(this.#question, reader, this.#window, { lengthMs: this.length * BUCKET_MS, completionsKnown });
    if (value === undefined) return undefined;
    const bad = this.#question.selector.metric === 'checks' ? 1 - value : value;
    return (bad * (end - Math.max(start, end - this.length))) / this.length;
  }

  #moveTo(end: number): void {
    const first = Math.max(this.#load.start, end - this.length);
    this.#from ??= first;
    this.#to = Math.max(this.#to, this.#from);
    for (; this.#to < end; this.#to += 1) for (const row of this.#load.rowsAt(this.#to)) this.#window.add(row);
    for (; this.#from < first; this.#from += 1) for (const row of this.#load.rowsAt(this.#from)) this.#window.add(row, -1);
  }
}

/** Two windows and the rate that both must exceed. */
interface Pair {
  readonly rate: number;
  readonly long: MovingWindow;
  readonly short: MovingWindow;
}

function windowText({ length }: MovingWindow): string {
  return formatMs(length * BUCKET_MS);
}

/** A pair is known not to fire where one of its windows is below the rate. So the long one, which costs most, is asked only where the short one is not. */
function stateOf({ rate, long, short }: Pair, slo: number, at: number): BurnState {
  const burn = (window: MovingWindow) => {
    const share = window.badShareAt(at);
    return share === undefined ? undefined : burnRate(share, slo);
  };
  const told = (value: number | undefined, window: MovingWindow) =>
    `${value === undefined ? 'an unknown one' : numberText(value)} over ${windowText(window)}`;
  const quick = burn(short);
  if (quick !== undefined && quick <= rate)
    return { fires: false, level: quick / rate, seen: `burn rate ${told(quick, short)}, of ${numberText(rate)}` };
  const slow = burn(long);
  const level = Math.min(slow ?? Infinity, quick ?? Infinity) / rate;
  const fires = level <= 1 ? false : slow === undefined || quick === undefined ? undefined : true;
  return { fires, level, seen: `burn rate ${told(slow, long)} and ${told(quick, short)}, of ${numberText(rate)}` };
}

/** Fires where a pair does; else unknown where one is. What is told is the pair that decides. */
function worstOf(states: readonly BurnState[]): BurnState {
  const [worst] = states.toSorted((one, other) => weightOf(other) - weightOf(one) || other.level - one.level);
  return worst ?? { fires: undefined, level: 0, seen: 'there are no windows' };
}

function weightOf({ fires }: BurnState): number {
  return fires ? 2 : fires === undefined ? 1 : 0;
}

/** A meter for a condition on its load. */
export function burnMeter(condition: BurnCondition, load: BurnLoad): BurnMeter {
  const { windows = BURN_WINDOWS, scale = 1, slo } = condition;
  const pairs = windows.map(
    ({ rate, over, 'and-over': andOver }: BurnWindow): Pair => ({
      rate,
      long: new MovingWindow(over.ms / scale, condition, load),
      short: new MovingWindow(andOver.ms / scale, condition, load),
    }),
  );
  return (at) => worstOf(pairs.map((pair) => stateOf(pair, slo, at)));
}

/** What an alert's state means to a condition. */
export function burnHolds({ fires }: BurnState, condition: BurnCondition): State {
  if (fires === undefined) return 'unknown';
  return fires === condition.fires ? 'held' : 'broken';
}

/** Judges over the instants in (fromMs, toMs]: it fired where it did at one of them, and did not where it did at none. */
export function judgeBurn(condition: BurnCondition, evidence: Evidence, fromMs: number, toMs: number): Judgement {
  const [first, last] = [Math.floor(fromMs / BUCKET_MS) + 1, Math.floor(toMs / BUCKET_MS)];
  if (last < first) return unknown('no tenth of a second lies within');
  const load = burnLoad(condition, evidence, last);
  if (typeof load === 'string') return unknown(load);
  const meter = burnMeter(condition, load);
  let telling: BurnState | undefined;
  for (let at = first; at <= last; at += 1) {
    const state = meter(at);
    telling = telling ? worstOf([telling, state]) : state;
  }
  if (!telling) return unknown('no samples');
  return { state: burnHolds(telling, condition), seen: telling.seen, ...(telling.fires === undefined ? {} : { value: telling.level }) };
}
