/** Durations as Compose writes them: `250ms`, `10s`, `1m30s`, `2h`. Inside firedrill a duration is `{ms}`, so that the unit travels with the number. */
import { z } from 'zod';

/** A length of time; `ms` may have a fraction. */
export interface Duration {
  readonly ms: number;
}

const UNIT_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const PART = /(\d+(?:\.\d+)?)(us|ms|s|m|h|d)/g;
export const DURATION_PATTERN = /^(?:\d+(?:\.\d+)?(?:us|ms|s|m|h|d))+$/;

/** Milliseconds in a duration text, or undefined when the text is none. */
export function parseDurationMs(text: string): number | undefined {
  if (!DURATION_PATTERN.test(text)) return undefined;
  return [...text.matchAll(PART)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ''] ?? Number.NaN), 0);
}

/** The shortest text for a length in ms: 90000 → `1m30s`, 250 → `250ms`, 1500 → `1.5s`. */
export function formatMs(ms: number): string {
  if (Math.abs(ms) < 1000) return `${Math.round(ms)}ms`;
  const minutes = Math.trunc(ms / 60_000);
  const seconds = Number(((ms - minutes * 60_000) / 1000).toFixed(1));
  if (minutes === 0) return `${seconds}s`;
  return seconds === 0 ? `${minutes}m` : `${minutes}m${seconds}s`;
}

const NOT_A_DURATION = 'is not a duration; write it like 250ms, 10s or 1m30s';

/** Zod schema of a duration: text in, `{ms}` out. */
export const duration = z
  .string({ error: NOT_A_DURATION })
  .regex(DURATION_PATTERN, { error: NOT_A_DURATION })
  .transform((text): Duration => ({ ms: parseDurationMs(text) ?? 0 }))
  .meta({ id: 'duration', description: 'A length of time: 250ms, 10s, 1m30s, 2h.' });
