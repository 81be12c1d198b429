import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HISTOGRAM_SIZE, Histogram, histogramIndex, histogramValueMs } from '../../../probes/slo/histogram.ts';

describe('histogram', () => {
  it('is off by 0.8 % at most from 64 µs to an hour', () => {
    for (let ms = 0.064; ms < 3_600_000; ms *= 1.0037) {
      const error = Math.abs(histogramValueMs(histogramIndex(ms)) - ms) / ms;
      assert.ok(error <= 0.008, `${ms} ms is off by ${error}`);
    }
  });

  it('is off by half a microsecond at most below that', () => {
    for (let us = 0; us < 64; us += 0.13) assert.ok(Math.abs(histogramValueMs(histogramIndex(us / 1000)) * 1000 - us) <= 0.5 + 1e-9);
  });

  it('gives back every index from the value that stands for it, and values grow with it', () => {
    for (let index = 0; index < HISTOGRAM_SIZE; index += 1) {
      assert.equal(histogramIndex(histogramValueMs(index)), index);
      if (index > 0) assert.ok(histogramValueMs(index) > histogramValueMs(index - 1));
    }
  });

  it('keeps what is out of range at its ends', () => {
    assert.equal(histogramIndex(-5), 0);
    assert.equal(histogramIndex(Number.NaN), 0);
    assert.equal(histogramIndex(Number.POSITIVE_INFINITY), HISTOGRAM_SIZE - 1);
    assert.equal(histogramIndex(1e12), HISTOGRAM_SIZE - 1);
  });

  it("gives k6's percentiles: 1, 2, 3, 4 ms have p50 2.5 and p90 3.7", () => {
    const histogram = new Histogram();
    for (const ms of [4, 1, 3, 2]) histogram.record(ms);
    assert.ok(Math.abs(histogram.percentileMs(50) - 2.5) < 0.02);
    assert.ok(Math.abs(histogram.percentileMs(90) - 3.7) < 0.03);
    assert.ok(Math.abs(histogram.percentileMs(0) - 1) < 0.01);
    assert.ok(Math.abs(histogram.percentileMs(100) - 4) < 0.04);
    assert.ok(Math.abs(histogram.averageMs - 2.5) < 0.02);
  });

  it('has no percentile and no average while it is empty', () => {
    assert.ok(Number.isNaN(new Histogram().percentileMs(95)));
    assert.ok(Number.isNaN(new Histogram().averageMs));
  });

  it('merges to what recording everything in one gives, and takes away again', () => {
    const [one, other, all] = [new Histogram(), new Histogram(), new Histogram()];
    for (let each = 1; each < 500; each += 1) {
      (each % 2 ? one : other).record(each * 1.7);
      all.record(each * 1.7);
    }
    const merged = new Histogram();
    merged.merge(one.toSparse());
    merged.merge(other.toSparse());
    assert.deepEqual(merged.toSparse(), all.toSparse());
    merged.merge(other.toSparse(), -1);
    assert.deepEqual(merged.toSparse(), one.toSparse());
    assert.equal(merged.total, one.total);
  });

  it('counts the values up to a limit', () => {
    const histogram = new Histogram();
    for (let ms = 1; ms <= 100; ms += 1) histogram.record(ms);
    assert.equal(histogram.countUpTo(50), 50);
  });

  it('refuses an index that it has no place for', () => {
    assert.throws(() => new Histogram().add(HISTOGRAM_SIZE, 1), RangeError);
    assert.throws(() => new Histogram().add(-1, 1), RangeError);
  });
});
