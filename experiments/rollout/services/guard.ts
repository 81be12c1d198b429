/**
 * Whether a new build fails more often than the old one, by the two-proportion z-test with the pooled share (NIST/SEMATECH e-Handbook, 7.3.3).
 * Pure.
 */

/** Answers of a build since the rollout began. */
export interface Served {
  readonly all: number;
  readonly failed: number;
}

/** The z above which it is rolled back. One look in forty is above it by chance; the guard looks every second, so by chance it happens more often. */
export const Z_MAX = 1.96;
/** With fewer failures the test's approximation says nothing, and nobody is rolled back for bad luck. */
const FAILURES_MIN = 5;

/** NaN where there is nothing to compare. */
export function zOf(before: Served, after: Served): number {
  const pooled = (before.failed + after.failed) / (before.all + after.all);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / before.all + 1 / after.all));
  return (after.failed / after.all - before.failed / before.all) / deviation;
}

export function isWorse(before: Served, after: Served): boolean {
  return after.failed >= FAILURES_MIN && zOf(before, after) > Z_MAX;
}
