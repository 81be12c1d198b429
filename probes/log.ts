/**
 * Counts the lines of a container's log that match a pattern, or reads the last of them. Each look goes on where the
 * one before ended, by the engine's own time stamps, so that the whole log is never read twice nor kept. A container
 * that is gone is a reading; an engine that does not give its log in time is unknown.
 */
import { z } from 'zod';
import { pattern } from '../experiments/language/pattern.ts';
import { engineFailure, lookFailed, untilAborted } from './failure-reading.ts';
import { endAt, type LogPlace, newLines } from './log-place.ts';
import { defineProbe, type LookContext, type OpenProbe, type Reading } from './probe.ts';
import { type ReadingValue, textValue } from './reading-value.ts';

const settings = z.strictObject({
  pattern: pattern.describe('A regular expression; a line counts once, however often it matches.'),
  streams: z.enum(['both', 'stdout', 'stderr']).default('both').describe('Which of its outputs.'),
  since: z
    .union([z.enum(['first-look', 'ever']), z.iso.datetime({ offset: true })], {
      error: 'is not an instant; write first-look, ever, or one like 2026-01-31T12:00:00Z',
    })
    .default('first-look')
    .describe("first-look: what is written from the run's start on; ever: all that the log holds; or an instant, by the engine's clock."),
  read: z
    .enum(['count', 'last'])
    .default('count')
    .describe(
      'count: lines that matched so far; last: the first group of the last one that matched, or all of it, null before there is one.',
    ),
});
type Settings = z.output<typeof settings>;

function openLog({ pattern, streams, since, read }: Settings): OpenProbe {
  const matching = new RegExp(pattern);
  let containerId: string | undefined;
  let place: LogPlace | undefined;
  let count = 0;
  let last: ReadingValue = null;
  /** A look that was cut off may still be ending; the next one waits for it, so that no line counts twice. */
  let before: Promise<unknown> = Promise.resolve();

  const goOn = async ({ target, tools, signal }: LookContext & { readonly target: { readonly id: string } }): Promise<Reading> => {
    // The log of a container that was made anew is new from its first line on.
    if (containerId !== target.id && containerId !== undefined) place = { at: undefined, seen: 0 };
    containerId = target.id;
    const logOf = (stretch: { since?: string | undefined; tail?: number }) => tools.log(target.id, { ...stretch, streams }, signal);
    if (!place) place = since === 'first-look' ? await endAt(logOf({ tail: 1 })) : { at: since === 'ever' ? undefined : since, seen: 0 };
    for await (const { line, next } of newLines(logOf({ since: place.at }), place)) {
      place = next;
      const match = matching.exec(line.text);
      if (!match) continue;
      count += 1;
      last = textValue(match[1] ?? match[0]);
    }
    return { status: 'ok', value: read === 'count' ? count : last };
  };

  return {
    async look(context) {
      const { target, signal } = context;
      if (!target) return lookFailed('the log probe needs a target');
      const reading = before.then(() => goOn({ ...context, target }));
      before = reading.catch(() => {});
      try {
        return await untilAborted(signal, reading);
      } catch (error) {
        return engineFailure(error);
      }
    },
    close: async () => {},
  };
}

export const log = defineProbe({
  name: 'log',
  summary: "Counts the lines of a container's log that match a pattern, or reads the last of them.",
  settings,
  looks: { label: 'Log', colour: '#65a30d' },
  needsTarget: true,
  open: openLog,
});
