/**
 * One line for each thing that happens, for logs and for the scrollback above the live block. The wording is stable:
 * people search for it. What happens many times a second (frames, readings) makes no line here.
 */
import type { Event, EventOf, Held, Plan } from '../../runners/journal/events.ts';
import { countOf, lengthOf, momentOf, plural } from '../figures.ts';
import { type Line, span, type Tone } from './paint.ts';

const PHASES = {
  'steady-state': 'steady state: load and probes run, nothing is touched',
  arming: 'arming: everything slow is made ready',
  method: 'method: the faults begin',
  recovery: 'recovery: everything is undone, still watching',
  ended: 'ended',
} as const;
const HELD: Readonly<Record<Held, Tone>> = { held: 'good', broken: 'bad', unknown: 'warning' };
const WHEN = { before: 'before the faults', armed: 'after arming', after: 'after the undo' } as const;
const ANSWERS = { 'passed-over': 'passed over', go: 'go', 'no-go': 'no go', 'no-answer': 'no answer in time' } as const;
/** Width of the word that says what a line is about. */
const SUBJECT_CELLS = 11;

function line(event: Event, subject: string, text: string, tone: Tone = 'plain'): Line {
  return [span(`${momentOf(event.atMs)} `, 'dim'), span(subject.padEnd(SUBJECT_CELLS), 'dim'), span(text, tone)];
}

function planText(plan: Plan): string {
  const { touched, total } = plan.blastRadius;
  const faults = plural(plan.faults.length, 'fault');
  return `${faults} on ${touched} of ${plural(total, 'container')}, last undo due at ${momentOf(plan.lastUndoMs)}, ends by ${momentOf(plan.endMs)}`;
}

function phaseText({ phase, lateMs }: EventOf<'phase'>): string {
  return `${PHASES[phase]}${lateMs === undefined ? '' : `, every step ${lengthOf(lateMs)} later than planned, because arming took longer`}`;
}

function hypothesisLines(event: EventOf<'hypothesis.judged'>): Line[] {
  const notHeld = event.parts.filter((part) => part.state !== 'held');
  return [
    line(event, 'hypothesis', `${event.state} ${WHEN[event.when]}`, HELD[event.state]),
    ...notHeld.map((part) => line(event, 'hypothesis', `  ${part.state}: ${part.text}, seen ${part.seen}`, HELD[part.state])),
  ];
}

function undoneText(event: EventOf<'fault.undone'>): string {
  const failed = event.acts.filter((act) => !act.ok);
  const read = event.readBack === '' ? '' : `: ${event.readBack}`;
  return `${event.fault} undone at ${momentOf(event.undoneAtMs)}${failed.length > 0 ? `, ${failed.length} acts not ok` : ''}${read}`;
}

function followedText({ fault, container, ok, detail }: EventOf<'fault.followed'>): string {
  return `${fault} ${ok ? 'done again' : 'NOT done again'} on ${container}, which started anew: ${detail}`;
}

function faultLine(event: Event): Line[] {
  switch (event.type) {
    case 'fault.armed':
      return [line(event, 'fault', `${event.fault} armed on ${plural(event.acts.length, 'container')}`)];
    case 'fault.intended':
      return [line(event, 'fault', `${event.fault} asked for`, 'fault')];
    case 'fault.in-effect': {
      return [line(event, 'fault', `${event.fault} in effect since ${momentOf(event.inEffectAtMs)}: ${event.proof}`, 'fault')];
    }
    case 'fault.followed':
      return [line(event, 'fault', followedText(event), event.ok ? 'fault' : 'warning')];
    case 'fault.unproven':
      return [line(event, 'fault', `${event.fault} not proven: ${event.why}`, 'warning')];
    case 'fault.undoing':
      return [line(event, 'fault', `${event.fault} being undone (${event.because})`)];
    case 'fault.undone':
      return [line(event, 'fault', undoneText(event), 'good')];
    case 'fault.undo-failed':
      return event.errors.map((error) => line(event, 'fault', `${event.fault} NOT UNDONE: ${error}`, 'bad'));
    default:
      return [];
  }
}

function injectedLines(event: EventOf<'fault.injected'>): Line[] {
  const last = Math.max(event.askedAtMs, ...event.acts.map((act) => act.atMs));
  const summary = `${event.fault} injected into ${plural(event.acts.length, 'container')} within ${lengthOf(last - event.askedAtMs)}`;
  const errors = event.acts
    .filter((act) => !act.ok)
    .map((act) => line(event, 'fault', `  ${act.container}: ${act.error ?? 'failed'}`, 'bad'));
  return [line(event, 'fault', summary, 'fault'), ...errors];
}

function noteLine(event: EventOf<'note'>): Line[] {
  const tone = event.level === 'error' ? 'bad' : event.level === 'warning' ? 'warning' : 'plain';
  return [line(event, event.level === 'info' ? 'note' : event.level, event.text, tone)];
}

function loadEndedText({ planned, ok, failed, dropped, retried, limited, lagP99Ms }: EventOf<'load.ended'>): string {
  const lost = dropped === 0 ? '' : `, ${countOf(dropped)} dropped`;
  const again = retried === 0 ? '' : `, ${countOf(retried)} sent twice`;
  const late = limited ? `; GENERATOR-LIMITED: its lag was ${lengthOf(lagP99Ms)} (p99), so latency may be its own doing` : '';
  return `ended: ${countOf(planned)} planned, ${countOf(ok)} ok, ${countOf(failed)} failed${lost}${again}${late}`;
}

/** The lines that an event is worth; none for most of them. */
export function eventLines(event: Event): Line[] {
  switch (event.type) {
    case 'run.started':
      return [line(event, 'run', `${event.runId}: ${event.file}${event.variant === undefined ? '' : `, variant ${event.variant}`}`)];
    case 'run.planned':
      return [line(event, 'plan', event.plan.title, 'bold'), line(event, 'plan', planText(event.plan))];
    case 'phase':
      return [line(event, 'phase', phaseText(event), 'bold')];
    case 'system.intended':
      return [line(event, 'system', `${event.project}: ${event.action === 'up' ? 'bringing it up' : 'changing its environment'}`)];
    case 'system.restored':
      return [line(event, 'system', `${event.ok ? 'restored' : 'NOT restored'}: ${event.detail}`, event.ok ? 'good' : 'bad')];
    case 'hypothesis.judged':
      return hypothesisLines(event);
    case 'fault.injected':
      return injectedLines(event);
    case 'gate':
      return [line(event, 'gate', `${event.gate}: ${event.question} ${ANSWERS[event.answer]}`, event.answer === 'go' ? 'good' : 'warning')];
    case 'stop':
      return [line(event, 'stop', `${event.because}: ${event.detail}`, 'bad')];
    case 'container':
      return [line(event, 'container', `${event.container} ${event.action}${event.detail === undefined ? '' : ` (${event.detail})`}`)];
    case 'note':
      return noteLine(event);
    case 'load.ended':
      return [line(event, 'load', loadEndedText(event), event.limited ? 'warning' : 'plain')];
    case 'load.failed':
      return [line(event, 'load', `ended early: ${event.error}`, 'bad')];
    case 'run.ended':
      return [line(event, 'run', event.exitCode === undefined ? 'ended' : `ended with exit code ${event.exitCode}`)];
    default:
      return faultLine(event);
  }
}
