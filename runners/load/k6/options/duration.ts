/** Durations as k6 takes them: `1m30s`, `1d2h`, or a number, which counts milliseconds. */
import { z } from 'zod';
import type { Duration } from '../../../../experiments/language/duration.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d)/g;
const WHOLE = /^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d))+$/;

/** ms in a duration of k6's; undefined where it is none. */
export function k6DurationMs(value: string | number): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined;
  const text = value.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  if (!WHOLE.test(text)) return undefined;
  return [...text.matchAll(PART)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ''] ?? Number.NaN), 0);
}

/** Zod schema: text or number in, `{ms}` out. */
export const k6Duration = z
  .union([z.string(), z.number()], { error: 'must be a duration like 30s or 1m30s' })
  .transform((value, context): Duration => {
    const ms = k6DurationMs(value);
    if (ms !== undefined) return { ms };
    context.addIssue({ code: 'custom', message: `must be a duration like 30s or 1m30s, not '${value}'` });
    return z.NEVER;
  });
