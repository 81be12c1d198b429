/**
 * Error budgets and how fast they burn, as defined in "The Site Reliability Workbook" (Beyer, Murphy, Rensin, Kawahara, Thorne;
 * O'Reilly 2018), chapter 5, "Alerting on SLOs". All shares are 0–1.
 */
import { formatMs } from '../../experiments/language/duration.ts';
import type { PeriodBudget } from '../../experiments/language/error-budget.ts';
import { type Judgement, numberText, sloText } from './judgement.ts';

const DAY_MS = 86_400_000;

/** Burn rate = error ratio / (1 − SLO): 1 uses up the budget exactly over the period. At 99.9 %, 1 % of errors burn at 10. */
export function burnRate(errorRatio: number, slo: number): number {
  return errorRatio / (1 - slo);
}

/**
 * Share of the period's budget that a stretch used: burn rate × length / period. At 99.9 % of 30 days, an hour at a burn rate of
 * 14.4 uses 2 %, six hours at 6 use 5 %. It stands on the load going on at the same rate through the period.
 */
export function budgetUsed(errorRatio: number, slo: number, lengthMs: number, periodMs: number): number {
  return (burnRate(errorRatio, slo) * lengthMs) / periodMs;
}

/**
 * How long an alert takes to fire, from the first error on, after a past without errors: (1 − SLO) / error ratio × window × burn
 * rate. At 99.9 %, a total outage fires the window of 1 h at 14.4 after 51.84 s.
 */
export function firesAfterMs(errorRatio: number, slo: number, windowMs: number, rate: number): number {
  return (rate * windowMs) / burnRate(errorRatio, slo);
}

/** A long period in days, where it is one of whole days. */
function periodText(ms: number): string {
  return ms >= DAY_MS && ms % DAY_MS === 0 ? `${ms / DAY_MS}d` : formatMs(ms);
}

/** Judges the share of a period's budget that requests used of which `errorRatio` failed within `lengthMs`. */
export function judgePeriodBudget(budget: PeriodBudget, errorRatio: number, lengthMs: number): Judgement {
  const { slo, period, 'at-most': most } = budget;
  const used = budgetUsed(errorRatio, slo, lengthMs, period.ms);
  const burnt = `${numberText(errorRatio * 100)}% failed in ${formatMs(lengthMs)}, a burn rate of ${numberText(burnRate(errorRatio, slo))}`;
  const seen = `${numberText(used * 100)}% of the budget of ${periodText(period.ms)} used: ${burnt}`;
  return { state: used <= most ? 'held' : 'broken', seen, value: used };
}

/** A period's budget as its author would write it on one line. */
export function periodBudgetText({ slo, period, 'at-most': most }: PeriodBudget): string {
  return `at most ${numberText(most * 100)}% of the budget of ${periodText(period.ms)} at ${sloText(slo)}`;
}
