/**
 * Holds a lock in the PostgreSQL beside it, in one session's transaction: it ends with the session, whatever ends that. A
 * witness in a session of its own tries what the lock is to keep others from.
 *
 *   connect ─▶ look (free) ─▶ lock ─▶ look (refused) ─▶ this program's end
 */
import { z } from 'zod';
import { CODE, codeOf, connectOrder, openSession, type Session } from './postgres.ts';

/** The server ends a locking session that was idle for this long, so that a frozen program holds nothing either. */
const IDLE_MS_MAX = 5_000;
const RENEW_EVERY_MS = 1_000;
/** How long the witness waits for its turn. */
const WITNESS_PATIENCE_MS = 200;

/** By the word in the settings: PostgreSQL's lock mode, and what a witness is refused while it is held. */
const TABLE_LOCKS = {
  all: { takes: 'access exclusive', refuses: 'access share' },
  writes: { takes: 'exclusive', refuses: 'row exclusive' },
} as const;

const orders = z.discriminatedUnion('do', [
  connectOrder.extend({ table: z.string(), rows: z.string().optional(), blocks: z.enum(['all', 'writes']), patienceMs: z.number() }),
  z.object({ do: z.literal('lock') }),
  z.object({ do: z.literal('look') }),
]);
type Connect = Extract<z.output<typeof orders>, { do: 'connect' }>;

interface Work {
  readonly asked: Connect;
  /** Quoted as SQL wants it. */
  readonly table: string;
  readonly holder: Session;
  readonly witness: Session;
}

export function lock(): (order: unknown) => Promise<unknown> {
  let work: Work | undefined;
  let pid = 0;
  return async (raw) => {
    const order = orders.parse(raw);
    if (order.do === 'connect') {
      work = await begin(order);
      pid = Number((await work.holder.row('select pg_backend_pid() as pid'))['pid']);
      return { matched: await rowsOf(work) };
    }
    if (!work) throw new Error('not connected');
    if (order.do === 'look') return { refused: await isRefused(work), ...(await blockedBy(work.witness, pid)) };
    const locked = await take(work);
    const { holder } = work;
    setInterval(() => holder.row('select 1').catch((error: unknown) => process.stderr.write(`${error}\n`)), RENEW_EVERY_MS);
    return { locked, atNs: String(process.hrtime.bigint()) };
  };
}

async function begin(asked: Connect): Promise<Work> {
  const holder = await openSession(asked.server, `${asked.tag}-holder`);
  const witness = await openSession(asked.server, `${asked.tag}-witness`);
  const { standby, found } = await witness.row('select pg_is_in_recovery() as standby, to_regclass($1)::text as found', [asked.table]);
  if (standby === true) throw new Error('it is a standby, which takes no such locks: choose the primary');
  if (typeof found !== 'string') throw new Error(`there is no table '${asked.table}' in its database '${asked.server.database}'`);
  await witness.row(`set lock_timeout = ${WITNESS_PATIENCE_MS}`);
  return { asked, table: found, holder, witness };
}

/** How many rows it is about; 1 where it is about the table. */
async function rowsOf({ asked, table, witness }: Work): Promise<number> {
  if (asked.rows === undefined) return 1;
  return Number((await witness.row(`select count(*)::int as n from ${table} where ${asked.rows}`))['n']);
}

/** Rows that the lock is on; 1 where it is on the table. */
async function take({ holder, asked, table }: Work): Promise<number> {
  await holder.row('begin');
  await holder.row(`set local lock_timeout = ${Math.round(asked.patienceMs)}`);
  await holder.row(`set local idle_in_transaction_session_timeout = ${IDLE_MS_MAX}`);
  try {
    if (asked.rows === undefined) {
      await holder.row(`lock table ${table} in ${TABLE_LOCKS[asked.blocks].takes} mode`);
      return 1;
    }
    const { n } = await holder.row(`select count(*)::int as n from (select 1 from ${table} where ${asked.rows} for update) locked`);
    return Number(n);
  } catch (error) {
    await holder.close();
    if (codeOf(error) !== CODE.lockNotAvailable) throw error;
    throw new Error(`others hold ${table}, and did not let go of it within ${Math.round(asked.patienceMs)} ms`);
  }
}

/** The witness takes what an ordinary query would take, and gives it back at once. */
async function isRefused({ witness, asked, table }: Work): Promise<boolean> {
  await witness.row('begin');
  try {
    if (asked.rows === undefined) await witness.row(`lock table ${table} in ${TABLE_LOCKS[asked.blocks].refuses} mode`);
    else await witness.row(`select 1 from ${table} where ${asked.rows} limit 1 for update`);
    return false;
  } catch (error) {
    if (codeOf(error) === CODE.lockNotAvailable) return true;
    throw error;
  } finally {
    await witness.row('rollback');
  }
}

/** How many sessions stand behind the lock just then. */
async function blockedBy(witness: Session, pid: number): Promise<{ readonly blocked: number }> {
  const { n } = await witness.row('select count(*)::int as n from pg_stat_activity where $1 = any(pg_blocking_pids(pid))', [pid]);
  return { blocked: Number(n) };
}
