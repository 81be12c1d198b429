import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BurnCondition } from '../../../experiments/language/condition.ts';
import { parseSelector } from '../../../experiments/language/threshold.ts';
import { firesAfterMs } from '../../../probes/slo/error-budget.ts';
import { Evidence } from '../../../probes/slo/evidence.ts';
import { goodTimeline } from '../../../probes/slo/good-timeline.ts';
import { judgeCondition, judgeLatest } from '../../../probes/slo/judge-condition.ts';
import { conditionText } from '../../../probes/slo/judgement.ts';
import { evidenceOf, outage, quick, type System } from './synthetic-load.ts';

const HOUR_MS = 3_600_000;
const SLO = 0.999;
const TO_MS = 240_000;

function alert(parts: Partial<BurnCondition> & { metric?: string } = {}): BurnCondition {
  const { metric = 'http_req_failed', ...more } = parts;
  const burn = parseSelector(metric);
  if (!burn) throw new Error(`${metric} is no selector`);
  return { burn, slo: SLO, fires: true, scale: 60, ...more };
}

/** Of every hundred requests, `failed` fail from an instant on, evenly spread. */
const failing =
  (failed: number, fromMs: number): System =>
  (ms) =>
    ms >= fromMs && (Math.round(ms / 10) * failed) % 100 < failed ? { outcome: '5xx', latencyMs: 2 } : quick(ms);

function firesFrom(system: System, condition = alert()): number | undefined {
  const { intervals } = goodTimeline(condition, evidenceOf({ ratePerS: 100, toMs: TO_MS, system }), TO_MS);
  return intervals.find(({ state }) => state === 'good')?.fromMs;
}

describe('a burn-rate alert', () => {
  it('fires when the workbook says, after a past without errors: a total outage after 51.84 s, windows / 60 after 0.864 s', () => {
    for (const [failed, startMs] of [
      [100, 120_000],
      [50, 120_000],
      [10, 100_000],
    ] as const) {
      const expected = startMs + firesAfterMs(failed / 100, SLO, HOUR_MS / 60, 14.4);
      const fired = firesFrom(failing(failed, startMs)) ?? Number.NaN;
      assert.ok(fired >= expected - 100 && fired <= expected + 200, `${failed} %: fires at ${fired}, the formula says ${expected}`);
    }
  });

  it('fires no sooner in a run that has just begun: what lies before its load was answered well', () => {
    const [early, late] = [firesFrom(failing(100, 5000)), firesFrom(failing(100, 120_000))];
    assert.equal((early ?? 0) - 5000, (late ?? 0) - 120_000);
  });

  it('stays silent below its rates: 0.5 % burn at 5, 1.4 % at 14 until the long window of the slower pair is over', () => {
    assert.equal(
      firesFrom((ms) => (Math.round(ms / 10) % 200 === 0 ? { outcome: '5xx', latencyMs: 2 } : quick(ms))),
      undefined,
    );
    const six = firesFrom(failing(1, 20_000));
    const expected = 20_000 + firesAfterMs(0.01, SLO, (6 * HOUR_MS) / 60, 6);
    assert.ok(six !== undefined && Math.abs(six - expected) <= 1100, `${six} is not ${expected}`);
  });

  it('ends with its short window, and not only when the long one has forgotten', () => {
    const { intervals } = goodTimeline(alert(), evidenceOf({ ratePerS: 100, toMs: TO_MS, system: outage(100_000, 104_000) }), TO_MS);
    const firing = intervals.filter(({ state }) => state === 'good');
    assert.ok(firing.length >= 1);
    const end = firing.at(-1)?.toMs ?? 0;
    assert.ok(end > 104_000 && end <= 104_000 + HOUR_MS / 60 / 2 + 200, `it ended at ${end}`);
  });

  it('must not fire where `fires` is false, and is judged over a stretch as a whole', () => {
    const evidence = evidenceOf({ ratePerS: 100, toMs: TO_MS, system: outage(100_000, 104_000) });
    const quiet = alert({ fires: false });
    assert.equal(judgeCondition(quiet, evidence, 50_000, 90_000).state, 'held');
    assert.equal(judgeCondition(quiet, evidence, 50_000, 150_000).state, 'broken');
    assert.equal(judgeCondition(alert(), evidence, 50_000, 150_000).state, 'held');
    assert.equal(judgeLatest(alert(), evidence, 104_000).state, 'held');
    assert.equal(judgeLatest(alert(), evidence, 99_000).state, 'broken');
    assert.match(judgeLatest(alert(), evidence, 104_000).seen, /^burn rate [\d.]+ over 1m and 800 over 5s, of 14\.4$/);
  });

  it('gives at each instant what its timeline has there', () => {
    const evidence = evidenceOf({ ratePerS: 100, toMs: TO_MS, system: outage(100_000, 104_000) });
    const { intervals } = goodTimeline(alert(), evidence, TO_MS);
    for (let atMs = 1000; atMs < TO_MS; atMs += 700) {
      const state = intervals.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)?.state;
      assert.equal(judgeLatest(alert(), evidence, atMs).state, state === 'good' ? 'held' : 'broken', `at ${atMs}`);
    }
  });

  it('counts checks that did not pass, too', () => {
    const evidence = evidenceOf({ ratePerS: 100, toMs: 60_000, system: outage(30_000, 60_000), check: 'fresh' });
    const good = alert({ metric: 'checks{check:fresh}' });
    assert.deepEqual([judgeLatest(good, evidence, 29_000).state, judgeLatest(good, evidence, 50_000).state], ['broken', 'held']);
  });

  it('takes other windows, and says what it is', () => {
    const windows = [{ rate: 2, over: { ms: 10_000 }, 'and-over': { ms: 1000 } }];
    const slow = alert({ slo: 0.9, scale: undefined, windows });
    assert.ok(Math.abs((firesFrom(failing(50, 100_000), slow) ?? 0) - 104_000) <= 600);
    assert.equal(conditionText(alert()), 'burn-rate alert on http_req_failed at 99.9%, windows / 60 fires');
    assert.equal(conditionText(alert({ slo: 0.9995 })), 'burn-rate alert on http_req_failed at 99.95%, windows / 60 fires');
    assert.equal(conditionText(slow), 'burn-rate alert on http_req_failed at 90% fires');
  });

  it('is unknown without load, for other tags, and after the load has ended', () => {
    assert.equal(judgeLatest(alert({ fires: false }), new Evidence(), 10_000).state, 'unknown');
    const evidence = evidenceOf({ ratePerS: 100, toMs: 30_000, system: quick });
    assert.equal(judgeLatest(alert({ fires: false, metric: 'http_req_failed{region:nowhere}' }), evidence, 10_000).state, 'unknown');
    assert.equal(goodTimeline(alert({ fires: false }), evidence, 90_000).endMs, 30_000);
    assert.equal(judgeLatest(alert({ fires: false }), evidence, 29_000).state, 'held');
  });
});
