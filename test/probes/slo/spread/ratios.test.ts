import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cacheHitRatios, cacheHitSkew } from '../../../../probes/slo/spread/cache-hits.ts';
import { errorRatePerTenant, worstTenant } from '../../../../probes/slo/spread/error-rate-per-tenant.ts';
import { failedLoginsByOrigin } from '../../../../probes/slo/spread/failed-logins.ts';
import { reduction } from '../../../../probes/slo/spread/reduction.ts';
import { draws, near, shuffled } from './drawn.ts';

function ratios(...entries: readonly (readonly [string, number, number])[]) {
  return new Map(entries.map(([name, count, all]) => [name, { count, all }]));
}

/** What is no ratio: more than all, below 0, no number. */
const NO_RATIOS = [
  [5, 4],
  [-1, 4],
  [Number.NaN, 4],
  [1, Number.NaN],
  [1, Number.POSITIVE_INFINITY],
] as const;

describe('error rate per tenant', () => {
  it('is failed / all of each, and names the worst, however small that tenant is', () => {
    const tenants = ratios(['large', 10, 10_000], ['small', 3, 4], ['even', 0, 50]);
    assert.deepEqual(errorRatePerTenant(tenants), [
      { name: 'large', ratio: 0.001 },
      { name: 'small', ratio: 0.75 },
      { name: 'even', ratio: 0 },
    ]);
    assert.deepEqual(worstTenant(tenants), { name: 'small', ratio: 0.75 });
  });

  it('is undefined for a tenant that sent nothing, which then might be the worst', () => {
    const tenants = ratios(['busy', 0, 100], ['silent', 0, 0]);
    assert.deepEqual(errorRatePerTenant(tenants)[1], { name: 'silent', ratio: undefined });
    assert.equal(worstTenant(tenants), undefined);
    assert.equal(worstTenant(new Map()), undefined);
    for (const [count, all] of NO_RATIOS) assert.equal(worstTenant(ratios(['x', 0, 5], ['y', count, all])), undefined);
  });

  it('of any tenants lies in 0 … 1, the worst at or above the rate of all together', () => {
    for (const { random, amounts } of draws(9)) {
      const entries = amounts.map((amount, index) => [`tenant-${index}`, Math.floor(random() * (amount + 1)), amount + 1] as const);
      const tenants = ratios(...shuffled(entries, random));
      const together = entries.reduce((sum, [, failed]) => sum + failed, 0) / entries.reduce((sum, [, , all]) => sum + all, 0);
      for (const { ratio } of errorRatePerTenant(tenants)) assert.ok(ratio !== undefined && ratio >= 0 && ratio <= 1);
      assert.ok((worstTenant(tenants)?.ratio ?? 0) >= together - 1e-12);
    }
  });
});

describe('cache hit skew', () => {
  it('is the best ratio minus the worst (worked by hand)', () => {
    const nodes = ratios(['warm', 96, 100], ['warmer', 99, 100], ['evicted', 38, 200]);
    assert.deepEqual(
      cacheHitRatios(nodes).map(({ ratio }) => ratio),
      [0.96, 0.99, 0.19],
    );
    near(cacheHitSkew(nodes), 0.8);
  });

  it('is 0 where all hit alike and 1 where all hits are in one', () => {
    assert.equal(cacheHitSkew(ratios(['x', 9, 10], ['y', 90, 100])), 0);
    assert.equal(cacheHitSkew(ratios(['x', 10, 10], ['y', 0, 10])), 1);
  });

  it('is undefined for one node, for none, and where a node had no lookup', () => {
    assert.equal(cacheHitSkew(ratios(['x', 9, 10])), undefined);
    assert.equal(cacheHitSkew(new Map()), undefined);
    assert.equal(cacheHitSkew(ratios(['x', 9, 10], ['y', 0, 0])), undefined);
    for (const [count, all] of NO_RATIOS) assert.equal(cacheHitSkew(ratios(['x', 0, 5], ['y', count, all])), undefined);
  });
});

describe('failed logins by origin', () => {
  it('tell each origin by its part in all failures and by its own failure rate, most failures first', () => {
    const origins = ratios(['eu-central-1', 5, 500], ['sa-east-1', 90, 100], ['us-east-1', 5, 1000]);
    assert.deepEqual(failedLoginsByOrigin(origins), [
      { name: 'sa-east-1', failed: 90, shareOfFailed: 0.9, failureRate: 0.9 },
      { name: 'eu-central-1', failed: 5, shareOfFailed: 0.05, failureRate: 0.01 },
      { name: 'us-east-1', failed: 5, shareOfFailed: 0.05, failureRate: 0.005 },
    ]);
  });

  it('have no shares where none failed, and no rate where none was tried', () => {
    assert.deepEqual(failedLoginsByOrigin(ratios(['x', 0, 5], ['y', 0, 0])), [
      { name: 'x', failed: 0, shareOfFailed: undefined, failureRate: 0 },
      { name: 'y', failed: 0, shareOfFailed: undefined, failureRate: undefined },
    ]);
  });

  it('are undefined without origins, and where a number is none', () => {
    assert.equal(failedLoginsByOrigin(new Map()), undefined);
    for (const [count, all] of NO_RATIOS) assert.equal(failedLoginsByOrigin(ratios(['x', count, all])), undefined);
  });

  it('of any origins have shares that add up to 1', () => {
    for (const { amounts } of draws(10)) {
      const known = failedLoginsByOrigin(ratios(...amounts.map((amount, index) => [`origin-${index}`, amount, amount * 2] as const))) ?? [];
      near(
        known.reduce((sum, { shareOfFailed = 0 }) => sum + shareOfFailed, 0),
        1,
      );
    }
  });
});

describe('reduction', () => {
  it('is the part that is gone: 200 starts a second become 40', () => {
    assert.equal(reduction(200, 40), 0.8);
    assert.equal(reduction(100, 100), 0);
    assert.equal(reduction(100, 150), -0.5);
  });

  it('is undefined where there was nothing before, or one is no number', () => {
    for (const [before, after] of [
      [0, 0],
      [-1, 0],
      [1, -1],
      [Number.NaN, 1],
      [1, Number.NaN],
      [Number.POSITIVE_INFINITY, 1],
    ] as const)
      assert.equal(reduction(before, after), undefined);
  });
});
