import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Copy } from '../../../experiments/fabric/services/cache.ts';
import { MutexTimeout } from '../../../experiments/fabric/services/mutex.ts';
import { FakeRegion } from './fake-region.ts';

const KEY = 'manifest:video-1';

function copyAt(nowMs: number): Copy {
  return { body: {}, version: 1, readAtMs: nowMs, asOfMs: nowMs, freshUntilMs: nowMs + 900_000 };
}

/** A read that takes `ms`, keeps its copy, and counts itself. */
function reader(region: FakeRegion, ms: number) {
  const reads = { begun: 0, done: 0 };
  const read = async () => {
    reads.begun += 1;
    await region.sleep(ms);
    const copy = copyAt(region.nowMs);
    await region.cache.set(KEY, copy, 900_000);
    reads.done += 1;
    return copy;
  };
  return { reads, read, arrived: () => region.cache.get(KEY) };
}

test('a hundred who ask one process for one key share one read', async () => {
  const region = new FakeRegion();
  const { mutex } = region.process();
  const { reads, read, arrived } = reader(region, 150);
  const all = Promise.all(Array.from({ length: 100 }, () => mutex.once(KEY, arrived, read)));
  await region.pass(200);
  assert.equal(new Set(await all).size, 1);
  assert.equal(reads.begun, 1);
});

test('two processes share one read, and the one that waited has the copy of the other', async () => {
  const region = new FakeRegion();
  const { reads, read, arrived } = reader(region, 150);
  const first = region.process().mutex.once(KEY, arrived, read);
  const second = region.process().mutex.once(KEY, arrived, read);
  await region.pass(200);
  assert.deepEqual(await second, await first);
  assert.equal(reads.begun, 1);
});

test('different keys are read side by side', async () => {
  const region = new FakeRegion();
  const { mutex } = region.process();
  const { reads, read } = reader(region, 150);
  const nothing = async () => undefined;
  const all = Promise.all([mutex.once('manifest:video-1', nothing, read), mutex.once('manifest:video-2', nothing, read)]);
  await region.pass(151);
  await all;
  assert.equal(reads.done, 2);
});

test('a holder that dies in the middle of its read is followed by a waiter within its lease', async () => {
  const region = new FakeRegion();
  const { reads, read, arrived } = reader(region, 150);
  const holder = region.process();
  void holder.mutex.once(KEY, arrived, () => new Promise(() => undefined));
  await region.pass(600);
  holder.die();
  const diedAtMs = region.nowMs;
  const waiter = region.process().mutex.once(KEY, arrived, read);
  await region.pass(1200);
  assert.equal(reads.begun, 0, 'the lease is honoured while it may still be the holder’s');
  await region.pass(500);
  assert.ok(((await waiter)?.readAtMs ?? 0) > diedAtMs);
  assert.equal(reads.begun, 1);
});

test('a read that is slower than the lease keeps it, as long as its process lives', async () => {
  const region = new FakeRegion();
  const { reads, read, arrived } = reader(region, 5000);
  const first = region.process().mutex.once(KEY, arrived, read);
  const second = region.process().mutex.once(KEY, arrived, read);
  await region.pass(5100);
  await Promise.all([first, second]);
  assert.equal(reads.begun, 1);
});

test('a waiter gives up when its turn does not come, and says for how long it has waited', async () => {
  const region = new FakeRegion();
  const { read, arrived } = reader(region, 150);
  void region.process().mutex.once(KEY, arrived, () => new Promise(() => undefined));
  await region.pass(10);
  const waiter = assert.rejects(
    region.process().mutex.once(KEY, arrived, read),
    (error) => error instanceof MutexTimeout && /6000 ms/.test(error.message),
  );
  await region.pass(6100);
  await waiter;
});

test('a failed read gives the lease back, so that the next one may try at once', async () => {
  const region = new FakeRegion();
  const { mutex } = region.process();
  const { reads, read, arrived } = reader(region, 150);
  await assert.rejects(
    mutex.once(KEY, arrived, () => Promise.reject(new Error('the replica is gone'))),
    /the replica is gone/,
  );
  const next = region.process().mutex.once(KEY, arrived, read);
  await region.pass(151);
  await next;
  assert.equal(reads.done, 1);
});

test('without a cache each process reads for itself, still once a key', async () => {
  const region = new FakeRegion();
  region.cacheIsGone = true;
  let reads = 0;
  const read = async () => {
    reads += 1;
    await region.sleep(150);
    return copyAt(region.nowMs);
  };
  const nothing = async () => undefined;
  const [one, other] = [region.process().mutex, region.process().mutex];
  const all = Promise.all([one, one, other, other].map((mutex) => mutex.once(KEY, nothing, read)));
  await region.pass(200);
  await all;
  assert.equal(reads, 2);
});
