/**
 * The verdict, from the journal alone: the same journal gives the same report, today and in a year. *Failed* where an
 * objective is broken or the steady state did not return; else *inconclusive* where anything that was asked is not known,
 * a person stopped the run, or it was not put back; else *passed*.
 */
import type { Experiment } from '../experiments/language/experiment.ts';
import { Evidence } from '../probes/slo/evidence.ts';
import { type LateSpan, lateSpansOf } from '../probes/slo/generator-lag.ts';
import { judgeObjective, type ObjectiveContext } from '../probes/slo/judge-objective.ts';
import { judgeThreshold, thresholdText } from '../probes/slo/judge-threshold.ts';
import { conditionText } from '../probes/slo/judgement.ts';
import type { Event, EventOf } from '../runners/journal/events.ts';
import { faultClock, faultReport, removedOf } from './fault-report.ts';
import { lengthOf } from './figures.ts';
import { type LoadSpan, loadReport } from './load-report.ts';
import { probeReports, screenshotReports } from './probe-report.ts';
import { EXIT_BY_REASON, type Reason, reasonsOf } from './reasons.ts';
import type { Report, ReportFault, ReportObjective, ReportThreshold } from './report.ts';
import { followStops } from './stop-report.ts';
import { type FaultRecord, readTimeline, type Timeline } from './timeline.ts';

/** A run that found its ground unfit before it touched anything keeps the exit code that it ended with. */
const EXIT_BEFORE_TOUCHING: ReadonlySet<number> = new Set([3, 4, 7]);

/** The fault whose clock an objective goes by: the one it names, else the first of the method by time. */
export function faultOf(name: string | undefined, faults: readonly FaultRecord[]): FaultRecord | undefined {
  if (name !== undefined) return faults.find(({ planned }) => planned.name === name);
  return [...faults].sort((one, other) => one.planned.atMs - other.planned.atMs)[0];
}

function objectiveReports(timeline: Timeline, experiment: Experiment, late: readonly LateSpan[]): ReportObjective[] {
  return Object.entries(experiment.objectives).map(([name, objective]) => {
    const record = faultOf(objective.fault, timeline.faults);
    const clock = record && faultClock(record);
    const fault = record?.planned.name ?? objective.fault ?? null;
    const why = record?.unproven ? `${fault} did not prove its effect` : `${fault ?? 'the fault'} was never in effect`;
    const { hypothesis } = experiment;
    const context: ObjectiveContext = { clock, why, watchEndMs: timeline.watchEndMs, late, hypothesis };
    const { clauses, intervals, instants, ...judged } = judgeObjective(objective, timeline.evidence, context);
    const after = (atMs: number | null, fromMs: number | undefined) =>
      atMs === null || fromMs === undefined ? null : Math.max(0, atMs - fromMs);
    return {
      name,
      description: objective.description ?? null,
      indicator: objective.good ? conditionText(objective.good) : null,
      fault,
      ...judged,
      mitigatedAfterMs: after(judged.mitigatedMs, clock?.inEffectAtMs),
      recoveredAfterMs: after(judged.recoveredMs, clock?.endedAtMs),
      instants: { ...instants, removed: record ? removedOf(record) : null },
      clauses: [...clauses],
      intervals: [...intervals],
    };
  });
}

/** Before the first fault, while each lasted, while any did, and after the last. */
function loadSpans(timeline: Timeline): LoadSpan[] {
  const { watchEndMs } = timeline;
  const lasted = timeline.faults.flatMap((record): LoadSpan[] => {
    const clock = faultClock(record);
    return clock ? [{ phase: 'during', fault: record.planned.name, fromMs: clock.askedAtMs, toMs: clock.endedAtMs ?? watchEndMs }] : [];
  });
  if (lasted.length === 0) return [{ phase: 'before', fault: null, fromMs: 0, toMs: watchEndMs }];
  const fromMs = Math.min(...lasted.map((span) => span.fromMs));
  const toMs = Math.max(...lasted.map((span) => span.toMs));
  return [
    { phase: 'before', fault: null, fromMs: 0, toMs: fromMs },
    ...(lasted.length > 1 ? [{ phase: 'during', fault: null, fromMs, toMs } as const] : []),
    ...lasted,
    { phase: 'after', fault: null, fromMs: toMs, toMs: watchEndMs },
  ];
}

/** What the load as a whole came to. */
function thresholdReports(timeline: Timeline, experiment: Experiment, late: readonly LateSpan[]): ReportThreshold[] {
  return (experiment.thresholds ?? []).map((threshold) => {
    const { state, seen } = judgeThreshold(threshold, timeline.evidence, timeline.watchEndMs, late);
    return { text: thresholdText(threshold), state, seen };
  });
}

function generatorReport(timeline: Timeline): Report['generator'] {
  const all = timeline.of('load.generator');
  const ended = timeline.of('load.ended').at(-1);
  const most = (values: readonly number[]) => (values.length === 0 ? null : Math.max(...values));
  return {
    limited: all.some(({ limited }) => limited),
    lagP50Ms: most(all.map(({ lagP50Ms }) => lagP50Ms)),
    lagP99Ms: most(all.map(({ lagP99Ms }) => lagP99Ms)),
    eventLoopDelayP99Ms: most(all.map(({ eventLoopDelayP99Ms }) => eventLoopDelayP99Ms)),
    cpuShare: most(all.map(({ cpuShare }) => cpuShare)),
    rssBytes: most(all.map(({ rssBytes }) => rssBytes)),
    processes: ended?.processes ?? all.at(-1)?.processes ?? null,
    retried: ended?.retried ?? null,
    wholeLagP99Ms: ended?.lagP99Ms ?? null,
    wholeLimited: ended?.limited ?? null,
    failure: timeline.of('load.failed')[0]?.error ?? null,
  };
}

function systemReport({ plan, of }: Timeline): Report['system'] {
  return {
    project: plan?.project ?? null,
    seed: plan?.seed ?? null,
    touched: plan?.blastRadius.touched ?? null,
    total: plan?.blastRadius.total ?? null,
    regions: (plan?.blastRadius.regions ?? []).map((region) => ({ ...region })),
    restored: of('system.restored').at(-1)?.ok ?? null,
  };
}

function exitCodeOf(timeline: Timeline, reasons: readonly Reason[], faults: readonly ReportFault[]): number {
  const ended = timeline.of('run.ended').at(-1)?.exitCode;
  const touched = faults.some(({ state }) => state !== 'not-injected');
  const first = reasons[0]?.kind;
  const isWeighty = first === 'not-undone' || first === 'bug' || first === 'stopped';
  if (!touched && !isWeighty && ended !== undefined && EXIT_BEFORE_TOUCHING.has(ended)) return ended;
  return first ? EXIT_BY_REASON[first] : 0;
}

function verdictOf(reasons: readonly Reason[]): Report['verdict'] {
  if (reasons.some(({ kind }) => kind === 'failed')) return 'failed';
  return reasons.length > 0 ? 'inconclusive' : 'passed';
}

/** A target that started anew under a fault. */
function followedNote({ atMs, fault, container, ok, detail }: EventOf<'fault.followed'>) {
  const text = `${fault} was ${ok ? '' : 'not '}done again on ${container}, which started anew: ${detail}`;
  return { atMs, level: ok ? ('info' as const) : ('warning' as const), text };
}

/** A method that began late. */
function latenessNote({ atMs, lateMs = 0 }: EventOf<'phase'>) {
  const text = `every step came ${lengthOf(lateMs)} later than planned, because arming took longer than the plan left for it`;
  return lateMs > 0 ? [{ atMs, level: 'warning' as const, text }] : [];
}

/** What happened besides faults and load, as the journal has it. */
function happenings({ of }: Timeline) {
  return {
    containers: of('container').map(({ atMs, container, action, detail }) => ({ atMs, container, action, detail: detail ?? null })),
    gates: of('gate').map(({ atMs, gate, question, answer }) => ({ atMs, name: gate, question, answer })),
    stops: of('stop').map(({ atMs, because, detail }) => ({ atMs, because, detail })),
    notes: [...of('note'), ...of('fault.followed').map(followedNote), ...of('phase').flatMap(latenessNote)]
      .map(({ atMs, level, text }) => ({ atMs, level, text }))
      .sort((one, other) => one.atMs - other.atMs),
    phases: of('phase').map(({ atMs, phase }) => ({ atMs, phase })),
    hypothesis: of('hypothesis.judged').map(({ atMs, when, state, parts }) => ({
      atMs,
      when,
      state,
      parts: parts.map((part) => ({ ...part })),
    })),
  };
}

/** The wall clock's time at 0 of the run's clock, which stands still until the run has prepared its system. */
function startedAt({ of, started }: Timeline): string {
  const first = of('phase')[0];
  const zero = first ? Date.parse(first.wall) - first.atMs : Number.NaN;
  return Number.isNaN(zero) ? (started?.wall ?? '') : new Date(zero).toISOString();
}

/** Judges a run. `experiment` is the run's own file (`source` of run.started), parsed again with its variant. */
export function judgeRun(events: Iterable<Event>, experiment: Experiment): Report {
  const evidence = new Evidence();
  const stops = followStops(experiment, evidence);
  const timeline = readTimeline(events, evidence, stops.onEvent);
  const { started, watchEndMs } = timeline;
  const faults = timeline.faults.map((record) => faultReport(record, timeline.complete));
  const late = lateSpansOf(timeline.of('load.generator'));
  const objectives = objectiveReports(timeline, experiment, late);
  const thresholds = thresholdReports(timeline, experiment, late);
  const happened = happenings(timeline);
  const screenshots = screenshotReports(timeline.of('probe.reading'));
  const reasons = reasonsOf(timeline, experiment, { faults, objectives, thresholds, hypothesis: happened.hypothesis });
  const held = objectives.length === 0 ? 'The steady state held and returned.' : 'Every objective held.';
  return {
    format: 'firedrill-report/1',
    verdict: verdictOf(reasons),
    exitCode: exitCodeOf(timeline, reasons, faults),
    why: reasons.length === 0 ? [held] : reasons.map(({ text }) => text),
    experiment: { title: experiment.title, description: experiment.description ?? null, file: started?.file ?? '' },
    variant: started?.variant ?? null,
    runId: started?.runId ?? '',
    version: started?.version ?? '',
    startedAt: startedAt(timeline),
    durationMs: timeline.durationMs,
    complete: timeline.complete,
    machine: { ...started?.machine },
    system: systemReport(timeline),
    ...happened,
    faults,
    objectives,
    ...(thresholds.length > 0 ? { thresholds } : {}),
    ...(experiment.stopWhen.length > 0 ? { stopConditions: stops.report() } : {}),
    load: loadReport(evidence, loadSpans(timeline), watchEndMs),
    generator: generatorReport(timeline),
    probes: probeReports(evidence),
    ...(screenshots.length > 0 ? { screenshots } : {}),
  };
}
