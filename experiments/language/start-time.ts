/** When a scenario starts: at a time of the run, or with what happens in it, `fault+5s`, `undo+5s`, `fault:blackout+5s`. */
import { z } from 'zod';
import { parseDurationMs } from './duration.ts';

/** What a start may wait for: a fault is in effect by its proof, or it is undone. */
export interface Moment {
  readonly of: 'fault' | 'undo';
  /** The name of the fault; the first of the method where there is none. */
  readonly fault?: string | undefined;
}

/** `ms` from the start of the run, or from the moment that it waits for. */
export interface StartTime {
  readonly ms: number;
  readonly after?: Moment | undefined;
}

const START_PATTERN = /^(fault|undo)(?::([A-Za-z0-9][A-Za-z0-9_.-]*))?(?:\+(\S+))?$/;
const NOT_A_START = 'is not a start; write a duration, like 10s, or fault+5s, undo+5s, fault:NAME+5s';

/** Undefined where the text is none. */
export function parseStartTime(text: string): StartTime | undefined {
  const match = START_PATTERN.exec(text);
  const ms = parseDurationMs(match ? (match[3] ?? '0s') : text);
  if (ms === undefined || !match) return ms === undefined ? undefined : { ms };
  return { ms, after: { of: match[1] === 'undo' ? 'undo' : 'fault', ...(match[2] === undefined ? {} : { fault: match[2] }) } };
}

export const startTime = z
  .string({ error: NOT_A_START })
  .transform((text, context): StartTime => {
    const parsed = parseStartTime(text);
    if (parsed) return parsed;
    context.addIssue({ code: 'custom', message: NOT_A_START });
    return z.NEVER;
  })
  .meta({ id: 'start', description: 'A duration from the start of the run, or from a fault: fault+5s, undo+5s, fault:NAME+5s.' });

/** The text that it is parsed from. */
export function momentText({ of, fault }: Moment): string {
  return fault === undefined ? of : `${of}:${fault}`;
}
