/**
 * Judges an objective: its indicator against the clock of its fault, clause by clause. Broken where a clause is broken;
 * else unknown where one is unknown; else held. Without a fault that took effect nothing is known of any clause.
 */
import type { Condition } from '../../experiments/language/condition.ts';
import { formatMs } from '../../experiments/language/duration.ts';
import type { Objective } from '../../experiments/language/experiment.ts';
import { type ClauseContext, type ClauseJudgement, judgeMitigated, judgeRecovered, judgeThroughout } from './clauses.ts';
import type { Evidence } from './evidence.ts';
import { dependsOnLag, judgeDespiteLag, type LateSpan, timelineDespiteLag } from './generator-lag.ts';
import type { GoodInterval } from './good-intervals.ts';
import { divisorOf, isRight } from './judge-reading.ts';
import { conditionText, type Judgement, numberText, type State, unknown } from './judgement.ts';
import { type FaultClock, recoveryOf } from './recovery.ts';

export interface ObjectiveContext {
  /** Undefined where the fault never took effect; `why` then says so. */
  readonly clock: FaultClock | undefined;
  readonly why?: string | undefined;
  readonly watchEndMs: number;
  /** When the load generator was itself too late: it is not held against the system's latency. */
  readonly late: readonly LateSpan[];
}

/** Instants on the run's clock, null where there are none. */
export interface ObjectiveJudgement {
  readonly state: State;
  readonly neverImpacted: boolean;
  readonly firstImpactMs: number | null;
  readonly mitigatedMs: number | null;
  readonly recoveredMs: number | null;
  readonly errorMs: number | null;
  readonly failedShare: number | null;
  readonly clauses: readonly ClauseJudgement[];
  readonly intervals: readonly GoodInterval[];
}

/** Failed share of the indicator's requests, or of its readings that are not right, over the whole run; null where there are none, as for a measure of spread. */
export function failedShareOf(condition: Condition, evidence: Evidence): number | null {
  let [failed, all] = [0, 0];
  if ('load' in condition) {
    for (const { rows } of evidence.seriesOf(condition.load)) {
      for (const { sums } of rows.values()) [failed, all] = [failed + sums.failed, all + sums.finished];
    }
  } else if ('reading' in condition) {
    const divisor = divisorOf(condition, evidence);
    const ok = evidence.readingsOf(condition.reading).flatMap((list) => list.filter(({ status }) => status === 'ok'));
    if (divisor !== undefined) [failed, all] = [ok.filter(({ value }) => !isRight(condition, value, divisor)).length, ok.length];
  }
  return all === 0 ? null : failed / all;
}

/** Worst first: broken, unknown, held. */
export function worstOf(states: readonly State[]): State {
  if (states.includes('broken')) return 'broken';
  return states.length === 0 || states.includes('unknown') ? 'unknown' : 'held';
}

function judgeBudget(share: number | null, budget: number): Judgement {
  if (share === null) return unknown('no samples');
  const seen = `${numberText(share * 100)}% failed`;
  return { state: share <= budget ? 'held' : 'broken', seen };
}

/** Every clause that the objective has, in the order of the language. */
function judgeClauses(
  objective: Objective,
  evidence: Evidence,
  context: ObjectiveContext,
  clock: FaultClock,
  indicator: ClauseContext | undefined,
) {
  const clauses: { judged: ClauseJudgement; condition: Condition | undefined }[] = [];
  const { good, during, since, after, budget } = objective;
  const { 'mitigated-within': mitigated, 'recovered-within': recovered } = objective;
  const push = (judged: ClauseJudgement, condition = good) => clauses.push({ judged, condition });
  const isBare = !(mitigated || recovered || during || since || after) && budget === undefined;
  if (indicator && (objective.throughout ?? isBare)) push(judgeThroughout(indicator));
  if (indicator && mitigated) push(judgeMitigated(indicator, mitigated.ms));
  if (indicator && recovered) push(judgeRecovered(indicator, recovered.ms));
  if (good && budget !== undefined) {
    const text = `at most ${numberText(budget * 100)}% failed over the whole run`;
    push({ clause: 'budget', text, ...judgeBudget(failedShareOf(good, evidence), budget) });
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

/** Says so where it was the generator's lag that left an indicator unknown. */
function blamingLag(
  { judged, condition }: { judged: ClauseJudgement; condition: Condition | undefined },
  evidence: Evidence,
  late: readonly LateSpan[],
): ClauseJudgement {
  const isOnInstants = judged.clause === 'throughout' || judged.clause === 'mitigated-within' || judged.clause === 'recovered-within';
  if (judged.state !== 'unknown' || !isOnInstants || !condition || !dependsOnLag(condition, evidence, late)) return judged;
  return { ...judged, seen: `${judged.seen}; the load generator was itself too late` };
}

const NOTHING = {
  neverImpacted: false,
  firstImpactMs: null,
  mitigatedMs: null,
  recoveredMs: null,
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
  if (!clock) {
    const blank: FaultClock = { askedAtMs: watchEndMs, inEffectAtMs: watchEndMs, endedAtMs: undefined, momentary: false };
    const indicator = timeline && { recovery: recoveryOf(timeline, blank, watchEndMs), clock: blank, windowMs: timeline.windowMs };
    const asked = judgeClauses(objective, evidence, context, blank, indicator);
    const clauses = asked.map(({ judged }) => ({
      ...judged,
      state: 'unknown' as const,
      seen: context.why ?? 'the fault never took effect',
    }));
    return { ...seen, state: 'unknown', clauses };
  }
  const recovery = timeline && recoveryOf(timeline, clock, watchEndMs);
  const indicator = timeline && recovery && { recovery, clock, windowMs: timeline.windowMs };
  const clauses = judgeClauses(objective, evidence, context, clock, indicator).map((each) => blamingLag(each, evidence, context.late));
  return {
    ...seen,
    state: worstOf(clauses.map(({ state }) => state)),
    neverImpacted: recovery?.neverImpacted ?? false,
    firstImpactMs: recovery?.firstImpactMs ?? null,
    mitigatedMs: recovery?.mitigatedMs ?? null,
    recoveredMs: recovery?.recoveredMs ?? null,
    clauses,
  };
}
