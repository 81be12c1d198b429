/**
 * Asks a Redis one reading command over a connection that is kept between looks. Commands that could change anything are
 * refused while the file is checked: probes look, they never touch.
 */
import {
  ClientClosedError,
  ConnectionTimeoutError,
  createClient,
  DisconnectsClientError,
  ErrorReply,
  SocketClosedUnexpectedlyError,
} from 'redis';
import { z } from 'zod';
import { lookFailed, systemFailed, untilAborted } from './failure-reading.ts';
import { type Address, keepConnection } from './kept-connection.ts';
import { defineProbe, type LookContext, type Reading } from './probe.ts';
import { textValue, toValue } from './reading-value.ts';
import { isReadingCommand, READING_COMMANDS } from './redis-commands.ts';

const settings = z.strictObject({
  url: z
    .url({ protocol: /^rediss?$/, error: 'is not a redis:// address' })
    .optional()
    .describe("Where to dial instead of the target's first address."),
  port: z.int().min(1).max(65_535).default(6379),
  username: z.string().optional(),
  password: z.string().optional(),
  database: z.int().min(0).default(0),
  command: z
    .array(z.coerce.string())
    .min(1)
    .refine(isReadingCommand, { error: `is not a command that only reads; allowed are ${[...READING_COMMANDS].join(', ')}` })
    .default(['PING'])
    .describe('The command and its arguments, as a list; its reply is the value.'),
  field: z.string().optional().describe('Reads one `field:value` line of the reply, as INFO writes them.'),
});
type Settings = z.output<typeof settings>;

/** Replies that say that we were not let in: our settings are wrong, the system is not. */
const NOT_LET_IN = /^(NOAUTH|WRONGPASS|NOPERM)\b|^ERR (AUTH|unknown command|wrong number of arguments|syntax error)/;

async function dial(settings: Settings, address: Address, context: LookContext) {
  const { username, password, database } = settings;
  const limits = { connectTimeout: context.timeoutMs, reconnectStrategy: false } as const;
  const client = createClient({
    RESP: 2,
    disableClientInfo: true,
    database,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...('url' in address ? { url: address.url, socket: limits } : { socket: { host: address.host, port: settings.port, ...limits } }),
  });
  client.on('error', () => {});
  try {
    await untilAborted(context.signal, client.connect());
    return client;
  } catch (error) {
    client.destroy();
    throw error;
  }
}

function readReply(reply: unknown, field: string | undefined): Reading {
  if (field === undefined) return { status: 'ok', value: toValue(reply) };
  const line = String(reply)
    .split(/\r?\n/)
    .find((each) => each.startsWith(`${field}:`));
  return line === undefined
    ? systemFailed(`no field ${field} in the reply`)
    : { status: 'ok', value: textValue(line.slice(field.length + 1)) };
}

function readRefusal(error: unknown): Reading | undefined {
  if (!(error instanceof ErrorReply)) return undefined;
  return NOT_LET_IN.test(error.message) ? lookFailed(error) : systemFailed(error.message);
}

function readBreak(error: unknown): string | undefined {
  if (error instanceof ConnectionTimeoutError) return 'timed out';
  const closed =
    error instanceof SocketClosedUnexpectedlyError || error instanceof DisconnectsClientError || error instanceof ClientClosedError;
  return closed ? 'closed' : undefined;
}

export const redis = defineProbe({
  name: 'redis',
  summary: 'Asks a Redis a command that only reads (default PING); the reply is the value.',
  settings,
  looks: { label: 'Redis', colour: '#dc2626' },
  needsTarget: ({ url }) => url === undefined,
  open: (settings) =>
    keepConnection({
      url: settings.url,
      dial: (address, context) => dial(settings, address, context),
      alive: (client) => client.isReady,
      look: async (client, { signal }) =>
        readReply(await untilAborted(signal, client.sendCommand<unknown>(settings.command)), settings.field),
      readRefusal,
      readBreak,
      drop: (client) => client.destroy(),
    }),
});
