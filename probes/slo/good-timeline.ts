/** When an indicator was good, not good or unknown: one function over every kind of condition. */
import type { Condition } from '../../experiments/language/condition.ts';
import { burnTimeline } from './burn-timeline.ts';
import type { Evidence } from './evidence.ts';
import type { GoodTimeline } from './good-intervals.ts';
import { askedWindowMs } from './judge-condition.ts';
import { loadTimeline } from './load-timeline.ts';
import { readingTimeline } from './reading-timeline.ts';
import { spreadTimeline } from './spread-timeline.ts';

/** The indicator's timeline from the run's start to the end of the watch. */
export function goodTimeline(condition: Condition, evidence: Evidence, watchEndMs: number): GoodTimeline {
  const windowMs = askedWindowMs(condition);
  if ('burn' in condition) return burnTimeline(condition, evidence, watchEndMs);
  if ('spread' in condition) return spreadTimeline(condition, evidence, watchEndMs);
  if ('load' in condition) return loadTimeline(condition, evidence, watchEndMs, windowMs);
  return readingTimeline(condition, evidence, watchEndMs, windowMs);
}
