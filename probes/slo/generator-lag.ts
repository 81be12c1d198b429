/**
 * What a load generator that was itself too late leaves of a judgement on latency. Requests that it sent late and answers that it read
 * late can only make latency look worse: what was good stays good, and what was not good counts only where the lag cannot explain it.
 * Nothing else that is judged depends on it.
 */
import type { Condition, LoadCondition } from '../../experiments/language/condition.ts';
import type { Aggregate } from '../../experiments/language/threshold.ts';
import type { Evidence } from './evidence.ts';
import { type GoodInterval, type GoodState, type GoodTimeline, joinIntervals } from './good-intervals.ts';
import { goodTimeline } from './good-timeline.ts';
import { judgeCondition } from './judge-condition.ts';
import { isLatency } from './judge-load.ts';
import { isSpreadOfLatency } from './judge-spread.ts';
import { type Judgement, unknown } from './judgement.ts';

/** A time in which the generator was too late: in sending and in reading the answer together by no more than `lagMs` for 99 % of the requests. */
export interface LateSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly lagMs: number;
}

/** What the generator said of itself at an instant, of the time since it said so last. */
interface LagFacts {
  readonly atMs: number;
  readonly lagP99Ms: number;
  readonly eventLoopDelayP99Ms: number;
  readonly limited: boolean;
}

/** The generator tells of itself about once a second. Its lag also reaches back, to when late requests were due. */
export function lateSpansOf(facts: readonly LagFacts[]): readonly LateSpan[] {
  return facts.flatMap(({ limited, atMs, lagP99Ms, eventLoopDelayP99Ms }, index) => {
    const sinceMs = facts[index - 1]?.atMs ?? 0;
    // An answer that is there waits for the event loop until it is read.
    const lagMs = lagP99Ms + eventLoopDelayP99Ms;
    return limited ? [{ fromMs: sinceMs - lagMs, toMs: atMs, lagMs }] : [];
  });
}

/** The percentile that an aggregation is, with the most lagging 1 % of the requests left out of it; undefined where it is none. */
export function withoutLaggards({ aggregation, percentile }: Aggregate): { aggregation: 'p'; percentile: number } | undefined {
  const whole = { med: 50, max: 100, p: percentile }[String(aggregation)];
  return whole === undefined ? undefined : { aggregation: 'p', percentile: Math.max(0, whole - 1) };
}

/**
 * The condition that is broken only if this one would have been without lag. At most 1 % of the requests lagged by more
 * than `lagMs`; so where p(N − 1) is beyond bound + lag, more than 100 − N % were beyond the bound by themselves.
 */
function beyondLag(condition: LoadCondition, lagMs: number): LoadCondition {
  const { threshold } = condition;
  return { ...condition, threshold: { ...threshold, ...withoutLaggards(threshold), bound: threshold.bound + lagMs } };
}

export function overlapping(late: readonly LateSpan[], fromMs: number, toMs: number): readonly LateSpan[] {
  return late.filter((span) => span.fromMs < toMs && span.toMs > fromMs);
}

/** 0 where there is none. */
export function worstLag(late: readonly LateSpan[]): number {
  return Math.max(0, ...late.map(({ lagMs }) => lagMs));
}

/** True where more is worse, so that lag can only harm. How far regions lie apart it may change either way. */
function isUpperBound(condition: Condition): condition is LoadCondition {
  return 'load' in condition && condition.threshold.operator.startsWith('<');
}

/** True where the generator's lag bears on this condition at all. */
export function dependsOnLag(condition: Condition, evidence: Evidence, late: readonly LateSpan[]): boolean {
  if (late.length === 0 || 'reading' in condition || 'burn' in condition) return false;
  return 'spread' in condition ? isSpreadOfLatency(condition, evidence) : isLatency(condition.load.metric, evidence);
}

/** What `judge` says of the condition, with nothing held against the system that the lag of these spans may have done. */
export function despiteLag<Judged extends Condition>(
  condition: Judged,
  evidence: Evidence,
  spans: readonly LateSpan[],
  judge: (condition: Judged | LoadCondition) => Judgement,
): Judgement {
  const judged = judge(condition);
  if (!dependsOnLag(condition, evidence, spans) || judged.state === 'unknown') return judged;
  const certain = isUpperBound(condition) && (judged.state === 'held' || judge(beyondLag(condition, worstLag(spans))).state === 'broken');
  return certain ? judged : unknown(`${judged.seen}; the load generator was itself late by ${Math.round(worstLag(spans))} ms`);
}

/** judgeCondition, with nothing held against the system that the lag may have done. */
export function judgeDespiteLag(
  condition: Condition,
  evidence: Evidence,
  fromMs: number,
  toMs: number,
  late: readonly LateSpan[],
): Judgement {
  return despiteLag(condition, evidence, overlapping(late, fromMs, toMs), (each) => judgeCondition(each, evidence, fromMs, toMs));
}

function stateAt(intervals: readonly GoodInterval[], atMs: number): GoodState {
  return intervals.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)?.state ?? 'unknown';
}

/** goodTimeline, where stretches whose badness the lag may explain are unknown. A window reaches into late spans from its own length around them. */
export function timelineDespiteLag(condition: Condition, evidence: Evidence, watchEndMs: number, late: readonly LateSpan[]): GoodTimeline {
  const timeline = goodTimeline(condition, evidence, watchEndMs);
  if (!dependsOnLag(condition, evidence, late)) return timeline;
  const reach = late.map(({ fromMs, toMs, lagMs }) => ({ fromMs: fromMs - timeline.windowMs, toMs: toMs + timeline.windowMs, lagMs }));
  const beyond = isUpperBound(condition) ? goodTimeline(beyondLag(condition, worstLag(late)), evidence, watchEndMs).intervals : [];
  const all = [...timeline.intervals, ...beyond, ...reach].flatMap(({ fromMs, toMs }) => [fromMs, toMs]);
  const edges = [...new Set([0, ...all, watchEndMs])].filter((ms) => ms >= 0 && ms <= watchEndMs).sort((one, other) => one - other);
  const intervals = edges.slice(0, -1).map((fromMs, index): GoodInterval => {
    const toMs = edges[index + 1] ?? watchEndMs;
    const state = stateAt(timeline.intervals, fromMs);
    const isCertain = state === 'good' ? isUpperBound(condition) : stateAt(beyond, fromMs) === 'not-good';
    return { fromMs, toMs, state: overlapping(reach, fromMs, toMs).length === 0 || isCertain ? state : 'unknown' };
  });
  return { ...timeline, intervals: joinIntervals(intervals, watchEndMs) };
}
