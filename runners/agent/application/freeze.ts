/**
 * Freezes the Redis beside it by CLIENT PAUSE, a short lease at a time: it is renewed while this program lives, so that a Redis
 * whose agent died thaws by itself within the lease.
 *
 *   connect ─▶ look (a witness is answered) ─▶ freeze ─▶ look (it is not) ─▶ thaw
 */
import { z } from 'zod';
import { openRedisLine, type RedisLine } from './redis-line.ts';

/** One pause; also the longest that a Redis stays frozen after this program died. */
export const PAUSE_LEASE_MS = 3_000;
const RENEW_EVERY_MS = 1_000;

const mode = z.enum(['all', 'write']);
const orders = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('connect'),
    port: z.number(),
    user: z.string().optional(),
    password: z.string().optional(),
    mode,
    tag: z.string(),
  }),
  z.object({ do: z.literal('freeze') }),
  /** Waits this long for the witness. */
  z.object({ do: z.literal('look'), withinMs: z.number() }),
  z.object({ do: z.literal('thaw') }),
]);
type Connect = z.output<typeof orders> & { do: 'connect' };

interface Lines {
  readonly asked: Connect;
  /** Pauses, renews and ends it. */
  readonly hand: RedisLine;
  /** An ordinary client, which sees what the others see. */
  readonly witness: RedisLine;
}

export function freeze(): (order: unknown) => Promise<unknown> {
  let lines: Lines | undefined;
  let renewal: NodeJS.Timeout | undefined;
  let waiting: Promise<number> | undefined;
  const pauseOnce = ({ hand, asked }: Lines) =>
    hand.send('CLIENT', 'PAUSE', String(PAUSE_LEASE_MS), ...(asked.mode === 'all' ? [] : ['WRITE']));

  const serve: Readonly<Record<Exclude<z.output<typeof orders>['do'], 'connect'>, (to: Lines, withinMs: number) => Promise<unknown>>> = {
    async freeze(to) {
      // Sent together, so that the monitoring connection is told nothing of what others do.
      const monitoring = to.asked.mode === 'all' ? to.hand.send('MONITOR') : undefined;
      const pausing = pauseOnce(to);
      await Promise.all([monitoring, pausing]);
      renewal = setInterval(() => pauseOnce(to).catch((error: unknown) => process.stderr.write(`${error}\n`)), RENEW_EVERY_MS);
      return { atNs: String(process.hrtime.bigint()) };
    },
    async look({ witness, asked }, withinMs) {
      const askedMs = performance.now();
      // One question at a time: the next look goes on waiting for the answer that is owed.
      waiting ??= ask(witness, asked).then(() => performance.now());
      const answeredMs = await Promise.race([waiting, new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), withinMs))]);
      if (answeredMs !== undefined) waiting = undefined;
      const reads = asked.mode === 'write' && answeredMs === undefined ? await readsGoOn(asked, withinMs) : undefined;
      return answeredMs === undefined
        ? { silentMs: performance.now() - askedMs, reads }
        : { answeredMs: Math.max(0, answeredMs - askedMs) };
    },
    async thaw({ hand }) {
      clearInterval(renewal);
      // Before version 6.2 Redis cannot be told; the lease runs out instead.
      const told = await hand.send('CLIENT', 'UNPAUSE').then(
        () => true,
        () => false,
      );
      const atNs = String(process.hrtime.bigint());
      hand.close();
      return { told, atNs };
    },
  };

  return async (raw) => {
    const order = orders.parse(raw);
    if (order.do === 'connect') {
      lines = { asked: order, hand: await open(order), witness: await open(order) };
      return {};
    }
    if (!lines) throw new Error('not connected');
    return serve[order.do](lines, order.do === 'look' ? order.withinMs : 0);
  };
}

async function open({ port, user, password }: Connect): Promise<RedisLine> {
  const line = await openRedisLine(port);
  if (password !== undefined) await line.send('AUTH', ...(user === undefined ? [] : [user]), password);
  return line;
}

/** What a frozen Redis keeps waiting and what changes nothing: PING, or a message on a channel of our own that nobody hears. */
function ask(line: RedisLine, { mode, tag }: Connect): Promise<string> {
  return mode === 'all' ? line.send('PING') : line.send('PUBLISH', tag, '');
}

/** Where only writes wait, another client's PING is answered; on the witness it would wait behind its write. */
async function readsGoOn(asked: Connect, withinMs: number): Promise<boolean> {
  const line = await open(asked);
  const answered = line.send('PING').then(
    () => true,
    () => false,
  );
  const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), withinMs));
  const so = await Promise.race([answered, late]);
  line.close();
  return so;
}
