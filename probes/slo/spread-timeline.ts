/**
 * When a measure of spread was good. A window slides along in steps of 100 ms, as for the load: the last bucket of the first window that is not good is
 * the first impact, and the first bucket of the last one is the last hit. Buckets do not speak for themselves here, so each edge is known within a window.
 */
import type { SpreadCondition } from '../../experiments/language/condition.ts';
import type { Evidence } from './evidence.ts';
import { type GoodInterval, type GoodState, type GoodTimeline, joinIntervals } from './good-intervals.ts';
import { evenErrors } from './instant.ts';
import { windowMsOf } from './judge-condition.ts';
import { spreadJudge } from './judge-spread.ts';
import { BUCKET_MS } from './load-cells.ts';

const STATES = { held: 'good', broken: 'not-good', unknown: 'unknown' } as const;

/** Buckets by the states of the windows of `length` buckets that begin at each: what a good window covers is good, save for the stretch of each run that is not. */
function paint(states: readonly GoodState[], length: number): GoodState[] {
  const painted = Array.from({ length: states.length === 0 ? 0 : states.length + length - 1 }, (): GoodState => 'unknown');
  states.forEach((state, first) => {
    if (state === 'good') painted.fill('good', first, first + length);
  });
  for (let first = 0; first < states.length; first += 1) {
    if (states[first] !== 'not-good') continue;
    let last = first;
    while (states[last + 1] === 'not-good') last += 1;
    const from = states[first - 1] === 'good' ? first + length - 1 : first;
    const to = states[last + 1] === 'good' ? last : last + length - 1;
    painted.fill('not-good', Math.min(from, to), Math.max(from, to) + 1);
    first = last;
  }
  return painted;
}

/** The timeline from 0 to `toMs`. What only windows cover in which the measure is not defined is unknown. */
export function spreadTimeline(condition: SpreadCondition, evidence: Evidence, toMs: number): GoodTimeline {
  const length = Math.ceil(windowMsOf(condition, evidence) / BUCKET_MS);
  const windowMs = length * BUCKET_MS;
  const windows = Math.max(0, Math.floor(toMs / BUCKET_MS) - length + 1);
  const judge = spreadJudge(condition, evidence);
  const states = Array.from({ length: windows }, (_, first): GoodState => {
    const fromMs = first * BUCKET_MS;
    return STATES[judge(fromMs, fromMs + windowMs).state];
  });
  const intervals = paint(states, length).map((state, bucket): GoodInterval => {
    return { fromMs: bucket * BUCKET_MS, toMs: (bucket + 1) * BUCKET_MS, state };
  });
  const endMs = intervals.findLast(({ state }) => state !== 'unknown')?.toMs ?? 0;
  return {
    intervals: joinIntervals(intervals, toMs),
    endMs,
    errorMs: windowMs,
    edges: evenErrors(windowMs),
    windowMs,
    settleMs: 2 * BUCKET_MS,
    rescuedMs: 0,
  };
}
