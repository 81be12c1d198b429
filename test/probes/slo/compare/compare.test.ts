import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseClaim } from '../../../../experiments/language/claim.ts';
import { compare } from '../../../../probes/slo/compare/compare.ts';
import { judgeClaim } from '../../../../probes/slo/compare/judge-claim.ts';
import type { RunSample } from '../../../../probes/slo/compare/sample.ts';
import { normals, runOf, runOfSeries, series } from './drawn-series.ts';

const SEEDS = 200;

function judge(text: string, variant: readonly RunSample[], baseline: readonly RunSample[], seed = 1) {
  const claim = parseClaim(text);
  assert.ok(claim, text);
  const compared = compare(variant, baseline, seed);
  assert.ok(typeof compared !== 'string', String(compared));
  return judgeClaim(claim, compared);
}

/** The share of seeds for which a claim comes out as `state`. */
function shareOf(state: string, text: string, sides: (seed: number) => readonly [RunSample[], RunSample[]]): number {
  const found = Array.from({ length: SEEDS }, (_, seed) => judge(text, ...sides(seed + 1), seed).state);
  return found.filter((each) => each === state).length / SEEDS;
}

/** Runs of a system whose values scatter by `deviation` of their mean, skewed as latencies are. */
function runs(seed: number, count: number, mean: number, deviation: number): RunSample[] {
  const normal = normals(seed);
  return Array.from({ length: count }, (_, index) => runOf(mean * Math.exp(deviation * normal() - deviation ** 2 / 2), index));
}

describe('runs of the same system', () => {
  for (const count of [4, 6, 10]) {
    it(`are told apart in no more than 5 % of all cases, by ${count} runs of each`, () => {
      const same = (seed: number) => [runs(2 * seed, count, 100, 0.2), runs(2 * seed + 1, count, 100, 0.2)] as const;
      const unknown = shareOf('unknown', 'difference<0', (seed) => [...same(seed)]);
      assert.ok(unknown >= 0.95, String(unknown));
    });
  }

  it('are never told apart by fewer than 4 runs without intervals, however far they lie apart', () => {
    const found = compare([runOf(1), runOf(1), runOf(1)], [runOf(9), runOf(9), runOf(9)], 1);
    assert.equal(found, '3 and 3 runs cannot tell a difference of this measure from chance; 4 of each can');
  });
});

describe('single runs of the same system', () => {
  for (const [memory, seconds] of [
    [0, 60],
    [0.5, 60],
    [0.5, 120],
    [0.8, 300],
  ] as const) {
    it(`are told apart in no more than 5 % of all cases: ${seconds} s, of which each keeps ${memory} of the one before`, () => {
      const unknown = shareOf('unknown', 'difference<0', (seed) => [
        [runOfSeries(series(2 * seed, seconds, memory))],
        [runOfSeries(series(2 * seed + 1, seconds, memory))],
      ]);
      assert.ok(unknown >= 0.95, String(unknown));
    });
  }

  it('would be told apart far too often if each second counted for news', () => {
    let apart = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const shuffled = (values: number[]) =>
        values.map((value, index) => ({ value, order: Math.sin((index + 1) * 7919) })).sort((one, other) => one.order - other.order);
      const sides = [2 * seed, 2 * seed + 1].map((each) => [runOfSeries(shuffled(series(each, 300, 0.8)).map(({ value }) => value))]);
      apart += judge('difference<0', sides[0] ?? [], sides[1] ?? [], seed).state === 'unknown' ? 0 : 1;
    }
    assert.ok(apart / SEEDS > 0.2, String(apart / SEEDS));
  });
});

describe('a shift that is there', () => {
  it('is found by four runs of each', () => {
    const held = shareOf('held', 'difference<=-20%', (seed) => [runs(2 * seed, 4, 50, 0.05), runs(2 * seed + 1, 4, 100, 0.05)]);
    assert.ok(held >= 0.99, String(held));
  });

  it('lies in its interval in at least 95 % of all cases', () => {
    const inside = Array.from({ length: SEEDS }, (_, seed) => {
      const found = compare(runs(2 * seed, 4, 50, 0.05), runs(2 * seed + 1, 4, 100, 0.05), seed);
      assert.ok(typeof found !== 'string');
      const [low, high] = found.relativeInterval();
      return low <= -0.5 && high >= -0.5 ? 1 : 0;
    }).reduce<number>((sum, each) => sum + each, 0);
    assert.ok(inside / SEEDS >= 0.95, String(inside / SEEDS));
  });

  it('is found by one run of each with enough seconds', () => {
    const held = shareOf('held', 'difference<0', (seed) => [
      [runOfSeries(series(2 * seed, 120, 0.5, 8.5))],
      [runOfSeries(series(2 * seed + 1, 120, 0.5))],
    ]);
    assert.ok(held >= 0.95, String(held));
  });

  it('breaks a claim of the contrary, and of more than there is', () => {
    const [slow, quick] = [runs(1, 6, 120, 0.02), runs(2, 6, 100, 0.02)];
    assert.equal(judge('difference<0', slow, quick).state, 'broken');
    assert.equal(judge('difference<=-50%', quick, slow).state, 'broken');
    assert.equal(judge('difference>=10%', slow, quick).state, 'held');
    assert.equal(judge('difference within 10%', slow, quick).state, 'broken');
  });
});

describe('what a claim comes to', () => {
  const peaks = (...values: number[]) => values.map(runOf);
  const atOnce = peaks(200, 199, 200, 200);

  it('is "no different" where a difference is claimed and is within the noise', () => {
    const { state, noDifferent, seen } = judge('difference<=-20%', peaks(199, 200, 198, 200), atOnce);
    assert.deepEqual([state, noDifferent], ['unknown', true]);
    assert.match(seen, /^no different: −0\.25% \(−1% … \+0\.503%\)$/);
  });

  it('is held, and "no different", where that is what is claimed', () => {
    const judged = judge('difference within 10%', peaks(199, 200, 198, 200), atOnce);
    assert.deepEqual([judged.state, judged.noDifferent], ['held', true]);
    assert.equal(judge('difference within 10%', peaks(160, 205, 180, 220), atOnce).state, 'unknown');
  });

  it('is held where no worse is claimed with a margin, and unknown where the noise is wider than the margin', () => {
    assert.equal(judge('difference<5%', peaks(201, 200, 199, 200), atOnce).state, 'held');
    const wide = judge('difference<5%', peaks(150, 260, 180, 230), atOnce);
    assert.deepEqual([wide.state, wide.noDifferent], ['unknown', false]);
    assert.match(wide.seen, /^too uncertain to tell: /);
  });

  it('is the same for the same seed', () => {
    const once = () => judge('difference<=-20%', runs(5, 4, 90, 0.3), runs(6, 4, 100, 0.3), 42);
    assert.deepEqual(once(), once());
  });

  it('is unknown, and says why, where a percentage is of nothing', () => {
    const judged = judge('difference<5%', peaks(0, 0, 0, 0), peaks(0, 0, 0, 0));
    assert.deepEqual([judged.state, judged.noDifferent], ['unknown', false]);
    assert.match(judged.seen, /the baseline is 0 or may be 0/);
    assert.equal(judge('difference<1', peaks(0, 0, 0, 0), peaks(0, 0, 0, 0)).state, 'held');
  });
});

describe('values that may be too high by what the load generator did', () => {
  const late = (tooHighBy: number, ...values: number[]) => values.map((value, index) => ({ ...runOf(value, index), tooHighBy }));
  const slow = [301, 300, 299, 300];

  it('are told apart where no lateness explains the difference, on either side', () => {
    assert.equal(judge('difference<=-50%', late(120, 21, 20, 19, 20), late(120, ...slow)).state, 'held');
    assert.equal(judge('difference<0', late(120, ...slow), late(120, 21, 20, 19, 20)).state, 'broken');
  });

  it('are unknown where the lateness of either side may be all of it, and say so', () => {
    for (const [variant, baseline] of [
      [late(280, 21, 20, 19, 20), late(280, ...slow)],
      [late(0, 21, 20, 19, 20), late(280, ...slow)],
    ] as const)
      assert.equal(judge('difference<=-50%', variant, baseline).state, 'unknown');
    assert.equal(judge('difference<0', late(285, ...slow), late(0, 21, 20, 19, 20)).state, 'unknown');
    const found = compare(late(0, 21, 20, 19, 20), late(280, ...slow), 1);
    assert.ok(typeof found !== 'string');
    assert.match(found.test, /as much as 280 of a value may be the load generator's own lateness/);
    const [low, high] = found.interval();
    assert.ok(low < -270 && high > -5, `${low} … ${high}`);
  });
});

describe('runs that cannot be compared', () => {
  it('are told: without a value, endless, too short, or none', () => {
    const short = runOfSeries(series(1, 9, 0));
    assert.equal(compare([{ run: 'a', value: undefined, seen: 'no samples' }], [runOf(1)], 1), 'run a has no value: no samples');
    assert.match(String(compare([runOf(Number.POSITIVE_INFINITY, 3)], [runOf(1)], 1)), /^run run-3 has no value/);
    assert.equal(compare([], [runOf(1)], 1), 'there is no run of it');
    assert.match(String(compare([short], [short], 1)), /has 9 intervals; it takes 10/);
  });

  it('are unknown where too many of their intervals have no value', () => {
    const values = series(1, 40, 0).map((value, index) => (index % 2 === 0 ? Number.NaN : value));
    const holey: RunSample = { run: 'a', value: 1, seen: '', intervals: { unit: '1s', values, over: () => Number.NaN } };
    assert.equal(compare([holey], [holey], 1), 'too many intervals have no value');
  });
});
