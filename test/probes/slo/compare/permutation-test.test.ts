import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { permutationTest as libraryTest } from 'simple-statistics';
import { arrangements, permutationTest } from '../../../../probes/slo/compare/permutation-test.ts';
import { randomFrom } from '../../../../probes/slo/compare/random-from.ts';
import { normals } from './drawn-series.ts';

const never = () => assert.fail('an exact test draws nothing');

describe('the permutation test', () => {
  it('counts the arrangements that lie as far apart, worked out by hand', () => {
    assert.equal(permutationTest([1, 2], [3, 4], never), 2 / 6);
    assert.equal(permutationTest([1, 3], [2, 4], never), 4 / 6);
    assert.equal(permutationTest([1, 2, 3], [11, 12, 13], never), 2 / 20);
    assert.equal(permutationTest([1, 2, 3, 4], [5, 6, 7, 8], never), 2 / 70);
    assert.equal(permutationTest([5, 5, 5], [5, 5, 5, 5], never), 1);
    assert.deepEqual([arrangements(8, 4), arrangements(20, 10), arrangements(3, 0)], [70, 184_756, 1]);
  });

  it('takes values that differ by rounding alone for equal', () => {
    assert.equal(permutationTest([0.1 + 0.2, 0.3, 0.3, 0.3], [0.3, 0.3, 0.3, 0.1 + 0.2], never), 1);
  });

  it('says what simple-statistics says, which draws its arrangements', () => {
    const normal = normals(3);
    for (const shift of [0, 0.5, 1, 2]) {
      const one = Array.from({ length: 7 }, () => normal());
      const other = Array.from({ length: 6 }, () => normal() + shift);
      const drawn = libraryTest(one, other, 'two_side', 20_000, randomFrom(5));
      assert.ok(Math.abs(permutationTest(one, other, never) - drawn) < 0.02, `${shift}: ${drawn}`);
    }
  });

  it('draws where there are too many arrangements, and its p-value is never 0', () => {
    const one = Array.from({ length: 30 }, (_, index) => index);
    const far = permutationTest(
      one,
      one.map((value) => value + 1000),
      randomFrom(1),
    );
    assert.ok(far > 0 && far < 0.001, String(far));
    const near = permutationTest(
      one,
      one.map((value) => value + 0.1),
      randomFrom(1),
    );
    assert.ok(near > 0.9, String(near));
  });
});
