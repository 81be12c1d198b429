/** Judges what an objective's indicator may use up over a whole run: a failed share, or a share of a period's error budget. */
import type { Condition, ReadingCondition } from '../../experiments/language/condition.ts';
import type { Objective } from '../../experiments/language/experiment.ts';
import type { MetricSelector } from '../../experiments/language/threshold.ts';
import { judgePeriodBudget, periodBudgetText } from './error-budget.ts';
import type { Evidence } from './evidence.ts';
import { divisorOf, isRight } from './judge-reading.ts';
import { type Judgement, numberText, unknown } from './judgement.ts';
import { BUCKET_MS } from './load-cells.ts';

type Budget = NonNullable<Objective['budget']>;

/** The requests that a condition counts; undefined where it counts none. */
function selectorOf(condition: Condition): MetricSelector | undefined {
  if ('burn' in condition) return condition.burn;
  return 'load' in condition ? condition.load : undefined;
}

/** From the first bucket in which requests were due to the end of the last one, in ms; 0 without any. */
function loadLengthMs(selector: MetricSelector, evidence: Evidence): number {
  const due = evidence.seriesOf(selector).flatMap(({ rows }) => {
    return [...rows].flatMap(([bucket, { sums }]) => (Math.max(sums.planned, sums.finished) > 0 ? [bucket] : []));
  });
  const [first, last] = due.reduce(([least, most], bucket) => [Math.min(least, bucket), Math.max(most, bucket)], [Infinity, -1]);
  return due.length === 0 ? 0 : (last + 1 - first) * BUCKET_MS;
}

/** From the first look of a probe to its last one, in ms; 0 where there are not two. */
function watchedLengthMs(condition: ReadingCondition, evidence: Evidence): number {
  const stamps = evidence
    .readingsOf(condition.reading)
    .flatMap((list) => list.flatMap(({ status, atMs }) => (status === 'ok' ? [atMs] : [])));
  const [first, last] = stamps.reduce(([least, most], atMs) => [Math.min(least, atMs), Math.max(most, atMs)], [Infinity, -Infinity]);
  return Math.max(0, last - first);
}

/** How long the indicator was told of, in ms. */
function lengthMsOf(condition: Condition, evidence: Evidence): number {
  const selector = selectorOf(condition);
  if (selector) return loadLengthMs(selector, evidence);
  return 'reading' in condition ? watchedLengthMs(condition, evidence) : 0;
}

/** Failed share of the indicator's requests, or of its readings that are not right, over the whole run; null where there are none, as for a measure of spread. */
export function failedShareOf(condition: Condition, evidence: Evidence): number | null {
  const selector = selectorOf(condition);
  let [failed, all] = [0, 0];
  if (selector) {
    for (const { rows } of evidence.seriesOf(selector)) {
      for (const { sums } of rows.values()) [failed, all] = [failed + sums.failed, all + sums.finished - sums.givenUp];
    }
  } else if ('reading' in condition) {
    const divisor = divisorOf(condition, evidence);
    const ok = evidence.readingsOf(condition.reading).flatMap((list) => list.filter(({ status }) => status === 'ok'));
    if (divisor !== undefined) [failed, all] = [ok.filter(({ value }) => !isRight(condition, value, divisor)).length, ok.length];
  }
  return all === 0 ? null : failed / all;
}

/**
 * Judges a budget on the indicator that `good` is about: of requests by how many failed, of a probe by how long it was not right, as far as its looks
 * tell. What is not there uses up nothing and proves nothing.
 */
export function judgeBudget(good: Condition, budget: Budget, evidence: Evidence): Judgement {
  const share = failedShareOf(good, evidence);
  if (share === null) return unknown('no samples');
  if (typeof budget === 'number') return { state: share <= budget ? 'held' : 'broken', seen: `${numberText(share * 100)}% failed` };
  const lengthMs = lengthMsOf(good, evidence);
  return lengthMs > 0 ? judgePeriodBudget(budget, share, lengthMs) : unknown('a single look has no length');
}

/** A budget as its author would write it on one line. */
export function budgetText(budget: Budget): string {
  return typeof budget === 'number' ? `at most ${numberText(budget * 100)}% failed over the whole run` : periodBudgetText(budget);
}
