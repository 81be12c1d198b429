import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Condition } from '../../../experiments/language/condition.ts';
import { Evidence } from '../../../probes/slo/evidence.ts';
import { combineIntervals, type GoodTimeline, joinIntervals } from '../../../probes/slo/good-intervals.ts';
import { goodTimeline } from '../../../probes/slo/good-timeline.ts';
import { addReadings, evidenceOf, hang, load, outage, quick, reading, type System } from './synthetic-load.ts';

const failed = load('http_req_failed', 'rate<0.01');

function bad(timeline: GoodTimeline): [number, number][] {
  return timeline.intervals.filter(({ state }) => state === 'not-good').map(({ fromMs, toMs }) => [fromMs, toMs]);
}

function unknown(timeline: GoodTimeline): [number, number][] {
  return timeline.intervals.filter(({ state }) => state === 'unknown').map(({ fromMs, toMs }) => [fromMs, toMs]);
}

function of(system: System, condition: Condition = failed, ratePerS = 150, toMs = 90_000): GoodTimeline {
  return goodTimeline(condition, evidenceOf({ ratePerS, toMs, system }), toMs);
}

function near(actual: readonly (readonly [number, number])[], expected: readonly (readonly [number, number])[], errorMs: number): void {
  assert.equal(actual.length, expected.length, JSON.stringify(actual));
  actual.forEach(([from, to], index) => {
    assert.ok(
      Math.abs(from - (expected[index]?.[0] ?? 0)) <= errorMs,
      `${JSON.stringify(actual)} begins elsewhere than ${JSON.stringify(expected)}`,
    );
    assert.ok(
      Math.abs(to - (expected[index]?.[1] ?? 0)) <= errorMs,
      `${JSON.stringify(actual)} ends elsewhere than ${JSON.stringify(expected)}`,
    );
  });
}

describe('the timeline of a load indicator', () => {
  it('finds an outage within one bucket at both ends, wherever in a bucket it lies', () => {
    for (const shift of [0, 1, 37, 50, 99]) {
      const timeline = of(outage(20_000 + shift, 30_000 + shift));
      near(bad(timeline), [[20_000 + shift, 30_000 + shift]], 100);
      assert.equal(timeline.errorMs, 100);
    }
  });

  it('finds it as sharply with insensitive thresholds and long windows', () => {
    for (const bound of ['rate<0.01', 'rate<0.3', 'rate<0.5', 'rate<0.9']) {
      near(bad(of(outage(20_000, 30_000), load('http_req_failed', bound))), [[20_000, 30_000]], 100);
      near(bad(of(outage(20_000, 30_000), load('http_req_failed', bound, { overMs: 5000 }))), [[20_000, 30_000]], 100);
    }
  });

  it('finds an outage shorter than its window', () => {
    near(bad(of(outage(20_000, 20_300))), [[20_000, 20_300]], 100);
    near(bad(of(outage(20_000, 20_600), load('http_req_failed', 'rate<0.5'))), [[20_000, 20_600]], 100);
    near(bad(of(outage(20_000, 20_300), load('http_req_failed', 'rate<0.5'))), [], 0);
  });

  it('finds each part of a system that flaps', () => {
    const flapping: System = (ms) => (ms >= 20_000 && ms < 40_000 && ms % 4000 < 2000 ? { outcome: '5xx', latencyMs: 3 } : quick(ms));
    const expected = [20_000, 24_000, 28_000, 32_000, 36_000].map((from): [number, number] => [from, from + 2000]);
    near(bad(of(flapping)), expected, 100);
  });

  it('is not good while a system hangs, although every request is answered well in the end', () => {
    const timeline = of(hang(20_000, 50_000));
    near(bad(timeline), [[20_000, 50_000]], 100);
  });

  it('finds the end of a hang within a bucket, however few requests it had, when all of them are answered at last', () => {
    for (const ratePerS of [12, 20, 26, 40]) {
      const timeline = of(hang(20_000, 27_030), failed, ratePerS);
      near(bad(timeline), [[20_000, 27_030]], 100 + 1000 / ratePerS);
      assert.equal(timeline.errorMs, 100, `${ratePerS}/s`);
    }
  });

  it('is not good while a system hangs and requests time out, right up to its end', () => {
    for (const timeoutMs of [5000, 10_000, 25_000]) near(bad(of(hang(20_000, 50_000, timeoutMs))), [[20_000, 50_000]], 100);
  });

  it('sees a hang in latency too', () => {
    near(bad(of(hang(20_000, 50_000), load('http_req_latency', 'p(95)<250'))), [[20_000, 50_000]], 200);
  });

  it('sees a slow stretch in latency and not in failures', () => {
    const slow: System = (ms) => (ms >= 20_000 && ms < 30_000 ? { outcome: 'ok', latencyMs: 600 } : quick(ms));
    near(bad(of(slow, load('http_req_latency', 'p(95)<250'))), [[20_000, 30_000]], 100);
    assert.deepEqual(bad(of(slow)), []);
  });

  it('sees clients that wait and send nothing as not good', () => {
    const evidence = evidenceOf(
      { ratePerS: 20, toMs: 20_000, system: (ms) => (ms >= 19_000 ? { outcome: 'ok', latencyMs: 30_000 - ms } : quick(ms)) },
      { ratePerS: 20, fromMs: 30_000, toMs: 60_000, system: quick },
    );
    near(bad(goodTimeline(failed, evidence, 60_000)), [[19_000, 30_000]], 100);
  });

  it('is not good between two stretches that are not, where clients waited for their time-outs', () => {
    const dead: System = () => ({ outcome: 'timeout', latencyMs: 10_000 });
    const evidence = evidenceOf(
      { ratePerS: 20, toMs: 20_000, system: quick },
      { ratePerS: 20, fromMs: 20_000, toMs: 20_500, system: dead },
      { ratePerS: 20, fromMs: 30_000, toMs: 30_500, system: dead },
      { ratePerS: 20, fromMs: 40_000, toMs: 60_000, system: quick },
    );
    const timeline = goodTimeline(failed, evidence, 60_000);
    near(bad(timeline), [[20_000, 30_500]], 100);
    near(unknown(timeline), [[30_500, 40_000]], 100);
  });

  it('is good throughout where nothing happens, at any rate of load', () => {
    for (const ratePerS of [0.5, 1, 3, 10, 150]) {
      const timeline = of(quick, failed, ratePerS);
      assert.deepEqual(bad(timeline), [], `${ratePerS}/s`);
      assert.deepEqual(timeline.intervals[0], { fromMs: 0, toMs: timeline.endMs, state: 'good' }, `${ratePerS}/s`);
    }
  });

  it('says how far off its instants may be when requests are rare', () => {
    const timeline = of(outage(20_000, 30_000), failed, 1);
    near(bad(timeline), [[20_000, 30_000]], timeline.errorMs);
    assert.ok(timeline.errorMs >= 1000);
  });

  it('overlooks a failure here and there that the threshold allows', () => {
    assert.deepEqual(bad(of((ms) => (Math.round(ms * 0.15) % 200 === 7 ? { outcome: '5xx', latencyMs: 3 } : quick(ms)))), []);
  });

  it('keeps a stray failure before an outage from moving its beginning', () => {
    const stray: System = (ms) => (ms >= 19_300 && ms < 19_304 ? { outcome: '5xx', latencyMs: 3 } : outage(20_000, 30_000)(ms));
    near(bad(of(stray)), [[20_000, 30_000]], 100);
  });

  it('knows nothing before, after and in long breaks of the load', () => {
    const evidence = evidenceOf(
      { ratePerS: 50, fromMs: 10_000, toMs: 20_000, system: quick },
      { ratePerS: 50, fromMs: 40_000, toMs: 50_000, system: quick },
    );
    const timeline = goodTimeline(failed, evidence, 60_000);
    near(
      unknown(timeline),
      [
        [0, 10_000],
        [20_000, 40_000],
        [50_000, 60_000],
      ],
      100,
    );
    assert.equal(timeline.endMs, 50_000);
  });

  it('carries its state over a break no longer than the window', () => {
    const evidence = evidenceOf(
      { ratePerS: 50, toMs: 20_000, system: quick },
      { ratePerS: 50, fromMs: 20_900, toMs: 40_000, system: quick },
    );
    assert.deepEqual(goodTimeline(failed, evidence, 40_000).intervals, [{ fromMs: 0, toMs: 40_000, state: 'good' }]);
  });

  it('knows nothing where the samples are fewer than asked for', () => {
    const timeline = of(quick, load('http_req_failed', 'rate<0.01', { minSamples: 200 }));
    assert.deepEqual(timeline.intervals, [{ fromMs: 0, toMs: 90_000, state: 'unknown' }]);
  });

  it('knows nothing without any load', () => {
    assert.deepEqual(goodTimeline(failed, new Evidence(), 5000).intervals, [{ fromMs: 0, toMs: 5000, state: 'unknown' }]);
  });

  it('stays not good to the end when the load ends in an outage', () => {
    near(bad(of(outage(80_000, 100_000))), [[80_000, 90_000]], 100);
  });
});

describe('the timeline of an indicator made of readings', () => {
  const healthy = reading('health', { tolerance: { equals: 200 } });
  const seen = (value: (atMs: number) => number | undefined, options: { everyMs?: number; tookMs?: number } = {}) => {
    const evidence = new Evidence();
    addReadings(evidence, 'health', { toMs: 60_000, value, ...options });
    return goodTimeline(healthy, evidence, 60_000);
  };

  it('finds an outage within the interval of the probe', () => {
    const timeline = seen((ms) => (ms >= 20_400 && ms < 30_400 ? 503 : 200));
    near(bad(timeline), [[20_400, 30_400]], 1010);
    assert.equal(timeline.errorMs, 1000);
    near(bad(seen((ms) => (ms >= 20_400 && ms < 30_400 ? 503 : 200), { everyMs: 250 })), [[20_400, 30_400]], 260);
  });

  it('begins with the start of the first wrong look, for a look that hangs began in the harm', () => {
    const evidence = new Evidence();
    addReadings(evidence, 'health', { toMs: 20_000, value: () => 200 });
    evidence.addReading({ probe: 'health', container: undefined, startedMs: 20_000, atMs: 25_000, status: 'ok', value: 0 });
    addReadings(evidence, 'health', { fromMs: 25_000, toMs: 60_000, value: () => 200 });
    assert.deepEqual(bad(goodTimeline(healthy, evidence, 60_000)), [[20_000, 25_010]]);
  });

  it('overlooks one failed look and knows nothing over a gap of several', () => {
    assert.deepEqual(unknown(seen((ms) => (ms === 20_000 ? undefined : 200))), []);
    const gap = seen((ms) => (ms >= 20_000 && ms < 25_000 ? undefined : 200));
    near(unknown(gap), [[20_000, 25_000]], 20);
  });

  it('is good only where all containers of the probe are', () => {
    const evidence = new Evidence();
    addReadings(evidence, 'health', { toMs: 60_000, container: 'one', value: (ms) => (ms >= 20_000 && ms < 25_000 ? 503 : 200) });
    addReadings(evidence, 'health', { toMs: 60_000, container: 'two', value: (ms) => (ms >= 23_000 && ms < 30_000 ? 503 : 200) });
    near(bad(goodTimeline(healthy, evidence, 60_000)), [[20_000, 30_000]], 1010);
  });

  it('judges aggregates over a window that ends at each look', () => {
    const evidence = new Evidence();
    addReadings(evidence, 'lag', { toMs: 60_000, value: (ms) => (ms >= 20_000 && ms < 40_000 ? 100 : 0) });
    const timeline = goodTimeline(reading('lag', { bound: 'avg<50', overMs: 4000 }), evidence, 60_000);
    near(bad(timeline), [[20_000, 40_000]], 4000);
    assert.equal(timeline.errorMs, 4000);
  });

  it('knows nothing as long as the fact that it divides by is not reported', () => {
    const evidence = new Evidence();
    addReadings(evidence, 'reads', { toMs: 10_000, value: () => 5 });
    const condition = reading('reads', { bound: 'value<1', per: { fault: 'eviction', fact: 'evicted' } });
    assert.deepEqual(unknown(goodTimeline(condition, evidence, 10_000)), [[0, 10_000]]);
    evidence.addFacts('eviction', { evicted: 10 });
    assert.deepEqual(bad(goodTimeline(condition, evidence, 10_000)), []);
  });
});

describe('intervals', () => {
  it('are joined to a whole: holes are unknown, equal neighbours one', () => {
    const joined = joinIntervals(
      [
        { fromMs: 10, toMs: 20, state: 'good' },
        { fromMs: 20, toMs: 30, state: 'good' },
        { fromMs: 40, toMs: 90, state: 'not-good' },
      ],
      60,
    );
    assert.deepEqual(joined, [
      { fromMs: 0, toMs: 10, state: 'unknown' },
      { fromMs: 10, toMs: 30, state: 'good' },
      { fromMs: 30, toMs: 40, state: 'unknown' },
      { fromMs: 40, toMs: 60, state: 'not-good' },
    ]);
  });

  it('are combined by the worst: not good before unknown before good', () => {
    const combined = combineIntervals(
      [
        [
          { fromMs: 0, toMs: 30, state: 'good' },
          { fromMs: 30, toMs: 60, state: 'not-good' },
        ],
        [
          { fromMs: 0, toMs: 10, state: 'good' },
          { fromMs: 10, toMs: 60, state: 'unknown' },
        ],
      ],
      60,
    );
    assert.deepEqual(combined, [
      { fromMs: 0, toMs: 10, state: 'good' },
      { fromMs: 10, toMs: 30, state: 'unknown' },
      { fromMs: 30, toMs: 60, state: 'not-good' },
    ]);
  });

  it('of nothing at all are unknown', () => {
    assert.deepEqual(combineIntervals([], 60), [{ fromMs: 0, toMs: 60, state: 'unknown' }]);
  });
});
