import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Counts, EXACT_VALUES_MAX } from '../../../probes/slo/counts.ts';
import { Histogram, histogramIndex } from '../../../probes/slo/histogram.ts';
import { WIDE_SCALE } from '../../../probes/slo/wide-scale.ts';

describe('percentiles', () => {
  it('of few values are exact, linear between the two nearest ranks', () => {
    const counts = new Histogram();
    counts.merge([30.3, 10.1]);
    counts.merge([40.4, 20.2]);
    assert.equal(counts.percentileMs(0), 10.1);
    assert.equal(counts.percentileMs(50), 20.2 + (30.3 - 20.2) * 0.5);
    assert.ok(Math.abs(counts.percentileMs(95) - (30.3 + 10.1 * 0.85)) < 1e-9);
    assert.equal(counts.percentileMs(100), 40.4);
    assert.ok(Math.abs(counts.averageMs - 25.25) < 1e-9);
  });

  it('of more values than are kept are off by 0.8 % at most', () => {
    const counts = new Histogram();
    for (let index = 0; index <= EXACT_VALUES_MAX; index += 1) counts.merge([index + 0.4]);
    for (const percentile of [10, 50, 90, 99]) {
      const theory = (percentile / 100) * EXACT_VALUES_MAX + 0.4;
      const seen = counts.percentileMs(percentile);
      assert.notEqual(seen, theory);
      assert.ok(Math.abs(seen - theory) / theory < 0.008, `p(${percentile}) is ${seen}, theory ${theory}`);
    }
  });

  it('are no longer exact once something was added that is not, or taken away', () => {
    const mixed = new Histogram();
    mixed.merge([100.123, [histogramIndex(100.123), 1]]);
    assert.notEqual(mixed.percentileMs(0), 100.123);
    assert.ok(Math.abs(mixed.percentileMs(0) - 100.123) < 0.8);
    const slid = new Histogram();
    slid.merge([1, 500.5]);
    slid.merge([1], -1);
    assert.equal(slid.total, 1);
    assert.ok(Math.abs(slid.percentileMs(50) - 500.5) < 4);
  });
});

describe('the wide scale', () => {
  it('is off by 0.8 % at most, from a billionth to a quintillion, above and below zero', () => {
    for (let magnitude = 1e-9; magnitude < 1e18; magnitude *= 1.0137) {
      for (const value of [magnitude, -magnitude]) {
        const stood = WIDE_SCALE.valueOf(WIDE_SCALE.indexOf(value));
        assert.ok(Math.abs(stood - value) <= 0.0079 * magnitude, `${value} became ${stood}`);
      }
    }
  });

  it('gives back every index from the value that stands for it, and values grow with it', () => {
    for (let index = 0; index < WIDE_SCALE.size; index += 1) {
      assert.equal(WIDE_SCALE.indexOf(WIDE_SCALE.valueOf(index)), index);
      if (index > 0) assert.ok(WIDE_SCALE.valueOf(index) > WIDE_SCALE.valueOf(index - 1));
    }
  });

  it('keeps zero, what is nearly zero, what is no number and what is out of range', () => {
    assert.equal(WIDE_SCALE.valueOf(WIDE_SCALE.indexOf(0)), 0);
    assert.equal(WIDE_SCALE.valueOf(WIDE_SCALE.indexOf(-1e-12)), 0);
    assert.equal(WIDE_SCALE.valueOf(WIDE_SCALE.indexOf(Number.NaN)), 0);
    assert.equal(WIDE_SCALE.indexOf(Number.POSITIVE_INFINITY), WIDE_SCALE.size - 1);
    assert.equal(WIDE_SCALE.indexOf(Number.NEGATIVE_INFINITY), 0);
    assert.equal(WIDE_SCALE.indexOf(-1e30), 0);
  });

  it('holds powers of two in the step that begins with them', () => {
    for (let exponent = -32; exponent <= 63; exponent += 1) {
      const stood = WIDE_SCALE.valueOf(WIDE_SCALE.indexOf(2 ** exponent));
      assert.ok(stood >= 2 ** exponent && stood < 2 ** exponent * 1.016, `2^${exponent}`);
    }
  });

  it('refuses an index that is not on it', () => {
    assert.throws(() => new Counts(WIDE_SCALE).add(WIDE_SCALE.size, 1), /is not in 0–12288/);
  });
});
