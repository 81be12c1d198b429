/**
 * One judgement of one condition over one stretch of time: the function that hypothesis, stop conditions and objectives
 * are all judged by, live and afterwards alike. It gives the same answer whenever all that the stretch holds has arrived.
 */
import type { Condition } from '../../experiments/language/condition.ts';
import { judgeBurn } from './burn-alert.ts';
import type { Evidence } from './evidence.ts';
import { judgeLoad } from './judge-load.ts';
import { judgeReading } from './judge-reading.ts';
import { isOfReadings, judgeSpread } from './judge-spread.ts';
import { type Judgement, unknown } from './judgement.ts';
import { BUCKET_MS } from './load-cells.ts';
import { typicalSpacing } from './spacing.ts';

/** Length of the window where a condition doesn't say. */
export const WINDOW_MS = 1000;

/** Length of the window that a condition asks for. An alert has windows of its own and is asked for the instant at which they end. */
export function askedWindowMs(condition: Condition): number {
  return 'burn' in condition ? BUCKET_MS : (condition.over?.ms ?? WINDOW_MS);
}

/** A judge that throws says nothing. */
export function guarded(judge: () => Judgement): Judgement {
  try {
    return judge();
  } catch (error) {
    return unknown(`could not be judged: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Judges over [fromMs, toMs) on the run's clock. What cannot be judged, a judge that throws included, is unknown. */
export function judgeCondition(condition: Condition, evidence: Evidence, fromMs: number, toMs: number): Judgement {
  return guarded(() => {
    if ('spread' in condition) return judgeSpread(condition, evidence, fromMs, toMs);
    if ('burn' in condition) return judgeBurn(condition, evidence, fromMs, toMs);
    return 'load' in condition ? judgeLoad(condition, evidence, fromMs, toMs) : judgeReading(condition, evidence, fromMs, toMs);
  });
}

/** Length of the window that a condition is judged over. */
export function windowMsOf(condition: Condition, evidence: Evidence): number {
  const overMs = askedWindowMs(condition);
  if ('load' in condition || 'burn' in condition || ('spread' in condition && !isOfReadings(condition, evidence))) return overMs;
  const probe = 'spread' in condition ? condition.spread.of : condition.reading;
  return Math.max(overMs, ...evidence.readingsOf(probe).map((list) => 2 * typicalSpacing(list)));
}

/**
 * Judges over the window that ends at `nowMs`, as hypothesis and stop conditions do. A window on readings is at least
 * two of the probe's intervals long, so that a whole look always fits in.
 */
export function judgeLatest(condition: Condition, evidence: Evidence, nowMs: number): Judgement {
  return judgeCondition(condition, evidence, nowMs - windowMsOf(condition, evidence), nowMs);
}
