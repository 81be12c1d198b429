import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { entropy, normalisedEntropy } from '../../../../probes/slo/spread/entropy.ts';
import { draws, NO_AMOUNTS, near, shuffled } from './drawn.ts';

describe('request entropy', () => {
  it('is 7/4 bits for the shares 1/2, 1/4, 1/8, 1/8 of Shannon (1948, section 10)', () => {
    near(entropy([4, 2, 1, 1]), 7 / 4);
  });

  it('is 2 bits for the horse race of Cover and Thomas, Elements of Information Theory, example 1.1.2', () => {
    near(entropy([32, 16, 8, 4, 1, 1, 1, 1]), 2);
    near(normalisedEntropy([32, 16, 8, 4, 1, 1, 1, 1]), 2 / 3);
  });

  it('is 0 where all is in one of several, and log₂ n, normalised 1, where all are equal', () => {
    assert.equal(entropy([7, 0, 0]), 0);
    assert.equal(normalisedEntropy([7, 0, 0]), 0);
    near(entropy([9, 9, 9, 9, 9]), Math.log2(5));
    near(normalisedEntropy([9, 9, 9, 9, 9]), 1);
  });

  it('of one kind alone is 0 bits, and cannot be normalised: what cannot spread is not even', () => {
    assert.equal(entropy([12]), 0);
    assert.equal(normalisedEntropy([12]), undefined);
  });

  it('is undefined without data', () => {
    for (const counts of [...NO_AMOUNTS, [0], [0, 0]]) {
      assert.equal(entropy(counts), undefined, String(counts));
      assert.equal(normalisedEntropy(counts), undefined, String(counts));
    }
  });

  it('lies in its bounds, and neither order nor scale changes it', () => {
    for (const { random, amounts } of draws(1)) {
      const bits = entropy(amounts);
      assert.ok(bits !== undefined && bits >= 0 && bits <= Math.log2(amounts.length));
      const evenness = normalisedEntropy(amounts);
      assert.ok(evenness !== undefined && evenness >= 0 && evenness <= 1);
      near(entropy(shuffled(amounts, random)), bits);
      near(entropy(amounts.map((amount) => amount * 37)), bits);
    }
  });

  it('of kinds in groups is the entropy between groups and the mean entropy within (Shannon 1948, section 6, property 3)', () => {
    for (const { amounts } of draws(2)) {
      const half = Math.floor(amounts.length / 2);
      const groups = [amounts.slice(0, half), amounts.slice(half)];
      const sums = groups.map((group) => group.reduce((sum, amount) => sum + amount, 0));
      const all = sums.reduce((sum, each) => sum + each, 0);
      const within = groups.reduce((sum, group, index) => sum + ((sums[index] ?? 0) / all) * (entropy(group) ?? 0), 0);
      near((entropy(sums) ?? Number.NaN) + within, entropy(amounts), 1e-6);
    }
  });
});
