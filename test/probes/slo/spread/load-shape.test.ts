import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { originRequestsPerKey } from '../../../../probes/slo/spread/origin-requests.ts';
import { retryRate } from '../../../../probes/slo/spread/retries.ts';
import { keepWarmCost, warmStartShare } from '../../../../probes/slo/spread/warm-starts.ts';
import { draws, NO_AMOUNTS, near, shuffled } from './drawn.ts';

describe('origin requests per key', () => {
  it('are all requests by all keys that were missing, those nobody asked for too', () => {
    const byKey = new Map([
      ['a', 1],
      ['b', 17],
      ['c', 0],
      ['d', 2],
    ]);
    assert.deepEqual(originRequestsPerKey(byKey), { perKey: 5, worstKey: 'b', worst: 17 });
  });

  it('are 1 with one read for each key, and all in one where one key takes them all', () => {
    assert.equal(
      originRequestsPerKey(
        new Map([
          ['a', 1],
          ['b', 1],
        ]),
      )?.perKey,
      1,
    );
    assert.deepEqual(originRequestsPerKey(new Map([['a', 40]])), { perKey: 40, worstKey: 'a', worst: 40 });
  });

  it('are 0 where keys were missing and nobody asked, but undefined where no key was missing', () => {
    assert.equal(originRequestsPerKey(new Map([['a', 0]]))?.perKey, 0);
    for (const counts of NO_AMOUNTS)
      assert.equal(originRequestsPerKey(new Map(counts.map((count, index) => [`key-${index}`, count]))), undefined);
  });

  it('of any keys lie between the least and the most, in whatever order', () => {
    for (const { random, amounts } of draws(16)) {
      const entries = amounts.map((amount, index) => [`key-${index}`, amount] as const);
      const found = originRequestsPerKey(new Map(entries));
      assert.ok(found && found.perKey >= Math.min(...amounts) && found.perKey <= found.worst && found.worst === Math.max(...amounts));
      assert.equal(originRequestsPerKey(new Map(shuffled(entries, random)))?.worstKey, found.worstKey);
    }
  });
});

describe('retry rate', () => {
  it('is 4 times the load with three instant retries of everything, and 10 % extra with a budget of as much', () => {
    assert.deepEqual(retryRate(500, 2000, 30_000), { retries: 1500, amplification: 4, perRequest: 3, perMinute: 3000 });
    near(retryRate(1000, 1100, 60_000)?.perRequest, 0.1);
  });

  it('is 0 without retries', () => {
    assert.deepEqual(retryRate(10, 10, 1000), { retries: 0, amplification: 1, perRequest: 0, perMinute: 0 });
  });

  it('is undefined without requests or time, and with fewer attempts than requests', () => {
    for (const [requests, attempts, overMs] of [
      [0, 0, 1000],
      [10, 9, 1000],
      [10, 10, 0],
      [Number.NaN, 10, 1000],
      [10, Number.NaN, 1000],
      [10, Number.POSITIVE_INFINITY, 1000],
      [10, 20, Number.POSITIVE_INFINITY],
    ] as const)
      assert.equal(retryRate(requests, attempts, overMs), undefined, `${requests} ${attempts} ${overMs}`);
  });
});

describe('share of warm starts', () => {
  it('is warm of all, 0 where all are cold, 1 where all are warm', () => {
    assert.equal(warmStartShare(30, 10), 0.75);
    assert.equal(warmStartShare(0, 10), 0);
    assert.equal(warmStartShare(10, 0), 1);
  });

  it('is undefined where nothing started, or a number is none', () => {
    for (const [warm, cold] of [
      [0, 0],
      [-1, 2],
      [2, -1],
      [Number.NaN, 1],
      [1, Number.NaN],
      [1, Number.POSITIVE_INFINITY],
    ] as const)
      assert.equal(warmStartShare(warm, cold), undefined);
  });

  it('costs the idle hours: two instances for 90 minutes each at 0.04 USD', () => {
    near(keepWarmCost([5_400_000, 5_400_000], 0.04), 0.12);
    assert.equal(keepWarmCost([], 0.04), 0);
    for (const [idleMs, price] of [
      [-1, 1],
      [Number.NaN, 1],
      [1, Number.NaN],
      [Number.POSITIVE_INFINITY, 1],
    ] as const)
      assert.equal(keepWarmCost([idleMs], price), undefined);
  });
});
