import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadThrough, type ReadThroughOptions, Unavailable } from '../../../experiments/fabric/services/read-through.ts';
import { FakeRegion } from './fake-region.ts';

const TTL_MS = 900_000;

interface Setting extends Partial<Pick<ReadThroughOptions, 'staleServing' | 'random'>> {
  readonly withMutex?: boolean;
}

/** A region with a database whose lag tests set, and a service that reads through to it. */
function makeService({ withMutex = true, ...options }: Setting = {}) {
  const region = new FakeRegion();
  const database = { reads: 0, lagMs: 100, gone: false };
  const service = () =>
    new ReadThrough({
      prefix: 'manifest',
      cache: region.cache,
      read: async (name) => {
        database.reads += 1;
        await region.sleep(150);
        if (database.gone) throw new Error('connection refused');
        if (name === 'unheard-of') return undefined;
        return { body: { title: name }, version: database.reads, asOfMs: region.nowMs - database.lagMs };
      },
      life: { ttlMs: TTL_MS, jitter: 0.1 },
      keepMs: 86_400_000,
      behindMs: 1000,
      staleAfterMs: 2000,
      staleServing: true,
      mutex: withMutex ? region.process().mutex : undefined,
      now: () => region.nowMs,
      random: () => 0.5,
      ...options,
    });
  const passing = async <Value>(work: Promise<Value>, ms = 200): Promise<Value> => {
    work.catch(() => undefined);
    await region.pass(ms);
    return work;
  };
  return { region, database, service, passing };
}

test('a miss reads, a hit does not, and both are fresh', async () => {
  const { database, service, passing } = makeService();
  const videos = service();
  assert.deepEqual(await passing(videos.serve('video-1')).then((served) => [served?.cache, served?.stale]), ['miss', false]);
  assert.deepEqual(await passing(videos.serve('video-1')).then((served) => [served?.cache, served?.stale]), ['hit', false]);
  assert.equal(database.reads, 1);
});

test('fifty misses on one key in two processes cost one read with the mutex', async () => {
  const { database, service, passing } = makeService();
  const both = [service(), service()];
  await passing(Promise.all(Array.from({ length: 50 }, (_, index) => both[index % 2]?.serve('video-1'))));
  assert.equal(database.reads, 1);
});

test('fifty misses on one key cost fifty reads without the mutex', async () => {
  const { database, service, passing } = makeService({ withMutex: false });
  const both = [service(), service()];
  await passing(Promise.all(Array.from({ length: 50 }, (_, index) => both[index % 2]?.serve('video-1'))));
  assert.equal(database.reads, 50);
});

test('a replica that is behind is answered for, marked stale, and asked again a second later', async () => {
  const { region, database, service, passing } = makeService();
  database.lagMs = 6000;
  const videos = service();
  assert.equal((await passing(videos.serve('video-1')))?.stale, true);
  database.lagMs = 100;
  await region.pass(1000);
  assert.equal((await passing(videos.serve('video-1')))?.stale, false);
});

test('a replica that is behind is unavailable without stale serving', async () => {
  const { database, service, passing } = makeService({ staleServing: false });
  database.lagMs = 6000;
  await assert.rejects(
    passing(service().serve('video-1')),
    (error) => error instanceof Unavailable && /2000 ms behind/.test(error.message),
  );
});

test('a copy within its time is served while the replica is behind, with or without stale serving', async () => {
  for (const staleServing of [true, false]) {
    const { database, service, passing } = makeService({ staleServing });
    const videos = service();
    await passing(videos.serve('video-1'));
    database.lagMs = 6000;
    assert.deepEqual(await passing(videos.serve('video-1')).then((served) => [served?.cache, served?.stale]), ['hit', false]);
  }
});

test('a copy past its time is served, marked stale, while the replica is gone', async () => {
  const { region, database, service, passing } = makeService();
  const videos = service();
  await passing(videos.serve('video-1'));
  await region.pass(TTL_MS * 1.2);
  database.gone = true;
  assert.equal((await passing(videos.serve('video-1')))?.stale, true);
});

test('a copy past its time is not served without stale serving', async () => {
  const { region, database, service, passing } = makeService({ staleServing: false });
  const videos = service();
  await passing(videos.serve('video-1'));
  await region.pass(TTL_MS * 1.2);
  database.gone = true;
  await assert.rejects(passing(videos.serve('video-1')), Unavailable);
});

test('nothing can be served where the replica is gone and there was never a copy', async () => {
  const { database, service, passing } = makeService();
  database.gone = true;
  await assert.rejects(
    passing(service().serve('video-1')),
    (error) => error instanceof Unavailable && /no copy of manifest:video-1/.test(error.message),
  );
});

test('what the database does not know is not found, and not an error', async () => {
  const { service, passing } = makeService();
  assert.equal(await passing(service().serve('unheard-of')), undefined);
});

test('while the cache is gone answers still come, from the replica', async () => {
  const { region, database, service, passing } = makeService();
  region.cacheIsGone = true;
  const videos = service();
  assert.equal((await passing(videos.serve('video-1')))?.cache, 'miss');
  assert.equal((await passing(videos.serve('video-1')))?.cache, 'miss');
  assert.equal(database.reads, 2);
});

test('what is kept in bulk lives as long as it is told to, and ends together only without jitter', async () => {
  const { region, database, service, passing } = makeService({ random: () => 1 });
  const videos = service();
  const found = { body: {}, version: 1, asOfMs: region.nowMs };
  await videos.keep('video-1', found, { ttlMs: 20_000, jitter: 0 });
  await videos.keep('video-2', found, { ttlMs: 20_000, jitter: 0.5 });
  await region.pass(21_000);
  assert.equal((await passing(videos.serve('video-1')))?.cache, 'miss');
  assert.equal((await passing(videos.serve('video-2')))?.cache, 'hit');
  assert.equal(database.reads, 1);
});
