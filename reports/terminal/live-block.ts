/** The block of the live view: where the run is, what is in force, and how the load fares, in as few rows as it takes. */
import type { EventOf, Phase, Plan } from '../../runners/journal/events.ts';
import { lengthOf, momentOf, percentOf, plural } from '../figures.ts';
import { dueMs, inForce, type LiveFault } from './live-faults.ts';
import { ANSWER_SECONDS, type LiveGenerator, type LiveLoad, type LoadRow } from './live-load.ts';
import type { LiveObjective } from './live-objectives.ts';
import { justified, type Line, type Span, span, type Tone } from './paint.ts';
import { padded, widthOf } from './text.ts';

/** What the block shows. */
export interface LiveState {
  readonly title: string;
  readonly variant: string | undefined;
  readonly plan: Plan | undefined;
  readonly phase: Phase | undefined;
  readonly faults: readonly LiveFault[];
  readonly hypothesis: EventOf<'hypothesis.judged'> | undefined;
  readonly stopped: string | undefined;
}

const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  'steady-state': 'steady state',
  arming: 'arming',
  method: 'method',
  recovery: 'recovery',
  ended: 'ended',
};
/** Scenarios that get a row of their own; the rest is in the sum. */
const SCENARIO_ROWS_MAX = 8;
const OBJECTIVE_ROWS_MAX = 8;
const NAME_CELLS_MAX = 28;
const FIGURES_CELLS = 30;
const SPARKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
/** A second in which more than this share failed is drawn as failing. */
const FAILING_SHARE = 0.01;

function titleLine(state: LiveState, nowMs: number, columns: number): Line {
  const end = state.plan === undefined ? '' : ` of ${momentOf(state.plan.endMs)}`;
  const phase = state.phase === undefined ? 'starting' : PHASE_WORDS[state.phase];
  const variant = state.variant === undefined ? [] : [span(` · ${state.variant}`, 'warning')];
  return justified([span(state.title, 'bold'), ...variant], [span(`${phase}  `, 'bold'), span(`${momentOf(nowMs)}${end}`)], columns);
}

/** One cell of the track: done, in a fault, or still to come. */
function trackCell(fromMs: number, toMs: number, nowMs: number, faults: readonly LiveFault[]): Span {
  const here = faults.find((fault) => {
    const start = fault.inEffectAtMs ?? fault.askedAtMs ?? fault.planned.atMs;
    const end = fault.undoneAtMs ?? Math.max(dueMs(fault) ?? start, inForce(fault) ? nowMs : 0);
    return start < toMs && end >= fromMs;
  });
  const past = fromMs <= nowMs;
  if (here !== undefined) return span(past ? '█' : '▒', 'fault');
  return span(past ? '━' : '─', past ? 'plain' : 'dim');
}

function trackLine(state: LiveState, nowMs: number, columns: number): Line[] {
  if (state.plan === undefined || columns < 20) return [];
  const cells = columns;
  const endMs = Math.max(state.plan.endMs, nowMs, 1);
  return [
    Array.from({ length: cells }, (_, index) => trackCell((index * endMs) / cells, ((index + 1) * endMs) / cells, nowMs, state.faults)),
  ];
}

function stageText(fault: LiveFault, nowMs: number): { text: string; tone: Tone } {
  const since = lengthOf(Math.max(0, nowMs - (fault.inEffectAtMs ?? fault.askedAtMs ?? nowMs)));
  const due = dueMs(fault);
  const remaining = due === undefined ? '' : due > nowMs ? `, ${lengthOf(due - nowMs)} left` : ', due to be undone';
  switch (fault.stage) {
    case 'planned':
      return { text: `in ${lengthOf(Math.max(0, fault.planned.atMs - nowMs))}`, tone: 'dim' };
    case 'asked':
      return { text: 'asked for, waiting for proof', tone: 'warning' };
    case 'in-effect':
      return { text: `in effect for ${since}${remaining}`, tone: 'fault' };
    case 'unproven':
      return { text: `not proven${remaining}`, tone: 'warning' };
    case 'undoing':
      return { text: 'being undone', tone: 'warning' };
    case 'undone':
      return { text: `undone at ${momentOf(fault.undoneAtMs ?? 0)}`, tone: 'good' };
    case 'undo-failed':
      return { text: 'NOT UNDONE: a person must look', tone: 'bad' };
  }
}

function faultLines(state: LiveState, nowMs: number): Line[] {
  const nameCells = Math.min(NAME_CELLS_MAX, Math.max(0, ...state.faults.map((fault) => widthOf(fault.planned.name))));
  return state.faults.map((fault) => {
    const { text, tone } = stageText(fault, nowMs);
    const where = plural(fault.planned.targets.length, 'container');
    return [span(`${padded(fault.planned.name, nameCells)}  `), span(text, tone), span(`  ${fault.planned.label}, ${where}`, 'dim')];
  });
}

/** A second's cell: its height is the rate; failing seconds are red, and `x` where there is no colour. */
function spark(sent: number, failedShare: number, peak: number, color: boolean): Span {
  if (sent === 0) return span(' ');
  const failing = failedShare > FAILING_SHARE;
  if (failing && !color) return span('x');
  const level = Math.min(SPARKS.length - 1, Math.floor((sent / Math.max(1, peak)) * (SPARKS.length - 1)));
  return span(SPARKS[level] ?? '█', failing ? 'bad' : 'load');
}

function rowLine(row: LoadRow, nameCells: number, sparkCells: number, color: boolean): Line {
  const seconds = row.seconds.slice(-sparkCells);
  const peak = Math.max(0, ...seconds.map((second) => second.sent));
  const sparks = seconds.map((second) => spark(second.sent, second.answered === 0 ? 1 : second.failed / second.answered, peak, color));
  const failed = row.failedShare === undefined ? '–' : percentOf(row.failedShare);
  const tone = row.failedShare === undefined || row.failedShare > FAILING_SHARE ? 'bad' : 'good';
  return [
    span(`${padded(row.name, nameCells)}  `),
    ...sparks,
    span(' '.repeat(Math.max(0, sparkCells - sparks.length))),
    span(padded(`${Math.round(row.perSecond)}/s`, 10, 'right')),
    span(padded(failed, 10, 'right'), tone),
    span(padded(lengthOf(row.p95Ms), 10, 'right')),
  ];
}

/** Virtual users, where they mean something, and lag; loudly where the load is late by its own doing. */
export function generatorText({ vus, lagP99Ms, limited }: LiveGenerator): string {
  const users = vus === undefined ? '' : `${plural(vus, 'VU')}, `;
  return `${users}lag ${lengthOf(lagP99Ms)}${limited ? ': GENERATOR-LIMITED, this machine is too slow for this load' : ''}`;
}

function generatorLine({ generator }: LiveLoad): Line[] {
  return generator === undefined ? [] : [[span(generatorText(generator), generator.limited ? 'warning' : 'dim')]];
}

function loadLines(load: LiveLoad, columns: number, color: boolean): Line[] {
  const rows = load.rows();
  const shown = rows.length > 2 ? rows.slice(0, SCENARIO_ROWS_MAX + 1) : rows.slice(-1);
  if (shown.length === 0) return [];
  const nameCells = Math.min(
    NAME_CELLS_MAX,
    Math.max(12, ...shown.map((row) => widthOf(row.name))),
    Math.max(4, columns - FIGURES_CELLS - 2),
  );
  const sparkCells = Math.max(0, Math.min(60, columns - nameCells - 2 - FIGURES_CELLS));
  const about = sparkCells >= 7 ? padded(`last ${sparkCells}s`, sparkCells) : ' '.repeat(sparkCells);
  const head = `${padded(`load over ${ANSWER_SECONDS}s`, nameCells)}  ${about}${padded('sent', 10, 'right')}${padded('failed', 10, 'right')}${padded('p95', 10, 'right')}`;
  const hidden = rows.length - shown.length;
  return [
    [span(head, 'dim')],
    ...shown.map((row) => rowLine(row, nameCells, sparkCells, color)),
    ...(hidden > 0 && rows.length > 2 ? [[span(`and ${plural(hidden, 'more scenario')}, in the sum above`, 'dim')]] : []),
    ...generatorLine(load),
  ];
}

const MARKS = { held: { mark: '✓', tone: 'good' }, broken: { mark: '✕', tone: 'bad' }, unknown: { mark: '?', tone: 'warning' } } as const;

function hypothesisLine(state: LiveState): Line[] {
  const judged = state.hypothesis;
  if (judged === undefined) return [];
  const parts = judged.parts.flatMap((part): Line => {
    const { mark, tone } = MARKS[part.state];
    return [span(`  ${mark} `, tone), span(part.text)];
  });
  return [[span('hypothesis', 'dim'), ...parts]];
}

function objectiveLines(objectives: readonly LiveObjective[]): Line[] {
  return objectives.slice(0, OBJECTIVE_ROWS_MAX).map((objective, index) => {
    const { mark, tone } = MARKS[objective.state];
    const word = objective.state === 'held' ? 'good' : objective.state === 'broken' ? 'not good' : 'unknown';
    return [
      span(index === 0 ? 'objectives  ' : ' '.repeat(12), 'dim'),
      span(`${mark} ${word} `, tone),
      span(` ${objective.name}`),
      span(`  ${objective.seen}`, 'dim'),
    ];
  });
}

/** What the block is drawn from, and how. */
export interface BlockOptions {
  readonly state: LiveState;
  readonly load: LiveLoad;
  readonly objectives: readonly LiveObjective[];
  /** On the run's clock. */
  readonly nowMs: number;
  readonly columns: number;
  readonly color: boolean;
}

/** The block's lines, fit for `columns`. */
export function liveBlock({ state, load, objectives, nowMs, columns, color }: BlockOptions): Line[] {
  return [
    [],
    titleLine(state, nowMs, columns),
    ...trackLine(state, nowMs, columns),
    ...(state.stopped === undefined ? [] : [[span(`stopping: ${state.stopped}`, 'bad')]]),
    ...faultLines(state, nowMs),
    ...loadLines(load, columns, color),
    ...hypothesisLine(state),
    ...objectiveLines(objectives),
  ];
}
