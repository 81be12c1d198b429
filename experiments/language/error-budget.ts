/**
 * The words of error budgets: the share that has to be good, the period it is meant over, and the windows in which a
 * burn-rate alert looks.
 */
import { z } from 'zod';
import { byMarker } from './choice.ts';
import { type Duration, duration } from './duration.ts';
import { share } from './names.ts';

/** A service level objective, a share below 1. */
export const slo = share
  .refine((value) => value < 1, { error: 'must be below 100%, else there is no budget to use; write it like 99.9%' })
  .describe('The share of requests that has to be good, like 99.9%; the rest is the budget.');

export const periodBudget = z.strictObject({
  slo,
  period: duration.describe('The period that the objective is meant over, like 30d.'),
  'at-most': share.describe("The share of the period's budget that this run may use."),
});
export type PeriodBudget = z.output<typeof periodBudget>;

/** A failed share, or a share of a period's error budget. */
export const budget = byMarker(
  'a budget',
  { slo: periodBudget },
  z
    .union([share, periodBudget])
    .meta({ id: 'budget', description: "Failed share of the requests, or {slo, period, at-most}: the share of a period's budget." }),
  share,
);

/** A pair of windows: the alert fires while the budget burns faster than `rate` in both. */
export const burnWindow = z
  .strictObject({
    rate: z.number().positive().describe('How many times faster than evenly over the period the budget may burn.'),
    over: duration.describe('The long window, which says that it matters.'),
    'and-over': duration.describe('The short window, which says that it still goes on.'),
  })
  .meta({ id: 'burn-window', description: 'A burn rate and the two windows in which it must be exceeded.' });
export type BurnWindow = z.output<typeof burnWindow>;

const HOUR_MS = 3_600_000;
const window = (rate: number, over: Duration, andOver: Duration): BurnWindow => ({ rate, over, 'and-over': andOver });

/** The two that page somebody in the Site Reliability Workbook, chapter 5, table 5-8: 2 % of 30 days' budget within 1 h, 5 % within 6 h. */
export const BURN_WINDOWS: readonly BurnWindow[] = [
  window(14.4, { ms: HOUR_MS }, { ms: HOUR_MS / 12 }),
  window(6, { ms: 6 * HOUR_MS }, { ms: HOUR_MS / 2 }),
];

/** The shortest window that a scale may leave. */
export const BURN_WINDOW_MS_MIN = 1000;
