/** Share of warm starts, and what keeping warm costs. */
import { finite, shareOf } from './amounts.ts';

const MS_PER_HOUR = 3_600_000;

/** warm / (warm + cold), 0 … 1. Undefined where nothing started. */
export function warmStartShare(warm: number, cold: number): number | undefined {
  return cold >= 0 ? shareOf(warm, warm + cold) : undefined;
}

/** What keeping instances warm costs in USD: Σ idle time × price of an instance-hour. Undefined where one is negative or no number. */
export function keepWarmCost(idleMs: readonly number[], usdPerHour: number): number | undefined {
  if (!(usdPerHour >= 0) || !idleMs.every((ms) => ms >= 0)) return undefined;
  return finite((idleMs.reduce((sum, ms) => sum + ms, 0) / MS_PER_HOUR) * usdPerHour);
}
