/** By how much a measure fell: a peak with jitter against one without, requests per key with and without a lock. */
import { finite } from './amounts.ts';

/** (before − after) / before: 0.8 is 80 % lower, 0 the same, below 0 higher. Undefined where there was nothing before, or one of them is not finite. */
export function reduction(before: number, after: number): number | undefined {
  return before > 0 && after >= 0 && Number.isFinite(before) ? finite((before - after) / before) : undefined;
}
