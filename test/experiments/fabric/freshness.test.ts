import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCopy } from '../../../experiments/fabric/services/cache.ts';
import { ageMs, freshForMs, isStale, lagAtReadMs } from '../../../experiments/fabric/services/freshness.ts';

const TENTH = { ttlMs: 900_000, jitter: 0.1 };
const copy = { body: { title: 'a film' }, version: 7, readAtMs: 10_000, asOfMs: 9_800, freshUntilMs: 20_000 };

test('an answer is stale when the replica was more than the limit behind at the read, and not at the limit', () => {
  assert.equal(isStale({ ...copy, asOfMs: 8000 }, 'read', 2000), false);
  assert.equal(isStale({ ...copy, asOfMs: 7999 }, 'read', 2000), true);
});

test('a copy from a replica that was behind stays stale when it is served from the cache', () => {
  assert.equal(isStale({ ...copy, asOfMs: 4000 }, 'hit', 2000), true);
  assert.equal(isStale(copy, 'hit', 2000), false);
});

test('a copy that is served because nobody can be asked is stale, however fresh it was', () => {
  assert.equal(isStale(copy, 'kept', 2000), true);
});

test('age counts from the primary’s state that the copy shows, and is never negative', () => {
  assert.equal(ageMs(copy, 12_000), 2200);
  assert.equal(ageMs(copy, 9000), 0);
  assert.equal(lagAtReadMs({ ...copy, asOfMs: 10_050 }), 0);
});

test('copies made together end at different times, within a tenth of their time to live', () => {
  assert.equal(freshForMs(false, TENTH, 1000, 0), 810_000);
  assert.equal(freshForMs(false, TENTH, 1000, 1), 990_000);
  assert.equal(freshForMs(false, { ttlMs: 20_000, jitter: 0.5 }, 1000, 0.25), 15_000);
});

test('without jitter they end together', () => {
  for (const random of [0, 0.3, 1]) assert.equal(freshForMs(false, { ttlMs: 20_000, jitter: 0 }, 1000, random), 20_000);
});

test('a copy from a replica that is behind lives a second at most, and no longer than any other', () => {
  assert.equal(freshForMs(true, TENTH, 1000, 1), 1000);
  assert.equal(freshForMs(true, { ttlMs: 500, jitter: 0.1 }, 1000, 1), 500);
});

test('a copy survives its way through the cache, and what is no copy is none', () => {
  assert.deepEqual(parseCopy(JSON.stringify(copy)), copy);
  assert.equal(parseCopy('{"body":{},"version":1}'), undefined);
  assert.equal(parseCopy('7'), undefined);
});
