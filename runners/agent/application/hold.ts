/**
 * Holds sessions with the PostgreSQL beside it, so that there are fewer for others. Where as many as are free are to be held, it
 * takes those that others give back too. Sessions end with this program.
 */
import { z } from 'zod';
import { CODE, codeOf, connectOrder, openSession, type Session, sessionsOf } from './postgres.ts';

/** Between two looks for sessions that others gave back, and that were cut. */
const TOP_UP_EVERY_MS = 200;
/** More than any server is set to. */
const SESSIONS_MAX = 10_000;
/** Opened at the same time; each costs the server a process. */
const AT_ONCE = 16;

const orders = z.discriminatedUnion('do', [
  connectOrder.extend({ count: z.number().optional(), leave: z.number() }),
  z.object({ do: z.literal('hold') }),
  z.object({ do: z.literal('room') }),
  z.object({ do: z.literal('knock') }),
]);
type Connect = Extract<z.output<typeof orders>, { do: 'connect' }>;

/** Ordinary sessions: those that the server keeps for superusers are never taken, so that people get in. */
export interface Room {
  readonly max: number;
  readonly used: number;
  /** The one that looks among them. */
  readonly ours: number;
}

/** How many more sessions to open. */
export function missing({ max, used, ours }: Room, count: number | undefined, leave: number): number {
  const free = Math.max(0, max - used);
  return count === undefined ? Math.max(0, free - leave) : Math.min(Math.max(0, count - ours), free);
}

export function hold(): (order: unknown) => Promise<unknown> {
  let work: { asked: Connect; looker: Session } | undefined;
  const held: Session[] = [];
  return async (raw) => {
    const order = orders.parse(raw);
    if (order.do === 'connect') {
      work = { asked: order, looker: await openSession(order.server, `${order.tag}-looks`) };
      return roomOf(work.looker, order.tag);
    }
    if (!work) throw new Error('not connected');
    const { asked, looker } = work;
    if (order.do === 'room') return roomOf(looker, asked.tag);
    if (order.do === 'knock') return { refused: await isRefused(asked) };
    await topUp(asked, looker, held);
    const atNs = String(process.hrtime.bigint());
    void goOn(asked, looker, held);
    return { atNs };
  };
}

async function goOn(asked: Connect, looker: Session, held: Session[]): Promise<void> {
  while (looker.alive()) {
    await new Promise((resolve) => setTimeout(resolve, TOP_UP_EVERY_MS));
    await topUp(asked, looker, held).catch((error: unknown) => process.stderr.write(`${error}\n`));
  }
}

async function topUp({ server, tag, count, leave }: Connect, looker: Session, held: Session[]): Promise<void> {
  const wanted = Math.min(missing(await roomOf(looker, tag), count, leave), SESSIONS_MAX - held.length);
  let left = wanted;
  const open = async () => {
    while (left-- > 0) held.push(await openSession(server, tag));
  };
  // Somebody else may take the last one first.
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, wanted) }, open)).catch((error: unknown) => {
    left = 0;
    if (codeOf(error) !== CODE.tooManyConnections) throw error;
  });
}

async function roomOf(looker: Session, tag: string): Promise<Room> {
  const { max, used } = await looker.row(
    `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as max,
       (select count(*)::int from pg_stat_activity where datid is not null and coalesce(backend_type, 'client backend') = 'client backend') as used`,
  );
  return { max: Number(max), used: Number(used), ours: await sessionsOf(looker, tag) };
}

/** Whether one more session is refused; a superuser gets in all the same. */
async function isRefused({ server, tag }: Connect): Promise<boolean> {
  try {
    await (await openSession(server, `${tag}-knocks`)).close();
    return false;
  } catch (error) {
    if (codeOf(error) === CODE.tooManyConnections) return true;
    throw error;
  }
}
