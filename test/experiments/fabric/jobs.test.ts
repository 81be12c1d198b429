import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOBS_PER_REGION, jobNames, startDelaysMs } from '../../../experiments/fabric/services/jobs.ts';
import { REGIONS } from '../../../experiments/fabric/services/regions.ts';

/** Most starts within any one second. */
function peakPerSecond(delaysMs: readonly number[]): number {
  return Math.max(...delaysMs.map((from) => delaysMs.filter((each) => each >= from && each <= from + 1000).length));
}

/** Even numbers in [0, 1) that never repeat in a test: the fractional parts of multiples of the golden ratio. */
function goldenRandom(): () => number {
  let index = 0;
  return () => {
    index += 1;
    return (index * 0.6180339887498949) % 1;
  };
}

test('five regions have 200 jobs, all of different names', () => {
  const names = REGIONS.flatMap((region) => jobNames(region));
  assert.equal(names.length, 200);
  assert.equal(new Set(names).size, 200);
  assert.equal(JOBS_PER_REGION, 40);
});

test('a jitter window of 10 s keeps 200 starts well under 60 in any second', () => {
  const delays = startDelaysMs(200, 10_000, goldenRandom());
  assert.ok(delays.every((delay) => delay >= 0 && delay < 10_000));
  assert.ok(peakPerSecond(delays) <= 30, `${peakPerSecond(delays)} in a second`);
});

test('without a jitter window all jobs start at once', () => {
  assert.equal(peakPerSecond(startDelaysMs(200, 0, Math.random)), 200);
});

test('a window shorter than a second still lines the jobs up', () => {
  assert.equal(peakPerSecond(startDelaysMs(200, 500, goldenRandom())), 200);
});
