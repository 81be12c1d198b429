import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Measure } from '../../../../experiments/language/comparison.ts';
import { parseMeasure } from '../../../../experiments/language/spread.ts';
import { parseAggregate, parseSelector } from '../../../../experiments/language/threshold.ts';
import { compare } from '../../../../probes/slo/compare/compare.ts';
import { measureText, sampleRun } from '../../../../probes/slo/compare/sample-run.ts';
import { spanOf } from '../../../../probes/slo/compare/span.ts';
import type { Evidence } from '../../../../probes/slo/evidence.ts';
import { addReadings, evidenceOf, outage, quick, type System } from '../synthetic-load.ts';

const TO_MS = 60_000;
const WHOLE = { fromMs: 0, toMs: TO_MS };

function aggregate(text: string) {
  const parsed = parseAggregate(text);
  assert.ok(parsed);
  return parsed;
}

function ofLoad(metric: string, text: string): Measure {
  const load = parseSelector(metric);
  assert.ok(load);
  return { load, aggregate: aggregate(text) };
}

const waits =
  (baseMs: number): System =>
  (intendedMs) => ({ outcome: 'ok', latencyMs: baseMs + 10 * Math.abs(Math.sin(intendedMs * 12.9898)) });

const evidence = (system: System): Evidence => evidenceOf({ ratePerS: 50, toMs: TO_MS, system });
const sample = (measure: Measure, seen: Evidence) => sampleRun('run', measure, seen, WHOLE, []);

describe('a sample of the load', () => {
  it('has the value that a condition would have, and intervals of a second that together come to it', () => {
    const found = sample(ofLoad('http_req_latency', 'p(95)'), evidence(waits(20)));
    assert.ok(found.value !== undefined && found.value > 29 && found.value < 30.5, found.seen);
    assert.equal(found.intervals?.values.length, 60);
    assert.equal(found.intervals?.unit, '1s');
    const again = found.intervals?.over(Array.from({ length: 60 }, (_, index) => index)) ?? 0;
    assert.ok(Math.abs(again - found.value) < 0.01 * found.value, `${again}, not ${found.value}`);
  });

  it('counts what a share is a share of', () => {
    const { value, counts } = sample(ofLoad('http_req_failed', 'rate'), evidence(outage(10_000, 16_000)));
    assert.deepEqual([value, counts], [0.1, { count: 300, all: 3000 }]);
    assert.equal(sample(ofLoad('http_req_failed', 'count'), evidence(quick)).counts, undefined);
  });

  it('has no intervals where the order of things matters', () => {
    assert.equal(sample(ofLoad('http_req_latency', 'max'), evidence(quick)).intervals, undefined);
  });

  it('of a percentile says by how much it may be too high where the generator was late, in that time only', () => {
    const late = [{ fromMs: 5000, toMs: 6000, lagMs: 15 }];
    const p95 = ofLoad('http_req_latency', 'p(95)');
    const seen = evidence(waits(20));
    const found = sampleRun('run', p95, seen, WHOLE, late);
    const [of95, of94] = [sample(p95, seen).value ?? 0, sample(ofLoad('http_req_latency', 'p(94)'), seen).value ?? 0];
    assert.deepEqual([found.value, found.tooHighBy], [of95, of95 - (of94 - 15)]);
    assert.match(found.seen, /; the load generator was itself late by 15 ms$/);
    assert.equal(sampleRun('run', p95, seen, WHOLE, [{ fromMs: 5000, toMs: 6000, lagMs: 900 }]).tooHighBy, of95);
    assert.equal(sampleRun('run', p95, seen, { fromMs: 6000, toMs: TO_MS }, late).tooHighBy, undefined);
  });

  it('has no average of latency where the generator was late, and its failures all the same', () => {
    const late = [{ fromMs: 5000, toMs: 6000, lagMs: 80 }];
    const seen = evidence(quick);
    const latency = sampleRun('run', ofLoad('http_req_latency', 'avg'), seen, WHOLE, late);
    assert.deepEqual([latency.value, latency.seen], [undefined, 'the load generator was itself late by 80 ms']);
    assert.equal(sampleRun('run', ofLoad('http_req_failed', 'rate'), seen, WHOLE, late).value, 0);
    assert.notEqual(sampleRun('run', ofLoad('http_req_latency', 'avg'), seen, { fromMs: 6000, toMs: TO_MS }, late).value, undefined);
  });

  it('says why where there is nothing', () => {
    const { value, seen } = sample(ofLoad('http_req_failed{region:nowhere}', 'rate'), evidence(quick));
    assert.deepEqual([value, seen], [undefined, 'no load matches http_req_failed{region:nowhere}']);
    assert.equal(
      sampleRun('run', ofLoad('http_reqs', 'rate'), evidence(quick), 'the fault was never in effect', []).seen,
      'the fault was never in effect',
    );
  });

  it('tells a slower system from a quicker one by a run of each, and the same from itself not', () => {
    const p95 = ofLoad('http_req_latency', 'p(95)');
    const [slow, fast] = [sample(p95, evidence(waits(30))), sample(p95, evidence(waits(20)))];
    const apart = compare([slow], [fast], 1);
    assert.ok(typeof apart !== 'string' && apart.sideOf({ factor: 1.2, offset: 0 }) === 'above');
    const same = compare([fast], [fast], 1);
    assert.ok(typeof same !== 'string' && same.sideOf({ factor: 1, offset: 0 }) === 'unclear');
  });
});

describe('a sample of readings', () => {
  const withReadings = () => {
    const seen = evidence(quick);
    addReadings(seen, 'lag', { toMs: TO_MS, value: (atMs) => (atMs === 7000 ? undefined : 2 + Math.sin(atMs)) });
    return seen;
  };

  it('takes extremes and differences of the whole, without intervals', () => {
    const found = sample({ reading: 'lag', aggregate: aggregate('max') }, withReadings());
    assert.ok(found.value !== undefined && found.value > 2.9 && found.value <= 3);
    assert.equal(found.intervals, undefined);
  });

  it('takes means with each reading for an interval, those that failed left out', () => {
    const found = sample({ reading: 'lag', aggregate: aggregate('avg') }, withReadings());
    assert.equal(found.intervals?.values.length, 59);
    const again = found.intervals?.over(Array.from({ length: 59 }, (_, index) => index)) ?? 0;
    assert.ok(Math.abs(again - (found.value ?? 0)) < 1e-9);
  });

  it('says why where there is none', () => {
    assert.equal(sample({ reading: 'pager', aggregate: aggregate('max') }, evidence(quick)).seen, 'no readings');
  });
});

describe('a sample of spread', () => {
  it('is the measure of the whole part', () => {
    const spread = parseMeasure('peak(http_reqs)');
    assert.ok(typeof spread !== 'string');
    assert.equal(sample({ spread }, evidence(quick)).value, 50);
    assert.equal(measureText({ spread }), 'peak(http_reqs)');
  });
});

describe('the part of a run', () => {
  const clock = { askedAtMs: 10, inEffectAtMs: 20, endedAtMs: 50, momentary: false };

  it('goes by the clock of the fault', () => {
    assert.deepEqual(spanOf('whole', undefined, 90), { fromMs: 0, toMs: 90 });
    assert.deepEqual(spanOf('before', clock, 90), { fromMs: 0, toMs: 10 });
    assert.deepEqual(spanOf('during', clock, 90), { fromMs: 20, toMs: 50 });
    assert.deepEqual(spanOf('since', clock, 90), { fromMs: 20, toMs: 90 });
    assert.deepEqual(spanOf('after', clock, 90), { fromMs: 50, toMs: 90 });
  });

  it('is none where there was no fault, no end of it, or no time', () => {
    assert.equal(spanOf('since', undefined, 90), 'the fault was never in effect');
    assert.equal(spanOf('after', { ...clock, endedAtMs: undefined }, 90), 'nobody knows when the fault ended');
    assert.equal(spanOf('during', { ...clock, momentary: true }, 90), 'this fault does not last');
  });
});
