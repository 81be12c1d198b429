/**
 * Dials a port, and no more unless asked to: may say something, and wait for what it expects to hear. One fresh
 * connection a look. Refusals, resets, silence and other answers are readings (see failure-reading.ts).
 */
import { connect, type Socket } from 'node:net';
import { z } from 'zod';
import { pattern } from '../experiments/language/pattern.ts';
import { dialAddress } from './dial-address.ts';
import { readFailure, systemFailed, untilAborted } from './failure-reading.ts';
import { defineProbe, type LookContext, type Reading } from './probe.ts';
import { textValue } from './reading-value.ts';

/** Characters that are listened to for what is expected; who says more without saying that is not what was expected. */
export const ANSWER_CHARACTERS_MAX = 65_536;

const settings = z.strictObject({
  host: z.string().min(1).optional().describe("Where to dial instead of the target's first address."),
  port: z.int().min(1).max(65_535).describe('The port that is dialled.'),
  send: z.string().min(1).optional().describe('What is said once connected, as it is: "PING\\r\\n".'),
  expect: pattern.optional().describe('A regular expression that what is heard has to match in time; without it, connecting is enough.'),
  read: z
    .enum(['open', 'latency', 'answer'])
    .default('open')
    .describe(
      'open (true), latency (ms until connected, or until what is expected was heard), or answer (the first group of what was expected, or all of it).',
    ),
});
type Settings = z.output<typeof settings>;

/** What was heard as far as `expect` wanted it: null where nothing was wanted; a text where it was not what was expected. */
type Heard = { readonly match: RegExpExecArray | null } | { readonly wrong: string };

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('connect', resolve));
}

/** Listens until the pattern matches, the other side ends, or it has said too much. */
function hear(socket: Socket, expected: RegExp): Promise<Heard> {
  let heard = '';
  return new Promise((resolve) => {
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      heard = (heard + text).slice(0, ANSWER_CHARACTERS_MAX);
      const match = expected.exec(heard);
      if (match) resolve({ match });
      else if (heard.length === ANSWER_CHARACTERS_MAX)
        resolve({ wrong: `nothing in its first ${ANSWER_CHARACTERS_MAX} characters matches` });
    });
    socket.once('end', () => resolve({ wrong: heard === '' ? 'closed without a word' : `closed after '${heard.slice(0, 80)}'` }));
  });
}

function readHeard(read: Settings['read'], heard: Heard, tookMs: number): Reading {
  if ('wrong' in heard) return systemFailed(heard.wrong);
  if (read === 'latency') return { status: 'ok', value: Math.round(tookMs * 1000) / 1000 };
  if (read === 'open' || !heard.match) return { status: 'ok', value: true };
  return { status: 'ok', value: textValue(heard.match[1] ?? heard.match[0]) };
}

async function look({ port, send, expect, read, ...given }: Settings, { target, tools, signal }: LookContext): Promise<Reading> {
  const to = given.host === undefined ? dialAddress(target) : { host: given.host };
  if ('missing' in to) return to.missing;
  const startedMs = tools.nowMs();
  const socket = connect({ host: to.host, port });
  const failed = new Promise<never>((_, reject) => socket.on('error', reject));
  failed.catch(() => {});
  try {
    await untilAborted(signal, Promise.race([connected(socket), failed]));
    if (send !== undefined) socket.write(send);
    const hearing = expect === undefined ? { match: null } : hear(socket, new RegExp(expect));
    const heard = await untilAborted(signal, Promise.race([hearing, failed]));
    return readHeard(read, heard, tools.nowMs() - startedMs);
  } catch (error) {
    return readFailure(error, signal);
  } finally {
    socket.destroy();
  }
}

export const tcp = defineProbe({
  name: 'tcp',
  summary: 'Dials a port over a fresh connection; may say something, and expect a greeting or an answer.',
  settings,
  looks: { label: 'TCP', colour: '#0891b2' },
  needsTarget: ({ host }) => host === undefined,
  misfits: ({ expect, read }) =>
    read === 'answer' && expect === undefined
      ? [{ key: 'read', message: 'an answer is read that nothing is expected of', hint: 'add expect: with a regular expression' }]
      : [],
  open: (settings) => ({ look: (context) => look(settings, context), close: async () => {} }),
});
