/**
 * Evicts keys of the Redis beside it: `connect`, then `look` counts the keys that match, and `evict` evicts the share. Keys are
 * chosen anew at the cue, because a cache changes between arming and inject; looking takes some 10 ms for 10,000 keys.
 */
import { createClient, RESP_TYPES } from 'redis';
import { z } from 'zod';
import { chooseKeys } from './key-choice.ts';

/** Keys asked for in one SCAN. */
const SCAN_COUNT = 1000;
/** Keys of one UNLINK or EXISTS; all of them go out together. */
const BATCH_KEYS = 500;
/** Longest wait for a connection. */
const CONNECT_TIMEOUT_MS = 5_000;

const orders = z.discriminatedUnion('do', [
  z.object({ do: z.literal('connect'), port: z.number(), pattern: z.string(), share: z.number(), seed: z.number() }),
  z.object({ do: z.literal('look') }),
  z.object({ do: z.literal('evict') }),
]);

/** Keys are bytes: as text, one that is not UTF-8 could not be named again. */
function clientOf(port: number) {
  return createClient({
    RESP: 2,
    socket: { host: '127.0.0.1', port, connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false },
  }).withTypeMapping({
    [RESP_TYPES.BLOB_STRING]: Buffer,
  });
}
type Client = ReturnType<typeof clientOf>;

export function evict(): (order: unknown) => Promise<unknown> {
  let work: { redis: Client; pattern: string; share: number; seed: number } | undefined;
  return async (raw) => {
    const order = orders.parse(raw);
    if (order.do === 'connect') {
      const { port, ...rest } = order;
      const redis = clientOf(port);
      redis.on('error', (error: unknown) => process.stderr.write(`${error}\n`));
      await redis.connect();
      work = { redis, ...rest };
      return { keys: await redis.dbSize() };
    }
    if (!work) throw new Error('not connected');
    const { redis, pattern, share, seed } = work;
    const keys = await scan(redis, pattern);
    return order.do === 'look' ? { matched: keys.length } : evictKeys(redis, chooseKeys(keys, share, seed));
  };
}

/** SCAN may tell a key twice. */
async function scan(redis: Client, pattern: string): Promise<readonly Buffer[]> {
  const found = new Map<string, Buffer>();
  let cursor = '0';
  do {
    const page = await redis.scan(cursor, { MATCH: pattern, COUNT: SCAN_COUNT });
    cursor = String(page.cursor);
    for (const key of page.keys) found.set(key.toString('latin1'), key);
  } while (cursor !== '0');
  return [...found.values()];
}

/** All of it goes out in one write, so that nothing of ours stands between the evictions, and keys are counted before they are refilled. */
async function evictKeys(redis: Client, choice: { readonly matched: number; readonly chosen: readonly Buffer[] }) {
  const batches = Array.from({ length: Math.ceil(choice.chosen.length / BATCH_KEYS) }, (_, index) =>
    choice.chosen.slice(index * BATCH_KEYS, (index + 1) * BATCH_KEYS),
  );
  const startedNs = process.hrtime.bigint();
  const [keysBefore, unlinked, keysAfter, there] = await Promise.all([
    redis.dbSize(),
    Promise.all(batches.map((keys) => redis.unlink(keys))),
    redis.dbSize(),
    Promise.all(batches.map((keys) => redis.exists(keys))),
  ]);
  const atNs = process.hrtime.bigint();
  return {
    matched: choice.matched,
    chosen: choice.chosen.length,
    evicted: sum(unlinked),
    keysBefore,
    keysAfter,
    thereAgain: sum(there),
    tookMs: Number(atNs - startedNs) / 1e6,
    atNs: String(atNs),
  };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
