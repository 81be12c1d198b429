import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../../../runners/load/pacing/random.ts';
import { AliasTable } from '../../../../runners/load/requests/alias-table.ts';
import { createDraw, zipfWeights } from '../../../../runners/load/requests/data.ts';

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

test('zipf draws rank r with probability in proportion to 1/r^exponent', () => {
  for (const exponent of [0, 0.8, 1, 1.5]) {
    const draw = createDraw({ zipf: { items: 1000, exponent, prefix: 'video-' } }, createRandom(9, 'zipf'));
    const counts = new Map<string, number>();
    const draws = 200_000;
    for (let index = 0; index < draws; index += 1) {
      const value = draw();
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const weights = zipfWeights(1000, exponent);
    const sum = weights.reduce((all, weight) => all + weight, 0);
    for (const rank of [1, 2, 5, 10, 100]) {
      const expected = (draws * (weights[rank - 1] ?? 0)) / sum;
      const seen = counts.get(`video-${rank}`) ?? 0;
      assert.ok(Math.abs(seen - expected) < 5 * Math.sqrt(expected), `exponent ${exponent} rank ${rank}: ${seen}, expected ${expected}`);
    }
    assert.equal(counts.has('video-0'), false);
    assert.equal(counts.has('video-1001'), false);
  }
});

test('uniform draws from 1 to items, values from the list, both completely', () => {
  const uniform = createDraw({ uniform: { items: 3, prefix: 'u' } }, createRandom(1, 'uniform'));
  const values = createDraw({ values: ['x', 'y'] }, createRandom(1, 'values'));
  const seen = (draw: () => string) => [...new Set(Array.from({ length: 200 }, draw))].sort();
  assert.deepEqual(seen(uniform), ['u1', 'u2', 'u3']);
  assert.deepEqual(seen(values), ['x', 'y']);
});
