import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorFunction } from 'simple-statistics';
import { deploymentDelta } from '../../../../probes/slo/spread/deployment-delta.ts';
import { normalTail } from '../../../../probes/slo/spread/normal-tail.ts';
import { draws, near } from './drawn.ts';

describe('the tail of the normal distribution', () => {
  it('is that of the tables, near the middle and far out', () => {
    near(normalTail(0), 0.5);
    near(normalTail(1), 0.158_655_253_931_457_05, 1e-13);
    near(normalTail(1.644_853_626_951_472_2), 0.05, 1e-13);
    near(normalTail(1.959_963_984_540_054), 0.025, 1e-13);
    near(normalTail(2.499_999_999), 0.006_209_665_343_306_6, 1e-7);
    near(normalTail(2.5), 0.006_209_665_325_776_132, 1e-13);
    assert.ok(Math.abs((normalTail(5) ?? 0) / 2.866_515_718_791_933e-7 - 1) < 1e-13);
    assert.ok(Math.abs((normalTail(10) ?? 0) / 7.619_853_024_160_525e-24 - 1) < 1e-12);
  });

  it('is what the error function of simple-statistics says, which is good to 1.2e-7', () => {
    for (let z = -6; z <= 6; z += 0.01) {
      const library = 0.5 - 0.5 * errorFunction(z / Math.SQRT2);
      assert.ok(Math.abs((normalTail(z) ?? Number.NaN) - library) < 1.3e-7, `z ${z}`);
    }
  });

  it('falls from 1 to 0 and is undefined for what is no number', () => {
    let before = 1.1;
    for (const z of [Number.NEGATIVE_INFINITY, -8, -2.5, -1, 0, 1, 2.4999, 2.5, 2.5001, 9, Number.POSITIVE_INFINITY]) {
      const tail = normalTail(z);
      assert.ok(tail !== undefined && tail < before && tail >= 0, `z ${z}`);
      before = tail;
    }
    assert.equal(normalTail(Number.NaN), undefined);
  });
});

describe('error-rate delta by deployment', () => {
  it('finds z = 8.99 in the survey of Penn State, STAT 415, lesson 9.4: 351 of 605 against 41 of 195', () => {
    const found = deploymentDelta({ count: 41, all: 195 }, { count: 351, all: 605 });
    near(found?.delta, 351 / 605 - 41 / 195);
    near(found?.z, 8.99, 1e-3);
    assert.ok((found?.pValue ?? 1) < 1e-18);
  });

  it("finds χ² = z² = 25/6 and p = 0.04123 of R's prop.test(c(15, 25), c(50, 50), correct = FALSE)", () => {
    const found = deploymentDelta({ count: 15, all: 50 }, { count: 25, all: 50 });
    near((found?.z ?? 0) ** 2, 25 / 6);
    near(found?.pValue, 0.041_226_833, 1e-6);
    assert.equal(found?.expectedLeast, 20);
  });

  it('squared is χ² of the table of two by two, of any counts, and turns with the two', () => {
    for (const { random, amounts } of draws(11)) {
      const [n1, n2] = [(amounts[0] ?? 0) + 2, (amounts[1] ?? 0) + 2];
      const [x1, x2] = [Math.floor(random() * n1), 1 + Math.floor(random() * (n2 - 1))];
      const [one, other] = [
        { count: x1, all: n1 },
        { count: x2, all: n2 },
      ];
      const found = deploymentDelta(one, other);
      const squares = [
        [x1, n1],
        [n1 - x1, n1],
        [x2, n2],
        [n2 - x2, n2],
      ].map(([seen = 0, all = 0], index) => {
        const share = index % 2 === 0 ? (x1 + x2) / (n1 + n2) : 1 - (x1 + x2) / (n1 + n2);
        return (seen - all * share) ** 2 / (all * share);
      });
      const chiSquared = squares.reduce((sum, each) => sum + each, 0);
      assert.ok(found && Math.abs(found.z ** 2 - chiSquared) <= 1e-6 * Math.max(1, chiSquared), `${found?.z} ${chiSquared}`);
      assert.ok(found.pValue >= 0 && found.pValue <= 1 && Math.abs(found.delta) <= 1);
      near(deploymentDelta(other, one)?.z, -found.z);
    }
  });

  it('is 0 where both fail alike, not at all or always, for there is nothing that tells them apart', () => {
    for (const share of [0, 0.25, 1]) {
      const found = deploymentDelta({ count: 100 * share, all: 100 }, { count: 40 * share, all: 40 });
      assert.deepEqual([found?.delta, found?.z, found?.pValue], [0, 0, 1]);
    }
  });

  it('says how few failures it rests on', () => {
    near(deploymentDelta({ count: 9, all: 950 }, { count: 1, all: 50 })?.expectedLeast, 0.5);
  });

  it('is undefined where either sent nothing, or a number is none', () => {
    const good = { count: 1, all: 10 };
    for (const [count, all] of [
      [0, 0],
      [2, 1],
      [-1, 5],
      [Number.NaN, 5],
      [1, Number.NaN],
    ] as const) {
      assert.equal(deploymentDelta(good, { count, all }), undefined);
      assert.equal(deploymentDelta({ count, all }, good), undefined);
    }
  });
});
