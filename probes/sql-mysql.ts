/**
 * MySQL and MariaDB for the sql probe. The session is read-only, every statement is limited by the probe's own timeout, and a
 * query is a single statement, since the client asks for no others.
 */
import type { Connection, QueryError } from 'mysql2';
import { z } from 'zod';
import { lookFailed, systemFailed, untilAborted } from './failure-reading.ts';
import { type Address, keepConnection } from './kept-connection.ts';
import type { LookContext, OpenProbe, Reading } from './probe.ts';
import { rowReading, type SqlQuestion } from './sql-question.ts';

const PORT = 3306;
const USER = 'root';
/** Classes of SQLSTATE that say that the file is wrong: authentication, catalogue, read-only, syntax, names and values. */
const OUR_MISTAKE = /^(28|3D|25|42|22|21|0A)/;
/** A statement that took longer than it may: MySQL's ER_QUERY_TIMEOUT, MariaDB's ER_STATEMENT_TIMEOUT. */
const TOOK_TOO_LONG: ReadonlySet<number> = new Set([3024, 1969]);
/** What the client itself says of a connection that broke. */
const BROKEN: Readonly<Record<string, string>> = { PROTOCOL_CONNECTION_LOST: 'closed', PROTOCOL_SEQUENCE_TIMEOUT: 'timed out' };

/** What the server itself answered; its own numbers begin at 1000. */
const refusal = z.object({ errno: z.number().min(1000), sqlState: z.string(), message: z.string() });
const coded = z.object({ code: z.string() });
const rows = z.array(z.array(z.unknown()));

interface Session {
  readonly connection: Connection;
  readonly isOver: () => boolean;
}

/** Asks one statement; rows are lists. */
function ask(connection: Connection, sql: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.query({ sql, rowsAsArray: true }, (error: QueryError | null, answer: unknown) => (error ? reject(error) : resolve(answer)));
  });
}

function connected(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())));
}

/** What a session may do: read, and for so long. The two call their limit differently, in seconds and in ms. */
async function limit(connection: Connection, timeoutMs: number): Promise<void> {
  await ask(connection, 'SET SESSION TRANSACTION READ ONLY');
  const [[version] = []] = rows.parse(await ask(connection, 'SELECT VERSION()'));
  const isMariadb = String(version).includes('MariaDB');
  await ask(
    connection,
    isMariadb ? `SET SESSION max_statement_time = ${timeoutMs / 1000}` : `SET SESSION max_execution_time = ${Math.ceil(timeoutMs)}`,
  );
}

async function dial(settings: SqlQuestion, address: Address, { signal, timeoutMs }: LookContext): Promise<Session> {
  const { port = PORT, user = USER, database, password } = settings;
  // Loaded where it is wanted alone, since that takes a fifth of a second.
  const { createConnection } = await import('mysql2');
  const connection = createConnection({
    ...('url' in address ? { uri: address.url } : { host: address.host, port, user }),
    ...('url' in address || database === undefined ? {} : { database }),
    ...('url' in address || password === undefined ? {} : { password }),
    connectTimeout: Math.ceil(timeoutMs),
    supportBigNumbers: true,
    dateStrings: true,
  });
  let isOver = false;
  connection.on('error', () => {
    isOver = true;
  });
  connection.on('end', () => {
    isOver = true;
  });
  try {
    await untilAborted(
      signal,
      connected(connection).then(() => limit(connection, timeoutMs)),
    );
    return { connection, isOver: () => isOver };
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

function readRefusal(error: unknown): Reading | undefined {
  const { data } = refusal.safeParse(error);
  if (!data) return undefined;
  if (TOOK_TOO_LONG.has(data.errno)) return systemFailed(`timed out (${data.message})`);
  const text = `${data.message} (${data.errno})`;
  return OUR_MISTAKE.test(data.sqlState) ? lookFailed(text) : systemFailed(text);
}

function readBreak(error: unknown): string | undefined {
  return BROKEN[coded.safeParse(error).data?.code ?? ''];
}

export function openMysql(settings: SqlQuestion): OpenProbe {
  return keepConnection({
    url: settings.url,
    dial: (address, context) => dial(settings, address, context),
    alive: ({ isOver }) => !isOver(),
    look: async ({ connection }, { signal }) => rowReading(rows.parse(await untilAborted(signal, ask(connection, settings.query)))[0]),
    readRefusal,
    readBreak,
    drop: ({ connection }) => connection.destroy(),
  });
}
