import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../../../runners/load/pacing/random.ts';
import { AliasTable } from '../../../../runners/load/requests/alias-table.ts';

test('one seed and name give the same numbers, another seed or name gives others', () => {
  const draw = (seed: number, name: string) => {
    const random = createRandom(seed, name);
    return Array.from({ length: 50 }, () => random.next());
  };
  assert.deepEqual(draw(1, 'a'), draw(1, 'a'));
  assert.notDeepEqual(draw(1, 'a'), draw(2, 'a'));
  assert.notDeepEqual(draw(1, 'a'), draw(1, 'b'));
  assert.notDeepEqual(draw(1, 'a'), draw(1 + 2 ** 32, 'a'));
});

test('numbers are spread evenly over 0 to 1', () => {
  const random = createRandom(3, 'even');
  const counts = new Array(100).fill(0);
  for (let index = 0; index < 200_000; index += 1) counts[Math.floor(random.next() * 100)] += 1;
  const chiSquare = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
  assert.equal(counts.length, 100);
  assert.ok(chiSquare < 149, `chi-square ${chiSquare}, 99 degrees of freedom, beyond 149 once in a thousand seeds`);
});

test('an alias table draws in proportion to the weights and never what weighs next to nothing', () => {
  const random = createRandom(5, 'weights');
  const table = new AliasTable([1, 3, 6, 1e-300]);
  const counts = [0, 0, 0, 0];
  for (let index = 0; index < 100_000; index += 1) {
    const drawn = table.draw(random);
    counts[drawn] = (counts[drawn] ?? 0) + 1;
  }
  assert.ok(Math.abs((counts[0] ?? 0) - 10_000) < 500 && Math.abs((counts[1] ?? 0) - 30_000) < 700);
  assert.equal(counts[3], 0);
});
