import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberIn, seedFor, shareAmong, shareOf, WHOLE } from '../../../../runners/load/pacing/share.ts';

test('shares meet nowhere and leave nothing out', () => {
  for (const all of [0, 1, 2, 3, 10, 101]) {
    for (const count of [1, 2, 3, 8]) {
      const numbers = Array.from({ length: count }, (_, index) => {
        const share = { index, count };
        return Array.from({ length: shareOf(all, share) }, (__, n) => numberIn(share, n));
      }).flat();
      assert.deepEqual(
        numbers.sort((one, other) => one - other),
        Array.from({ length: all }, (_, number) => number),
        `${all} among ${count}`,
      );
    }
  }
});

test('a scenario with fewer virtual users than processes is shared by so many processes', () => {
  assert.deepEqual(shareAmong(2, { index: 0, count: 3 }), { index: 0, count: 2 });
  assert.deepEqual(shareAmong(2, { index: 1, count: 3 }), { index: 1, count: 2 });
  assert.equal(shareAmong(2, { index: 2, count: 3 }), undefined);
  assert.deepEqual(shareAmong(100, { index: 2, count: 3 }), { index: 2, count: 3 });
});

test('each process draws by a seed of its own, the only one by the run’s', () => {
  assert.equal(seedFor(42, WHOLE), 42);
  const seeds = Array.from({ length: 20 }, (_, index) => seedFor(42, { index, count: 20 }));
  assert.equal(new Set(seeds).size, 20);
  assert.deepEqual(
    seeds,
    Array.from({ length: 20 }, (_, index) => seedFor(42, { index, count: 20 })),
  );
});
