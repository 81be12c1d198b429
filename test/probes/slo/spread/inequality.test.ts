import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { standardDeviation as libraryDeviation, coefficientOfVariation as sampleVariation } from 'simple-statistics';
import { coefficientOfVariation, gini } from '../../../../probes/slo/spread/inequality.ts';
import { standardDeviation } from '../../../../probes/slo/spread/standard-deviation.ts';
import { draws, NO_AMOUNTS, near, shuffled } from './drawn.ts';

describe('standard deviation', () => {
  it('is 2 for the eight marks of Wikipedia, Standard deviation', () => {
    assert.equal(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9]), 2);
  });

  it('is what simple-statistics says', () => {
    for (const { amounts } of draws(3)) near(standardDeviation(amounts), libraryDeviation([...amounts]));
  });

  it('loses nothing to what the values have in common, as instants in ms have since 1970', () => {
    near(standardDeviation([1.7e12, 1.7e12 + 1, 1.7e12 + 2]), Math.sqrt(2 / 3));
  });

  it('is 0 for one value and undefined for none, or for what is no number', () => {
    assert.equal(standardDeviation([5]), 0);
    for (const values of [[], [Number.NaN], [1, Number.POSITIVE_INFINITY], [-1e308, 1e308]])
      assert.equal(standardDeviation(values), undefined);
  });
});

describe('coefficient of variation over instances', () => {
  it('is 8.165 %, √(200 / 3) of 100, for 90, 100, 110 (Wikipedia, Coefficient of variation)', () => {
    near(coefficientOfVariation([90, 100, 110]), Math.sqrt(200 / 3) / 100);
  });

  it('is that of simple-statistics, which takes the instances for a sample, by √((n − 1) / n)', () => {
    for (const { amounts } of draws(4)) {
      const count = amounts.length;
      near(coefficientOfVariation(amounts), sampleVariation([...amounts]) * Math.sqrt((count - 1) / count));
    }
  });

  it('is 0 where all are equal and √(n − 1) where all is in one', () => {
    assert.equal(coefficientOfVariation([40, 40, 40]), 0);
    near(coefficientOfVariation([0, 0, 0, 0, 8]), 2);
  });
});

describe('Gini', () => {
  it('is 0.4620911 for the incomes in the documentation of the R package ineq', () => {
    near(gini([541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11_904, 22_261]), 0.462_091_1, 1e-6);
  });

  it('of 1 … n is (n − 1) / 3n', () => {
    for (const count of [2, 5, 100]) near(gini(Array.from({ length: count }, (_, index) => index + 1)), (count - 1) / (3 * count));
  });

  it('is half the mean difference of any two by the mean, as Gini defined it', () => {
    for (const { amounts } of draws(5)) {
      const differences = amounts.flatMap((one) => amounts.map((other) => Math.abs(one - other)));
      const sum = amounts.reduce((total, amount) => total + amount, 0);
      near(gini(amounts), differences.reduce((total, each) => total + each, 0) / (2 * amounts.length * sum), 1e-8);
    }
  });

  it('is 0 where all are equal and (n − 1) / n where all is in one', () => {
    assert.equal(gini([3, 3, 3]), 0);
    near(gini([0, 0, 0, 100]), 0.75);
  });
});

describe('inequality of any amounts', () => {
  it('lies in its bounds, and neither order nor scale changes it', () => {
    for (const { random, amounts } of draws(6)) {
      const most = { variation: Math.sqrt(amounts.length - 1), gini: 1 - 1 / amounts.length };
      const seen = { variation: coefficientOfVariation(amounts), gini: gini(amounts) };
      for (const key of ['variation', 'gini'] as const) {
        const value = seen[key];
        assert.ok(value !== undefined && value >= 0 && value <= most[key] * (1 + 1e-12), `${key} ${value}`);
      }
      for (const other of [shuffled(amounts, random), amounts.map((amount) => amount * 0.001)]) {
        near(coefficientOfVariation(other), seen.variation);
        near(gini(other), seen.gini, 1e-8);
      }
    }
  });

  it('falls when the greatest gives to the least', () => {
    for (const { amounts } of draws(7)) {
      const sorted = amounts.toSorted((one, other) => one - other);
      const gap = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
      if (gap === 0) continue;
      const given = sorted.with(0, (sorted[0] ?? 0) + gap / 4).with(-1, (sorted.at(-1) ?? 0) - gap / 4);
      assert.ok((gini(given) ?? 1) < (gini(sorted) ?? 0));
      assert.ok((coefficientOfVariation(given) ?? 9) < (coefficientOfVariation(sorted) ?? 0));
    }
  });

  it('is undefined without data, where all are 0, and for one instance, which must not pass for an even spread', () => {
    for (const amounts of [...NO_AMOUNTS, [0, 0], [5]]) {
      assert.equal(coefficientOfVariation(amounts), undefined, String(amounts));
      assert.equal(gini(amounts), undefined, String(amounts));
    }
  });
});
