/**
 * Judges an objective: its indicator against the clock of its fault, clause by clause. Broken where a clause is broken;
 * else unknown where one is unknown; else held. Without a fault that took effect nothing is known of any clause.
 */
import type { Condition } from '../../experiments/language/condition.ts';
import { formatMs } from '../../experiments/language/duration.ts';
import type { Objective } from '../../experiments/language/experiment.ts';
import {
  type ClauseContext,
  type ClauseJudgement,
  judgeDetected,
  judgeMitigated,
  judgeRecovered,
  judgeSteady,
  judgeThroughout,
} from './clauses.ts';
import { type Detection, detectionOf } from './detection.ts';
import type { Evidence } from './evidence.ts';
import { dependsOnLag, judgeDespiteLag, type LateSpan, timelineDespiteLag } from './generator-lag.ts';
import type { GoodInterval, GoodTimeline } from './good-intervals.ts';
import type { Instant } from './instant.ts';
import { budgetText, failedShareOf, judgeBudget } from './judge-budget.ts';
import { conditionText, type State, unknown } from './judgement.ts';
import { clockProblem, type FaultClock, recoveryOf } from './recovery.ts';
import { steadyTimeline } from './steady.ts';

export interface ObjectiveContext {
  /** Undefined where the fault never took effect; `why` then says so. */
  readonly clock: FaultClock | undefined;
  readonly why?: string | undefined;
  readonly watchEndMs: number;
  /** When the load generator was itself too late: it is not held against the system's latency. */
  readonly late: readonly LateSpan[];
  /** The steady-state hypothesis, where there is one. */
  readonly hypothesis?: readonly Condition[] | undefined;
}

/** The instants, each as the stretch in which it must lie; null where there is none. */
export interface Instants {
  readonly impact: Instant | null;
  readonly detected: Instant | null;
  readonly mitigated: Instant | null;
  readonly recovered: Instant | null;
  readonly steady: Instant | null;
}

/** Instants on the run's clock, null where there are none. */
export interface ObjectiveJudgement {
  readonly state: State;
  readonly neverImpacted: boolean;
  readonly firstImpactMs: number | null;
  readonly mitigatedMs: number | null;
  readonly recoveredMs: number | null;
  readonly instants: Instants;
  readonly errorMs: number | null;
  readonly failedShare: number | null;
  readonly clauses: readonly ClauseJudgement[];
  readonly intervals: readonly GoodInterval[];
}

/** Worst first: broken, unknown, held. */
export function worstOf(states: readonly State[]): State {
  if (states.includes('broken')) return 'broken';
  return states.length === 0 || states.includes('unknown') ? 'unknown' : 'held';
}

/** What clauses on instants are judged on; each is undefined where the objective, or the experiment, has no such thing. */
interface Seen {
  readonly indicator: ClauseContext | undefined;
  readonly detection: Detection | undefined;
  readonly steady: ClauseContext | undefined;
}

function seenOf(
  objective: Objective,
  timeline: GoodTimeline | undefined,
  evidence: Evidence,
  clock: FaultClock,
  context: ObjectiveContext,
): Seen {
  const { watchEndMs, late, hypothesis = [] } = context;
  const on = (each: GoodTimeline): ClauseContext => ({ recovery: recoveryOf(each, clock, watchEndMs), clock, windowMs: each.windowMs });
  const signal = objective['detected-by'] && timelineDespiteLag(objective['detected-by'], evidence, watchEndMs, late);
  const steady = steadyTimeline(hypothesis, evidence, watchEndMs, late);
  return {
    indicator: timeline && on(timeline),
    detection: signal && detectionOf(signal, clock, watchEndMs),
    steady: steady && on(steady),
  };
}

function instantsOf({ indicator, detection, steady }: Seen): Instants {
  const seen = indicator?.recovery;
  return {
    impact: seen?.impact ?? null,
    detected: detection?.instant ?? null,
    mitigated: seen && seen.mitigatedMs !== null ? seen.mitigation : null,
    recovered: seen && seen.recoveredMs !== null ? seen.recovery : null,
    steady: steady && steady.recovery.recoveredMs !== null ? steady.recovery.recovery : null,
  };
}

/** Every clause that the objective has, in the order of the language. */
function judgeClauses(objective: Objective, evidence: Evidence, context: ObjectiveContext, clock: FaultClock, seen: Seen) {
  const { indicator } = seen;
  const clauses: { judged: ClauseJudgement; condition: Condition | undefined }[] = [];
  const { good, during, since, after, budget } = objective;
  const { 'detected-within': detected, 'mitigated-within': mitigated, 'recovered-within': recovered, 'steady-within': steady } = objective;
  const push = (judged: ClauseJudgement, condition = good) => clauses.push({ judged, condition });
  const isBare = !(detected || steady || mitigated || recovered || during || since || after) && budget === undefined;
  if (indicator && (objective.throughout ?? isBare)) push(judgeThroughout(indicator));
  if (seen.detection && detected) push(judgeDetected(seen.detection, clock, detected.ms), objective['detected-by']);
  else if (detected) push({ clause: 'detected-within', text: 'detected', ...unknown('nothing says what the signal is') });
  if (indicator && mitigated) push(judgeMitigated(indicator, mitigated.ms));
  if (indicator && recovered) push(judgeRecovered(indicator, recovered.ms));
  if (seen.steady && steady) push(judgeSteady(seen.steady, steady.ms));
  else if (steady) push({ clause: 'steady-within', text: 'steady', ...unknown('there is no steady-state hypothesis') });
  if (good && budget !== undefined) {
    const judged = judgeBudget(good, budget, evidence);
    push({ clause: 'budget', text: budgetText(budget), state: judged.state, seen: judged.seen });
  }
  const interval = (clause: 'during' | 'since' | 'after', text: string, condition: Condition, fromMs: number | undefined, toMs: number) => {
    const judged =
      fromMs === undefined || toMs <= fromMs
        ? unknown('there is no such time in this run')
        : judgeDespiteLag(condition, evidence, fromMs, toMs, context.late);
    push({ clause, text: `${conditionText(condition)} ${text}`, state: judged.state, seen: judged.seen }, condition);
  };
  if (during) {
    const isUnmitigated = mitigated && indicator && !(indicator.recovery.badDuring.length === 0 || indicator.recovery.mitigatedMs !== null);
    const fromMs = Math.max(clock.inEffectAtMs, (mitigated && indicator?.recovery.mitigatedMs) ?? 0);
    const start = mitigated ? 'mitigation' : "the fault's proof";
    interval(
      'during',
      `from ${start} to the undo`,
      during,
      isUnmitigated ? undefined : fromMs,
      clock.momentary ? 0 : (clock.endedAtMs ?? 0),
    );
  }
  if (since) interval('since', "from the fault's proof to the end of the watch", since, clock.inEffectAtMs, context.watchEndMs);
  if (after) {
    const fromMs = clock.endedAtMs === undefined ? undefined : clock.endedAtMs + after.within.ms;
    const end = clock.momentary ? "the fault's proof" : 'the undo';
    interval('after', `from ${formatMs(after.within.ms)} after ${end} to the end`, after.condition, fromMs, context.watchEndMs);
  }
  return clauses;
}

const ON_INSTANTS: ReadonlySet<ClauseJudgement['clause']> = new Set([
  'throughout',
  'detected-within',
  'mitigated-within',
  'recovered-within',
]);

/** Says so where it was the generator's lag that left an indicator unknown. */
function blamingLag(
  { judged, condition }: { judged: ClauseJudgement; condition: Condition | undefined },
  evidence: Evidence,
  late: readonly LateSpan[],
): ClauseJudgement {
  if (judged.state !== 'unknown' || !ON_INSTANTS.has(judged.clause) || !condition || !dependsOnLag(condition, evidence, late))
    return judged;
  return { ...judged, seen: `${judged.seen}; the load generator was itself too late` };
}

const NOTHING = {
  neverImpacted: false,
  firstImpactMs: null,
  mitigatedMs: null,
  recoveredMs: null,
  instants: { impact: null, detected: null, mitigated: null, recovered: null, steady: null },
  errorMs: null,
  failedShare: null,
  intervals: [],
};

/** Judges one objective on everything that was seen. A judge that throws leaves the objective unknown. */
export function judgeObjective(objective: Objective, evidence: Evidence, context: ObjectiveContext): ObjectiveJudgement {
  try {
    return judge(objective, evidence, context);
  } catch (error) {
    const seen = `could not be judged: ${error instanceof Error ? error.message : String(error)}`;
    return { ...NOTHING, state: 'unknown', clauses: [{ clause: 'throughout', state: 'unknown', text: 'to be judged', seen }] };
  }
}

function judge(objective: Objective, evidence: Evidence, context: ObjectiveContext): ObjectiveJudgement {
  const { clock, watchEndMs } = context;
  const timeline = objective.good ? timelineDespiteLag(objective.good, evidence, watchEndMs, context.late) : undefined;
  const failedShare = objective.good ? failedShareOf(objective.good, evidence) : null;
  const seen = { ...NOTHING, failedShare, errorMs: timeline?.errorMs ?? null, intervals: timeline?.intervals ?? [] };
  const problem = clock ? clockProblem(clock) : (context.why ?? 'the fault never took effect');
  if (!clock || problem !== undefined) {
    const blank: FaultClock = { askedAtMs: watchEndMs, inEffectAtMs: watchEndMs, endedAtMs: undefined, momentary: false };
    const asked = judgeClauses(objective, evidence, context, blank, seenOf(objective, timeline, evidence, blank, context));
    const clauses = asked.map(({ judged }) => ({ ...judged, state: 'unknown' as const, seen: problem ?? 'the fault never took effect' }));
    return { ...seen, state: 'unknown', clauses };
  }
  const found = seenOf(objective, timeline, evidence, clock, context);
  const recovery = found.indicator?.recovery;
  const clauses = judgeClauses(objective, evidence, context, clock, found).map((each) => blamingLag(each, evidence, context.late));
  return {
    ...seen,
    state: worstOf(clauses.map(({ state }) => state)),
    neverImpacted: recovery?.neverImpacted ?? false,
    firstImpactMs: recovery?.firstImpactMs ?? null,
    mitigatedMs: recovery?.mitigatedMs ?? null,
    recoveredMs: recovery?.recoveredMs ?? null,
    instants: instantsOf(found),
    clauses,
  };
}
