/** Pauses and resumes the replay of a PostgreSQL standby beside it, and tells how far it has come. */
import { z } from 'zod';
import { connectOrder, openSession, type Session } from './postgres.ts';

/** From this version on the server says whether replay really stands, and not only that it was asked to. */
const VERSION_WITH_STATE = 140_000;

const orders = z.discriminatedUnion('do', [
  connectOrder,
  z.object({ do: z.literal('pause') }),
  z.object({ do: z.literal('resume') }),
  z.object({ do: z.literal('look') }),
]);

export function replay(): (order: unknown) => Promise<unknown> {
  let session: Session | undefined;
  let knowsState = false;
  return async (raw) => {
    const order = orders.parse(raw);
    if (order.do === 'connect') {
      session = await openSession(order.server, order.tag);
      const { version } = await session.row("select current_setting('server_version_num')::int as version");
      knowsState = Number(version) >= VERSION_WITH_STATE;
    }
    if (!session) throw new Error('not connected');
    if (order.do === 'pause') await session.row('select pg_wal_replay_pause()');
    // One that was promoted meanwhile has nothing to resume.
    if (order.do === 'resume') await session.row('select case when pg_is_in_recovery() then pg_wal_replay_resume() end');
    return look(session, knowsState);
  };
}

/** Positions in bytes of WAL. */
async function look(session: Session, knowsState: boolean) {
  const state = knowsState
    ? 'pg_get_wal_replay_pause_state()'
    : "case when pg_is_wal_replay_paused() then 'pause requested' else 'not paused' end";
  const { standby } = await session.row('select pg_is_in_recovery() as standby');
  if (standby !== true) return { standby: false, state: 'not paused', received: 0, replayed: 0 };
  const seen = await session.row(
    `select ${state} as state, (coalesce(pg_last_wal_receive_lsn(), '0/0') - '0/0')::float8 as received, (coalesce(pg_last_wal_replay_lsn(), '0/0') - '0/0')::float8 as replayed`,
  );
  return { standby: true, ...seen, atNs: String(process.hrtime.bigint()) };
}
