import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Condition } from '../../../experiments/language/condition.ts';
import { Evidence } from '../../../probes/slo/evidence.ts';
import { goodTimeline } from '../../../probes/slo/good-timeline.ts';
import { judgeCondition } from '../../../probes/slo/judge-condition.ts';
import { randomFrom } from '../../helpers/random.ts';
import { inFrames, type LoadPlan, load, reading, type System, WILD_LATENCY_MS_MAX, wildSystem } from './synthetic-load.ts';

function evidenceUntil(plan: LoadPlan, readings: readonly { atMs: number; value: number | null }[]): Evidence {
  const evidence = new Evidence();
  evidence.addSeries({ id: 0, scenario: 'all', tags: {} });
  for (const cells of inFrames(plan)) evidence.addCells(cells);
  for (const { atMs, value } of readings) {
    if (atMs > (plan.nowMs ?? Number.POSITIVE_INFINITY)) continue;
    evidence.addReading({
      probe: 'lag',
      container: undefined,
      startedMs: atMs - 20,
      atMs,
      status: value === null ? 'unknown' : 'ok',
      value,
    });
  }
  return evidence;
}

const CONDITIONS: readonly Condition[] = [
  load('http_req_failed', 'rate<0.5'),
  load('http_req_latency', 'p(95)<900'),
  load('http_req_duration', 'avg<300'),
  load('http_reqs', 'rate>10'),
  load('dropped_iterations', 'count<5'),
  reading('lag', { bound: 'value<0.9' }),
  reading('lag', { bound: 'delta<0.1' }),
  reading('lag', { bound: 'p(90)<0.8' }),
];

describe('judging live', () => {
  it('gives the same as judging afterwards, once all of the stretch has arrived', () => {
    for (let seed = 1; seed <= 25; seed += 1) {
      const random = randomFrom(seed);
      const plan: LoadPlan = { ratePerS: 5 + random() * 100, toMs: 20_000, system: wildSystem(seed) };
      const readings = Array.from({ length: 80 }, (_, index) => ({ atMs: index * 250 + 30, value: random() < 0.1 ? null : random() }));
      const afterwards = evidenceUntil(plan, readings);
      const fromMs = random() * 15_000;
      const toMs = fromMs + 200 + random() * 4000;
      const live = evidenceUntil({ ...plan, nowMs: toMs + WILD_LATENCY_MS_MAX }, readings);
      for (const condition of CONDITIONS) {
        assert.deepEqual(
          judgeCondition(condition, live, fromMs, toMs),
          judgeCondition(condition, afterwards, fromMs, toMs),
          `seed ${seed}`,
        );
      }
    }
  });

  it('does not depend on how the cells were cut into frames, nor on their order', () => {
    const plan: LoadPlan = { ratePerS: 60, toMs: 10_000, system: wildSystem(7) };
    const [inOrder, shuffled] = [evidenceUntil(plan, []), new Evidence()];
    const random = randomFrom(9);
    const cells = inFrames(plan).flat();
    const mixed = cells.map((cell) => ({ cell, place: random() })).sort((one, other) => one.place - other.place);
    for (const { cell } of mixed) shuffled.addCells([cell]);
    shuffled.addSeries({ id: 0, scenario: 'all', tags: {} });
    for (const condition of CONDITIONS) {
      assert.deepEqual(judgeCondition(condition, shuffled, 2000, 8000), judgeCondition(condition, inOrder, 2000, 8000));
    }
    const failed = load('http_req_failed', 'rate<0.5');
    assert.deepEqual(goodTimeline(failed, shuffled, 10_000), goodTimeline(failed, inOrder, 10_000));
  });
});

describe('finding outages', () => {
  it('is right within a bucket for any outage, threshold and window', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = randomFrom(seed * 77);
      const fromMs = 5000 + random() * 5000;
      const toMs = fromMs + 1500 + random() * 8000;
      const good = load('http_req_failed', `rate<${(0.01 + random() * 0.8).toFixed(2)}`, { overMs: 500 + Math.round(random() * 10) * 100 });
      const system: System = (ms) => ({ outcome: ms >= fromMs && ms < toMs ? 'timeout' : 'ok', latencyMs: 3 });
      const evidence = evidenceUntil({ ratePerS: 40 + random() * 200, toMs: 30_000, system }, []);
      const bad = goodTimeline(good, evidence, 30_000).intervals.filter(({ state }) => state === 'not-good');
      assert.equal(bad.length, 1, `seed ${seed}`);
      assert.ok(Math.abs((bad[0]?.fromMs ?? 0) - fromMs) <= 100, `seed ${seed}: begins at ${bad[0]?.fromMs}, not ${fromMs}`);
      assert.ok(Math.abs((bad[0]?.toMs ?? 0) - toMs) <= 100, `seed ${seed}: ends at ${bad[0]?.toMs}, not ${toMs}`);
    }
  });
});
