import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WHOLE } from '../../../../runners/load/executors/executor.ts';
import { seedFor, shareAmong } from '../../../../runners/load/generator/share.ts';

test('a scenario with fewer virtual users than processes is shared by so many processes', () => {
  assert.deepEqual(shareAmong(2, { index: 0, of: 3 }), { index: 0, of: 2 });
  assert.deepEqual(shareAmong(2, { index: 1, of: 3 }), { index: 1, of: 2 });
  assert.equal(shareAmong(2, { index: 2, of: 3 }), undefined);
  assert.deepEqual(shareAmong(100, { index: 2, of: 3 }), { index: 2, of: 3 });
});

test('each process draws by a seed of its own, the only one by the run’s', () => {
  assert.equal(seedFor(42, WHOLE), 42);
  const seeds = Array.from({ length: 20 }, (_, index) => seedFor(42, { index, of: 20 }));
  assert.equal(new Set(seeds).size, 20);
  assert.deepEqual(
    seeds,
    Array.from({ length: 20 }, (_, index) => seedFor(42, { index, of: 20 })),
  );
});
