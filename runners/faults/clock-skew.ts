/** A clock that is wrong: certificates expire early, tokens are from the future, and caches never grow old. */
import { z } from 'zod';
import { formatMs, parseDurationMs } from '../../experiments/language/duration.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

/** A smaller skew could not be told from the time that looking takes. */
const OFFSET_MS_MIN = 5_000;
const OFFSET_MS_MAX = 3_650 * 24 * 3_600_000;

const settings = z.strictObject({
  offset: z
    .string()
    .refine((text) => Math.abs(offsetMsOf(text) ?? 0) >= OFFSET_MS_MIN && Math.abs(offsetMsOf(text) ?? 0) <= OFFSET_MS_MAX, {
      error: 'is no offset; write it like +1h, -90s or +30d: 5s to 3650d either way',
    })
    .describe('How far the clock goes ahead (`+1h`) or back (`-90s`): 5s to 3650d.'),
  url: z
    .url({ protocol: /^https?$/, error: 'is not an http or https URL' })
    .optional()
    .describe(
      'A page of the target, as seen from inside it, whose answers carry a Date: the running service then proves its clock itself.',
    ),
});

export const clockSkew = defineFault({
  name: 'clock-skew',
  summary:
    'Skews the wall clock of processes that were started under libfaketime with FAKETIME_TIMESTAMP_FILE. It reaches no others, no static or Go programs, and not the kernel.',
  provenBy: 'the clock that a fresh process in the container reads, and the `Date` of the service’s answers where its URL is given',
  settings,
  looks: { label: 'clock skewed', colour: '#6e2c00', lane: 'application' },
  undoneBy: 'agent',
  lasting: true,
  plan: ({ offset, url }, { targets }) => ({
    operations: targets.map((target) => ({
      op: 'skew',
      container: reference(target),
      offsetMs: offsetMsOf(offset) ?? 0,
      ...(url === undefined ? {} : { url }),
    })),
    effects: targets.map(
      (target) =>
        `${target.name}: the clock of its processes under libfaketime goes ${formatMs(Math.abs(offsetMsOf(offset) ?? 0))} ${offset.startsWith('-') ? 'back' : 'ahead'}`,
    ),
  }),
  judgeProof: (_settings, results) => judgeEvery(results, { skewMs: 'least' }),
});

function offsetMsOf(text: string): number | undefined {
  const ms = /^[+-]/.test(text) ? parseDurationMs(text.slice(1)) : undefined;
  return ms === undefined ? undefined : text.startsWith('-') ? -ms : ms;
}
