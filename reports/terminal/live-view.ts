/**
 * The live view of a run, fed with its events. On a terminal the happenings scroll by and, from the plan on, a block below them is
 * redrawn in place (before it somebody may be asked something); anywhere else each happening is one plain line, and the load is summed up in one every few seconds.
 */
import type { Event, EventOf } from '../../runners/journal/events.ts';
import { lengthOf, momentOf, percentOf } from '../figures.ts';
import { blockOn, type PaintedLine } from './block.ts';
import { eventLines } from './event-lines.ts';
import { generatorText, type LiveState, liveBlock } from './live-block.ts';
import { foldFaults } from './live-faults.ts';
import { type LiveLoad, type LoadRow, liveLoad } from './live-load.ts';
import { type LiveObjectives, liveObjectives } from './live-objectives.ts';
import { type Line, lineWidth, paint, span } from './paint.ts';

/** Where the view is drawn. `color` is the caller's answer to NO_COLOR and to what the terminal can do. */
export interface LiveOutput {
  write(text: string): void;
  readonly columns: number;
  readonly isTTY: boolean;
  readonly color: boolean;
}

export interface LiveView {
  onEvent(event: Event): void;
  /** Moves the clock on; call it a few times a second. */
  tick(): void;
  /** Takes the block away while somebody is asked something below the lines; what happens meanwhile is told after `resume`. */
  pause(): void;
  resume(): void;
  /** Takes the block away and leaves the lines. Events that come later are printed as plain lines. */
  close(): void;
}

/** At most four drawings a second. */
const REDRAW_MS_MIN = 250;
/** Interval of the load line where there is no terminal. */
const LOAD_LINE_MS = 5000;
/** Columns of a terminal that does not tell. */
const COLUMNS_DEFAULT = 80;

function loadText(row: LoadRow): string {
  return `${Math.round(row.perSecond)}/s, ${percentOf(row.failedShare)} failed, p95 ${lengthOf(row.p95Ms)}`;
}

function loadLine(atMs: number, load: LiveLoad): Line[] {
  const [sum, ...scenarios] = load.rows();
  if (sum === undefined) return [];
  const parts = scenarios.length > 1 ? scenarios.map((row) => `; ${row.name} ${loadText(row)}`) : [];
  const { generator } = load;
  const about = generator === undefined ? [] : [span(`; ${generatorText(generator)}`, generator.limited ? 'warning' : 'plain')];
  return [[span(`${momentOf(atMs)} `, 'dim'), span('load'.padEnd(11), 'dim'), span(`${loadText(sum)}${parts.join('')}`), ...about]];
}

function started(state: LiveState, event: EventOf<'run.started'>): LiveState {
  return { ...state, title: event.file, variant: event.variant };
}

function folded(state: LiveState, event: Event): LiveState {
  const faults = foldFaults(state.faults, event);
  switch (event.type) {
    case 'run.started':
      return started(state, event);
    case 'run.planned':
      return { ...state, faults, plan: event.plan, title: event.plan.title, variant: event.plan.variant };
    case 'phase':
      return { ...state, faults, phase: event.phase };
    case 'hypothesis.judged':
      return { ...state, hypothesis: event };
    case 'stop':
      return { ...state, stopped: `${event.because}: ${event.detail}` };
    default:
      return { ...state, faults };
  }
}

function plainView(output: LiveOutput, load: LiveLoad): LiveView {
  let nextLoadMs = LOAD_LINE_MS;
  const print = (lines: readonly Line[]): void => {
    for (const line of lines) output.write(`${paint(line, Number.POSITIVE_INFINITY, output.color).trimEnd()}\n`);
  };
  return {
    onEvent(event) {
      print(eventLines(event));
      if (event.type !== 'load.frame' || event.atMs < nextLoadMs) return;
      print(loadLine(event.atMs, load));
      nextLoadMs = (Math.floor(event.atMs / LOAD_LINE_MS) + 1) * LOAD_LINE_MS;
    },
    tick() {},
    pause() {},
    resume() {},
    close() {},
  };
}

/** What is folded from the events. */
interface Seen {
  state: LiveState;
  readonly load: LiveLoad;
  readonly objectives: LiveObjectives;
}

function blockView(output: LiveOutput, clock: () => number, seen: Seen): LiveView {
  const screen = {
    write: (text: string) => output.write(text),
    get columns() {
      return output.columns > 0 ? output.columns : COLUMNS_DEFAULT;
    },
  };
  const block = blockOn(screen);
  const painted = (line: Line, columns: number): PaintedLine => {
    return { text: paint(line, columns, output.color), width: Math.min(columns, lineWidth(line)) };
  };
  let waiting: Line[] = [];
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  /** The run's start on the caller's clock. */
  let startMs: number | undefined;
  let closed = false;
  let paused = false;
  const draw = (): void => {
    if (startMs === undefined) return;
    const columns = Math.max(1, screen.columns - 1);
    const { state, load } = seen;
    const nowMs = Math.max(0, clock() - startMs);
    const lines = liveBlock({ state, load, objectives: seen.objectives.judge(), nowMs, columns, color: output.color });
    block.draw(
      lines.map((line) => painted(line, columns)),
      waiting.map((line) => painted(line, Number.POSITIVE_INFINITY)),
    );
    waiting = [];
    drawnAtMs = clock();
  };
  const drawIfDue = (): void => {
    if (!closed && !paused && seen.state.plan !== undefined && clock() - drawnAtMs >= REDRAW_MS_MIN) draw();
  };
  const printWaiting = (): void => {
    for (const line of waiting) output.write(`${painted(line, Number.POSITIVE_INFINITY).text}\n`);
    waiting = [];
  };
  return {
    onEvent(event) {
      startMs = clock() - event.atMs;
      waiting.push(...eventLines(event));
      if (paused) return;
      if (closed || seen.state.plan === undefined) printWaiting();
      else drawIfDue();
    },
    tick: drawIfDue,
    pause() {
      paused = true;
      block.clear();
      printWaiting();
    },
    resume() {
      paused = false;
      if (closed) printWaiting();
      else drawIfDue();
    },
    close() {
      if (closed) return;
      closed = true;
      paused = false;
      block.clear();
      printWaiting();
    },
  };
}

/**
 * Makes the view. `clock` is any monotonic clock in ms; the run's own time is set by the events' stamps, so the
 * two need not share a zero.
 */
export function liveView(output: LiveOutput, clock: () => number): LiveView {
  const state = {
    title: 'firedrill',
    variant: undefined,
    plan: undefined,
    phase: undefined,
    faults: [],
    hypothesis: undefined,
    stopped: undefined,
  };
  const seen: Seen = { state, load: liveLoad(), objectives: liveObjectives() };
  const view = output.isTTY ? blockView(output, clock, seen) : plainView(output, seen.load);
  return {
    ...view,
    onEvent(event) {
      seen.state = folded(seen.state, event);
      if (output.isTTY) seen.objectives.onEvent(event);
      if (event.type === 'run.planned') seen.load.addExecutors(event.experiment.scenarios.map(({ executor }) => executor));
      if (event.type === 'load.script') seen.load.addExecutors(event.scenarios.map(({ executor }) => executor));
      if (event.type === 'load.series') seen.load.addSeries(event.series);
      if (event.type === 'load.frame') seen.load.addCells(event.cells);
      if (event.type === 'load.generator') seen.load.addGenerator({ vus: event.vus, lagP99Ms: event.lagP99Ms, limited: event.limited });
      view.onEvent(event);
    },
  };
}
