/**
 * Why a run comes to its verdict: every reason with its kind. The kinds are ordered: the first that a run has decides
 * its exit code. All reasons are gathered, so that a report never hides a second one behind the first.
 */
import type { Experiment } from '../experiments/language/experiment.ts';
import type { Report, ReportFault, ReportObjective, ReportThreshold } from './report.ts';
import type { Timeline } from './timeline.ts';

/** In the order of their weight, with the exit codes of runners/failure.ts (which stands outside what reports may import; a test holds them together). */
export const EXIT_BY_REASON = {
  /** Something could not be undone: a person must look. */
  'not-undone': 6,
  /** Our bug. */
  bug: 70,
  /** A person or a signal stopped it, and it is undone. */
  stopped: 5,
  /** The system did not hold. */
  failed: 1,
  /** Not enough evidence. */
  inconclusive: 2,
} as const;

/** The fact by which a fault says that it could not hold what it was asked to hold. */
const OVERFLOW = 'overflowedPackets';

export interface Reason {
  readonly kind: keyof typeof EXIT_BY_REASON;
  /** A sentence. */
  readonly text: string;
}

function faultReasons(fault: ReportFault): Reason[] {
  const reasons: Reason[] = [];
  if (fault.state === 'not-undone')
    reasons.push({ kind: 'not-undone', text: `${fault.name} could not be undone: ${fault.readBack ?? 'no reason given'}.` });
  if (fault.state === 'in-effect')
    reasons.push({ kind: 'not-undone', text: `The journal holds no undo of ${fault.name}; firedrill sweep finds what is left.` });
  if (fault.state === 'not-injected') reasons.push({ kind: 'inconclusive', text: `${fault.name} was never injected.` });
  else if (fault.inEffectAtMs === null)
    reasons.push({ kind: 'inconclusive', text: `${fault.name} did not prove its effect: ${fault.proof ?? 'no proof is in the journal'}.` });
  const early = fault.facts[OVERFLOW] ?? 0;
  if (early > 0)
    reasons.push({
      kind: 'inconclusive',
      text: `${fault.name} let ${early} packets go early, because more was held than its buffer may hold.`,
    });
  return reasons;
}

function objectiveReason(objective: ReportObjective): Reason[] {
  if (objective.state === 'held') return [];
  const clauses = objective.clauses.filter(({ state }) => state === objective.state).map(({ clause, seen }) => `${clause}: ${seen}`);
  const text = `Objective ${objective.name} is ${objective.state} (${clauses.join('; ') || 'it asks for nothing'}).`;
  return [{ kind: objective.state === 'broken' ? 'failed' : 'inconclusive', text }];
}

function thresholdReason({ text, state, seen }: ReportThreshold): Reason[] {
  if (state === 'held') return [];
  return [{ kind: state === 'broken' ? 'failed' : 'inconclusive', text: `Threshold ${text} is ${state} (${seen}).` }];
}

type Judgement = Report['hypothesis'][number];

function lastOf(judgements: Report['hypothesis'], when: Judgement['when']): Judgement | undefined {
  return judgements.findLast((each) => each.when === when);
}

function partsNotHeld({ parts }: Judgement): string {
  return parts
    .filter(({ state }) => state !== 'held')
    .map(({ text, seen }) => `${text}: ${seen}`)
    .join('; ');
}

function steadyBefore(experiment: Experiment, judgements: Report['hypothesis']): Reason[] {
  if (experiment.hypothesis.length === 0) return [];
  const [before, armed] = [lastOf(judgements, 'before'), lastOf(judgements, 'armed')];
  if (!before) return [{ kind: 'inconclusive', text: 'The steady state was never judged.' }];
  if (before.state !== 'held')
    return [{ kind: 'inconclusive', text: `The system was not in its steady state before the drill (${partsNotHeld(before)}).` }];
  if (armed && armed.state !== 'held')
    return [{ kind: 'inconclusive', text: `The steady state did not outlast arming (${partsNotHeld(armed)}).` }];
  return [];
}

function steadyAfter(experiment: Experiment, judgements: Report['hypothesis']): Reason[] {
  if (experiment.hypothesis.length === 0) return [];
  const after = lastOf(judgements, 'after');
  if (after?.state === 'held') return [];
  if (after?.state === 'broken') return [{ kind: 'failed', text: `The steady state did not return (${partsNotHeld(after)}).` }];
  return [
    {
      kind: 'inconclusive',
      text: after
        ? `Whether the steady state returned is unknown (${partsNotHeld(after)}).`
        : 'Whether the steady state returned was not judged.',
    },
  ];
}

function stopReasons(timeline: Timeline): Reason[] {
  return timeline.of('stop').flatMap(({ because, detail }): Reason[] => {
    if (because === 'emergency') return [{ kind: 'stopped', text: `An emergency stop ended it: ${detail}.` }];
    if (because === 'signal' || because === 'gate') return [{ kind: 'stopped', text: `It was stopped by a ${because}: ${detail}.` }];
    // The condition's or threshold's own judgement says what it comes to.
    if (because === 'condition' || because === 'threshold') return [];
    if (because === 'limit') return [{ kind: 'inconclusive', text: `It was cut short: ${detail}.` }];
    if (because === 'recreated') return [{ kind: 'inconclusive', text: `It was stopped, because a target did not stay: ${detail}.` }];
    const what = because === 'agent-lost' ? 'The agent was lost' : 'An error ended it early';
    return [{ kind: 'inconclusive', text: `${what}: ${detail}.` }];
  });
}

function endReasons(timeline: Timeline): Reason[] {
  const reasons: Reason[] = [];
  const restored = timeline.of('system.restored').at(-1);
  if (restored?.ok === false)
    reasons.push({ kind: 'not-undone', text: `The system was not put back as it was found: ${restored.detail}.` });
  if (timeline.of('run.ended').at(-1)?.exitCode === EXIT_BY_REASON.bug) reasons.push({ kind: 'bug', text: 'firedrill itself failed.' });
  for (const { error } of timeline.of('load.failed'))
    reasons.push({ kind: 'inconclusive', text: `A part of the load is missing: ${error}.` });
  if (!timeline.plan) reasons.push({ kind: 'inconclusive', text: 'The run ended before there was a plan.' });
  if (!timeline.complete) reasons.push({ kind: 'inconclusive', text: 'The runner died before the end of the watch.' });
  return reasons;
}

/** Why the drill did not take place as planned, whatever the system made of it. */
export function drillReasons(timeline: Timeline, experiment: Experiment, report: Pick<Report, 'faults' | 'hypothesis'>): Reason[] {
  return byWeight([
    ...report.faults.flatMap(faultReasons),
    ...steadyBefore(experiment, report.hypothesis),
    ...stopReasons(timeline),
    ...endReasons(timeline),
  ]);
}

/** All reasons against *passed*, most weighty first; none means that the run passed. */
export function reasonsOf(
  timeline: Timeline,
  experiment: Experiment,
  report: Pick<Report, 'faults' | 'objectives' | 'hypothesis' | 'thresholds'>,
): Reason[] {
  const injected = report.faults.some(({ inEffectAtMs, askedAtMs }) => inEffectAtMs !== null || askedAtMs !== null);
  const wasSteady = steadyBefore(experiment, report.hypothesis).length === 0;
  return byWeight([
    ...drillReasons(timeline, experiment, report),
    ...(injected && wasSteady ? steadyAfter(experiment, report.hypothesis) : []),
    ...report.objectives.flatMap(objectiveReason),
    ...(report.thresholds ?? []).flatMap(thresholdReason),
  ]);
}

function byWeight(reasons: readonly Reason[]): Reason[] {
  const order = Object.keys(EXIT_BY_REASON);
  return reasons.toSorted((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
}
