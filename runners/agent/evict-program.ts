/**
 * Runs in a Redis container's network namespace, from arming on: `look` counts the keys that match, `evict` evicts the
 * share. Each order is a line in, each answer a line of JSON out; it ends when its input ends. Keys are chosen anew at the cue,
 * because a cache changes between arming and inject; looking takes some 10 ms for 10,000 keys.
 *
 *   evict.mjs PORT PATTERN SHARE SEED
 */
import { createInterface } from 'node:readline';
import { createClient, RESP_TYPES } from 'redis';
import { chooseKeys } from './key-choice.ts';

/** Keys asked for in one SCAN. */
const SCAN_COUNT = 1000;
/** Keys of one UNLINK or EXISTS; all of them go out together. */
const BATCH_KEYS = 500;
/** Longest wait for a connection. */
const CONNECT_TIMEOUT_MS = 5_000;

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

async function main(): Promise<void> {
  const [port = '', pattern = '*', share = '0', seed = '0'] = process.argv.slice(2);
  const redis = clientOf(Number(port));
  redis.on('error', (error: unknown) => process.stderr.write(`${error}\n`));
  await redis.connect();
  answer({ keys: await redis.dbSize() });
  for await (const order of createInterface({ input: process.stdin })) {
    if (order === 'look') answer({ matched: (await scan(redis, pattern)).length });
    if (order === 'evict') answer(await evict(redis, chooseKeys(await scan(redis, pattern), Number(share), Number(seed))));
  }
  redis.destroy();
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
async function evict(redis: Client, choice: { readonly matched: number; readonly chosen: readonly Buffer[] }) {
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

function answer(said: unknown): void {
  process.stdout.write(`${JSON.stringify(said)}\n`);
}

await main();
