/** Durations in options. */
import { z } from 'zod';
import type { Duration } from '../../../../experiments/language/duration.ts';
import { k6DurationMs } from '../modules/duration.ts';

/** Zod schema: text or number in, `{ms}` out. */
export const k6Duration = z
  .union([z.string(), z.number()], { error: 'must be a duration like 30s or 1m30s' })
  .transform((value, context): Duration => {
    const ms = k6DurationMs(value);
    if (ms !== undefined) return { ms };
    context.addIssue({ code: 'custom', message: `must be a duration like 30s or 1m30s, not '${value}'` });
    return z.NEVER;
  });
