import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { probit } from 'simple-statistics';
import { shareInterval, sharesPValue, sideOfShares } from '../../../../probes/slo/compare/shares.ts';
import { expandedTail, normalPoint, studentPoint } from '../../../../probes/slo/compare/small-samples.ts';
import { deploymentDelta } from '../../../../probes/slo/spread/deployment-delta.ts';

function near(found: number, expected: number, share: number): void {
  assert.ok(Math.abs(found - expected) <= share * Math.abs(expected), `${found}, not ${expected}`);
}

describe('points of distributions', () => {
  it('are those of the tables of the normal curve and of Student', () => {
    near(normalPoint(0.025), 1.959963985, 1e-9);
    near(normalPoint(0.005), 2.575829304, 1e-9);
    near(normalPoint(0.2), probit(0.8), 1e-3);
    for (const [freedom, point] of [
      [3, 3.182446],
      [4, 2.776445],
      [5, 2.570582],
      [10, 2.228139],
      [30, 2.042272],
    ] as const)
      near(studentPoint(0.025, freedom), point, freedom < 5 ? 0.008 : 0.002);
  });

  it('take the ends of an interval further out the fewer values there are', () => {
    near(expandedTail(0.025, 1e9), 0.025, 1e-6);
    const tails = [4, 6, 10, 30, 100].map((count) => expandedTail(0.025, count));
    assert.deepEqual(
      tails,
      tails.toSorted((one, other) => one - other),
    );
    near(expandedTail(0.025, 10), 0.0086, 0.02);
  });
});

describe('two shares', () => {
  it('have the interval of Agresti and Caffo, worked out by hand', () => {
    const [low, high] = shareInterval({ count: 7, all: 10 }, { count: 3, all: 10 }, { factor: 1, offset: 0 });
    near(low, 1 / 3 - 0.377196, 1e-4);
    near(high, 1 / 3 + 0.377196, 1e-4);
  });

  it('differ where the z-test says so, and not where neither failed', () => {
    const [old, recent] = [
      { count: 20, all: 1000 },
      { count: 60, all: 1000 },
    ];
    assert.equal(sideOfShares(recent, old, { factor: 1, offset: 0 }), 'above');
    assert.equal(sharesPValue(recent, old), deploymentDelta(old, recent)?.pValue);
    const none = { count: 0, all: 1000 };
    assert.equal(sideOfShares(none, none, { factor: 1, offset: 0 }), 'unclear');
    assert.equal(sharesPValue(none, none), 1);
  });

  it('are told apart from a margin only with enough requests: none failed of 100 does not prove 0.1 %', () => {
    const margin = { factor: 1, offset: 0.001 };
    assert.equal(sideOfShares({ count: 0, all: 100 }, { count: 0, all: 100 }, margin), 'unclear');
    assert.equal(sideOfShares({ count: 0, all: 100_000 }, { count: 0, all: 100_000 }, margin), 'below');
  });
});
