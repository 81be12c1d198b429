import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arrivals, plannedArrivals, type RateSegment } from '../../../../runners/load/pacing/arrivals.ts';
import { createRandom } from '../../../../runners/load/pacing/random.ts';

function timesOf(segments: readonly RateSegment[]): number[] {
  const arrivals = new Arrivals(segments);
  const times = [];
  for (let time = arrivals.nextMs(); time !== Number.POSITIVE_INFINITY; time = arrivals.nextMs()) times.push(time);
  return times;
}

/** Arrivals up to a time, by numerical integration: independent of the closed form. */
function integral(segments: readonly RateSegment[], untilMs: number): number {
  let sum = 0;
  let startMs = 0;
  for (const { durationMs, fromPerMs, toPerMs } of segments) {
    const insideMs = Math.min(Math.max(untilMs - startMs, 0), durationMs);
    const steps = 200;
    for (let step = 0; step < steps; step += 1) {
      const share = ((step + 0.5) / steps) * (insideMs / durationMs);
      sum += ((fromPerMs + (toPerMs - fromPerMs) * share) * insideMs) / steps;
    }
    startMs += durationMs;
  }
  return sum;
}

test('a constant rate puts exactly its share into every 100 ms', () => {
  for (const rate of [10, 30, 150, 2000, 40_000]) {
    const times = timesOf([{ durationMs: 20_000, fromPerMs: rate / 1000, toPerMs: rate / 1000 }]);
    assert.equal(times.length, rate * 20);
    const counts = new Map<number, number>();
    for (const time of times) counts.set(Math.floor((time + 1e-6) / 100), (counts.get(Math.floor((time + 1e-6) / 100)) ?? 0) + 1);
    assert.deepEqual([...new Set(counts.values())], [rate / 10], `at ${rate}/s`);
    assert.equal(counts.size, 200);
  }
});

test('the first arrival comes at the start and the last before the end', () => {
  const times = timesOf([{ durationMs: 1000, fromPerMs: 0.003, toPerMs: 0.003 }]);
  assert.deepEqual(times.map(Math.round), [0, 333, 667]);
});

test('a rate that is no whole number neither gains nor loses arrivals', () => {
  assert.equal(plannedArrivals([{ durationMs: 100_000, fromPerMs: 0.0001, toPerMs: 0.0001 }]), 10);
  assert.equal(plannedArrivals([{ durationMs: 90_000, fromPerMs: 0.15, toPerMs: 0.15 }]), 13_500);
  assert.equal(plannedArrivals([{ durationMs: 1500, fromPerMs: 0.001, toPerMs: 0.001 }]), 2);
});

test('for any ramp, counts in every 100 ms are within 3 of the integral and times never go back', () => {
  const random = createRandom(7, 'ramps');
  for (let round = 0; round < 60; round += 1) {
    const segments = Array.from({ length: 1 + Math.floor(random.next() * 4) }, () => ({
      durationMs: 200 + Math.floor(random.next() * 2000),
      fromPerMs: random.next() < 0.2 ? 0 : random.next() * 5,
      toPerMs: random.next() < 0.2 ? 0 : random.next() * 5,
    }));
    const times = timesOf(segments);
    const totalMs = segments.reduce((sum, { durationMs }) => sum + durationMs, 0);
    assert.ok(Math.abs(times.length - integral(segments, totalMs)) <= 1);
    assert.ok(times.every((time, index) => time >= (times[index - 1] ?? 0) && time <= totalMs));
    for (let fromMs = 0; fromMs < totalMs; fromMs += 100) {
      const count = times.filter((time) => time >= fromMs && time < fromMs + 100).length;
      const expected = integral(segments, fromMs + 100) - integral(segments, fromMs);
      assert.ok(Math.abs(count - expected) <= 3, `round ${round} at ${fromMs} ms: ${count} instead of ${expected}`);
    }
  }
});

test('no load at all has no arrival', () => {
  assert.deepEqual(timesOf([{ durationMs: 1000, fromPerMs: 0, toPerMs: 0 }]), []);
});
