/**
 * PostgreSQL for the sql probe. The session is read-only, every statement is limited by the probe's own timeout, and the query goes by
 * the extended protocol, which takes a single statement.
 */
import { Socket } from 'node:net';
import pg from 'pg';
import { errorCode, errorText, lookFailed, systemFailed, untilAborted } from './failure-reading.ts';
import { type Address, keepConnection } from './kept-connection.ts';
import type { LookContext, OpenProbe, Reading } from './probe.ts';
import { rowReading, type SqlQuestion } from './sql-question.ts';

const PORT = 5432;
const USER = 'postgres';
const DATABASE = 'postgres';
const SQLSTATE = /^[0-9A-Z]{5}$/;
/** Classes of SQLSTATE (PostgreSQL's appendix A) that say that the file is wrong: authentication, catalogue, read-only, syntax and names. */
const OUR_MISTAKE = /^(28|3D|3F|25|42|22|0A)/;
const QUERY_CANCELED = '57014';
/** How long a goodbye may take before the socket is destroyed. */
const GOODBYE_MS_MAX = 500;

interface Session {
  readonly client: pg.Client;
  readonly socket: Socket;
}

async function dial(settings: SqlQuestion, address: Address, context: LookContext): Promise<Session> {
  const { port = PORT, user = USER, database = DATABASE, password } = settings;
  const socket = new Socket();
  const client = new pg.Client({
    ...('url' in address ? { connectionString: address.url } : { host: address.host, port, user, database, password }),
    stream: () => socket,
    connectionTimeoutMillis: context.timeoutMs,
    statement_timeout: Math.ceil(context.timeoutMs),
    options: '-c default_transaction_read_only=on',
    application_name: 'firedrill-probe',
  });
  client.on('error', () => {});
  const session = { client, socket };
  try {
    await untilAborted(context.signal, client.connect());
    return session;
  } catch (error) {
    drop(session);
    throw error;
  }
}

/** Says goodbye, and cuts the line soon after: a server that no longer answers must not hold anybody up. */
function drop({ client, socket }: Session): void {
  client.end().catch(() => {});
  setTimeout(() => socket.destroy(), GOODBYE_MS_MAX).unref();
}

function readRefusal(error: unknown): Reading | undefined {
  const code = errorCode(error) ?? '';
  if (!(error instanceof pg.DatabaseError) || !SQLSTATE.test(code)) return undefined;
  if (code === QUERY_CANCELED) return systemFailed(`timed out (${error.message})`);
  const text = `${error.message} (${code})`;
  return OUR_MISTAKE.test(code) ? lookFailed(text) : systemFailed(text);
}

function readBreak(error: unknown): string | undefined {
  const text = errorText(error);
  if (text === 'timeout expired') return 'timed out';
  return text.startsWith('Connection terminated') ? 'closed' : undefined;
}

async function look(client: pg.Client, query: string, signal: AbortSignal): Promise<Reading> {
  const question = { text: query, rowMode: 'array', queryMode: 'extended' } as const;
  const { rows } = await untilAborted(signal, client.query<unknown[]>(question));
  return rowReading(rows[0]);
}

export function openPostgres(settings: SqlQuestion): OpenProbe {
  return keepConnection({
    url: settings.url,
    dial: (address, context) => dial(settings, address, context),
    alive: ({ socket }) => socket.writable && socket.readable,
    look: ({ client }, { signal }) => look(client, settings.query, signal),
    readRefusal,
    readBreak,
    drop,
  });
}
