/** Sessions with the PostgreSQL beside a program of ours. Each carries the operation's tag as its application_name, and lets no query run for long. */
import { Client } from 'pg';
import { z } from 'zod';
import { type Server, serverShape } from './server.ts';

/** Longest wait for a session, and for a query's answer. */
const CONNECT_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 25_000;

export const connectOrder = z.object({ do: z.literal('connect'), server: serverShape, tag: z.string() });

export interface Session {
  /** The first row, its columns by name; empty where there is none. */
  row(sql: string, values?: readonly unknown[]): Promise<Readonly<Record<string, unknown>>>;
  alive(): boolean;
  /** Rejects never; resolves when the connection is closed. */
  close(): Promise<void>;
}

/** What PostgreSQL answers as an error's code. */
export const CODE = { lockNotAvailable: '55P03', tooManyConnections: '53300' } as const;

export function codeOf(error: unknown): string | undefined {
  return z.object({ code: z.string() }).safeParse(error).data?.code;
}

export async function openSession(server: Server, tag: string): Promise<Session> {
  const client = new Client({
    host: '127.0.0.1',
    ...server,
    application_name: tag,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
  });
  let alive = true;
  const ended = () => {
    alive = false;
  };
  client.on('error', ended).on('end', ended);
  try {
    await client.connect();
  } catch (error) {
    client.end().catch(ended);
    throw error;
  }
  return {
    row: async (sql, values = []) => (await client.query(sql, [...values])).rows[0] ?? {},
    alive: () => alive,
    close: () => client.end().catch(ended),
  };
}

/** How many sessions carry the tag, the one that asks among them. */
export async function sessionsOf(session: Session, tag: string): Promise<number> {
  const { n } = await session.row('select count(*)::int as n from pg_stat_activity where starts_with(application_name, $1)', [tag]);
  return Number(n);
}
