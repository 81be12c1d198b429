import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Evidence } from '../../../probes/slo/evidence.ts';
import { judgeCondition, judgeLatest } from '../../../probes/slo/judge-condition.ts';
import { addReadings, evidenceOf, hang, load, outage, quick, reading } from './synthetic-load.ts';

describe('judging the load', () => {
  it('counts failures among all requests: 3 of 1000 are a rate of 0.003', () => {
    const evidence = evidenceOf({ ratePerS: 100, toMs: 10_000, system: (ms) => (ms < 30 ? { outcome: '5xx', latencyMs: 5 } : quick(ms)) });
    const judged = judgeCondition(load('http_req_failed', 'rate<0.01'), evidence, 0, 10_000);
    assert.deepEqual(judged, { state: 'held', seen: 'rate 0.003 of 1000', value: 0.003 });
    assert.equal(judgeCondition(load('http_req_failed', 'rate<0.003'), evidence, 0, 10_000).state, 'broken');
    assert.equal(judgeCondition(load('http_req_failed', 'rate<=0.003'), evidence, 0, 10_000).state, 'held');
  });

  it('takes redirects for good and everything that is no answer for failed', () => {
    const of = (outcome: '3xx' | 'timeout' | 'reset' | 'dropped' | '4xx') =>
      judgeCondition(
        load('http_req_failed', 'rate==0'),
        evidenceOf({ ratePerS: 10, toMs: 2000, system: (ms) => (ms < 500 ? { outcome, latencyMs: 1 } : quick(ms)) }),
        0,
        2000,
      ).state;
    assert.equal(of('3xx'), 'held');
    for (const outcome of ['timeout', 'reset', 'dropped', '4xx'] as const) assert.equal(of(outcome), 'broken', outcome);
  });

  it('judges only the series that carry every tag of the selector', () => {
    const evidence = evidenceOf(
      { ratePerS: 50, toMs: 2000, system: outage(0, 2000) },
      { ratePerS: 50, toMs: 2000, system: quick, series: 1 },
    );
    assert.equal(judgeCondition(load('http_req_failed{region:home}', 'rate<0.01'), evidence, 0, 2000).state, 'broken');
    assert.equal(judgeCondition(load('http_req_failed{region:other}', 'rate<0.01'), evidence, 0, 2000).state, 'held');
    assert.equal(judgeCondition(load('http_req_failed{scenario:scenario-1}', 'rate<0.01'), evidence, 0, 2000).state, 'held');
    assert.equal(
      judgeCondition(load('http_req_failed{region:other,scenario:scenario-0}', 'rate<0.01'), evidence, 0, 2000).state,
      'unknown',
    );
  });

  it('takes a stretch in which load was planned and nothing was answered for the worst there is', () => {
    const evidence = evidenceOf({ ratePerS: 50, toMs: 10_000, system: hang(2000, 8000) });
    const judge = (metric: string, bound: string) => judgeCondition(load(metric, bound), evidence, 3000, 4000).state;
    assert.equal(judge('http_req_failed', 'rate<0.01'), 'broken');
    assert.equal(judge('http_req_failed', 'rate>0.9'), 'held');
    assert.equal(judge('http_req_latency', 'p(95)<60000'), 'broken');
    assert.equal(judge('http_req_duration', 'avg<60000'), 'broken');
    assert.equal(judge('checks', 'rate>0.5'), 'broken');
    const after = judgeCondition(load('http_req_failed', 'rate<0.01'), evidence, 8000, 9000);
    assert.equal(after.state, 'held');
  });

  it('takes refusals for no answer, although they are quick', () => {
    const evidence = evidenceOf({ ratePerS: 50, toMs: 4000, system: outage(1000, 3000) });
    assert.equal(judgeCondition(load('http_req_latency', 'p(95)<100'), evidence, 1000, 3000).state, 'broken');
    assert.equal(judgeCondition(load('http_req_latency', 'p(95)<100'), evidence, 3000, 4000).state, 'held');
  });

  it('takes refusals for no answer even while answers to earlier requests still come in', () => {
    const evidence = evidenceOf({
      ratePerS: 50,
      toMs: 4000,
      system: (ms) => (ms < 1000 ? { outcome: 'ok', latencyMs: 700 } : outage(0, 4000)(ms)),
    });
    assert.equal(judgeCondition(load('http_req_latency', 'p(95)<100'), evidence, 1000, 2000).state, 'broken');
  });

  it('does not take slow but steady answers for silence', () => {
    const evidence = evidenceOf({ ratePerS: 20, toMs: 20_000, system: () => ({ outcome: 'ok', latencyMs: 3000 }) });
    assert.equal(judgeCondition(load('http_req_failed', 'rate<0.01'), evidence, 10_000, 11_000).state, 'held');
  });

  it('does not take one late answer of a thin load for silence', () => {
    const evidence = evidenceOf({ ratePerS: 1, toMs: 20_000, system: (ms) => ({ outcome: 'ok', latencyMs: ms % 2000 < 1000 ? 50 : 400 }) });
    for (let ms = 2000; ms < 18_000; ms += 100) {
      assert.equal(judgeCondition(load('http_req_failed', 'rate<0.01'), evidence, ms, ms + 1000).state, 'held', `at ${ms}`);
    }
  });

  it('knows nothing where no load was planned, or no series matches', () => {
    const evidence = evidenceOf({ ratePerS: 50, toMs: 2000, system: quick });
    assert.equal(judgeCondition(load('http_req_failed', 'rate<0.01'), evidence, 5000, 6000).state, 'unknown');
    assert.equal(judgeCondition(load('http_req_failed{region:x}', 'rate<0.01'), evidence, 0, 1000).state, 'unknown');
    assert.equal(judgeCondition(load('http_reqs', 'count<10'), evidence, 5000, 6000).state, 'unknown');
    assert.equal(judgeCondition(load('http_req_failed', 'rate<0.01'), new Evidence(), 0, 1000).state, 'unknown');
  });

  it('asks for as many samples as it is told to', () => {
    const evidence = evidenceOf({ ratePerS: 50, toMs: 2000, system: quick });
    assert.equal(judgeCondition(load('http_req_failed', 'rate<0.01', { minSamples: 51 }), evidence, 0, 1000).state, 'unknown');
    assert.equal(judgeCondition(load('http_req_failed', 'rate<0.01', { minSamples: 50 }), evidence, 0, 1000).state, 'held');
  });

  it('knows the trends: 95 requests of 10 ms and 5 of 900 ms', () => {
    const evidence = evidenceOf({ ratePerS: 10, toMs: 10_000, system: (ms) => ({ outcome: 'ok', latencyMs: ms % 2000 < 100 ? 900 : 10 }) });
    const value = (bound: string) => judgeCondition(load('http_req_latency', bound), evidence, 0, 10_000).value ?? Number.NaN;
    const close = (one: number, other: number) => assert.ok(Math.abs(one - other) <= other * 0.008 + 0.001, `${one} is not about ${other}`);
    close(value('min<1'), 10);
    close(value('max<1'), 900);
    close(value('med<1'), 10);
    close(value('avg<1'), (95 * 10 + 5 * 900) / 100);
    close(value('p(94)<1'), 10);
    close(value('p(99)<1'), 900);
  });

  it('knows counters by count and by second', () => {
    const evidence = evidenceOf({
      ratePerS: 40,
      toMs: 5000,
      system: (ms) => (ms < 250 ? { outcome: 'dropped', latencyMs: 0 } : quick(ms)),
    });
    assert.deepEqual(judgeCondition(load('http_reqs', 'count>0'), evidence, 0, 5000), {
      state: 'held',
      seen: 'count 190 of 200',
      value: 190,
    });
    assert.equal(judgeCondition(load('http_reqs', 'count>0', { minSamples: 201 }), evidence, 0, 5000).state, 'unknown');
    assert.equal(judgeCondition(load('http_reqs', 'rate>0'), evidence, 1000, 5000).value, 40);
    assert.equal(judgeCondition(load('dropped_iterations', 'count==0'), evidence, 0, 5000).value, 10);
    assert.equal(judgeCondition(load('dropped_iterations', 'count==0'), evidence, 1000, 5000).state, 'held');
  });

  it('selects a check by its name', () => {
    const evidence = evidenceOf({ ratePerS: 40, toMs: 2000, system: outage(1000, 1500), check: 'from-us-east-1' });
    assert.equal(judgeCondition(load('checks{check:from-us-east-1,region:home}', 'rate==1'), evidence, 0, 2000).value, 0.75);
    assert.equal(judgeCondition(load('checks', 'rate==1'), evidence, 0, 2000).value, 0.75);
    assert.equal(judgeCondition(load('checks{check:other}', 'rate==1'), evidence, 0, 2000).state, 'unknown');
  });

  it('leaves a metric or an aggregation that there is not unknown', () => {
    const evidence = evidenceOf({ ratePerS: 40, toMs: 2000, system: quick });
    assert.equal(judgeCondition(load('http_req_failing', 'rate<1'), evidence, 0, 2000).state, 'unknown');
    assert.equal(judgeCondition(load('http_req_failed', 'p(95)<1'), evidence, 0, 2000).state, 'unknown');
    assert.equal(judgeCondition(load('http_req_latency', 'delta<1'), evidence, 0, 2000).state, 'unknown');
  });

  it('judges only buckets that lie wholly within the interval', () => {
    const evidence = evidenceOf({ ratePerS: 100, toMs: 2000, system: outage(900, 1000) });
    assert.equal(judgeCondition(load('http_req_failed', 'rate==0'), evidence, 950, 2000).state, 'held');
    assert.equal(judgeCondition(load('http_req_failed', 'rate==0'), evidence, 0, 950).state, 'held');
    assert.equal(judgeCondition(load('http_req_failed', 'rate==0'), evidence, 900, 2000).state, 'broken');
    assert.equal(judgeCondition(load('http_req_failed', 'rate==0'), evidence, 950, 1040).state, 'unknown');
  });
});

describe('judging readings', () => {
  it('wants every reading within its tolerance', () => {
    const evidence = new Evidence();
    addReadings(evidence, 'health', { toMs: 10_000, value: (ms) => (ms === 5000 ? 503 : 200) });
    const healthy = reading('health', { tolerance: { equals: 200 } });
    assert.equal(judgeCondition(healthy, evidence, 0, 4900).state, 'held');
    assert.deepEqual(judgeCondition(healthy, evidence, 0, 10_000), { state: 'broken', seen: '503; 1 of 10 readings are out', value: 503 });
    assert.equal(judgeCondition(healthy, evidence, 5500, 10_000).state, 'held');
  });

  it('knows ranges, patterns and plain truth', () => {
    const evidence = new Evidence();
    addReadings(evidence, 'lag', { toMs: 3000, value: () => 4.5 });
    addReadings(evidence, 'text', { toMs: 3000, value: () => 'streaming' });
    addReadings(evidence, 'no', { toMs: 3000, value: () => false });
    addReadings(evidence, 'null', { toMs: 3000, value: () => null });
    const state = (name: string, options: Parameters<typeof reading>[1]) => judgeCondition(reading(name, options), evidence, 0, 3000).state;
    assert.equal(state('lag', { tolerance: { range: [4.5, 5] } }), 'held');
    assert.equal(state('lag', { tolerance: { range: [4.6, 5] } }), 'broken');
    assert.equal(state('text', { tolerance: { matches: '^stream' } }), 'held');
    assert.equal(state('text', { tolerance: { matches: '^catch' } }), 'broken');
    assert.equal(state('text', { tolerance: { matches: '(' } }), 'unknown');
    assert.equal(state('lag', {}), 'held');
    assert.equal(state('no', {}), 'broken');
    assert.equal(state('null', { bound: 'value<200' }), 'broken');
  });

  it('wants every reading to meet a threshold on value, and the rest on all together', () => {
    const evidence = new Evidence();
    addReadings(evidence, 'lag', { toMs: 5000, value: (ms) => ms / 1000 });
    const judge = (bound: string) => judgeCondition(reading('lag', { bound }), evidence, 0, 5000);
    assert.equal(judge('value<4').state, 'broken');
    assert.equal(judge('value<=4').state, 'held');
    assert.equal(judge('avg==2').state, 'held');
    assert.equal(judge('min==0').state, 'held');
    assert.equal(judge('max==4').state, 'held');
    assert.equal(judge('med==2').state, 'held');
    assert.equal(judge('p(75)==3').state, 'held');
    assert.equal(judge('count==5').state, 'held');
    assert.equal(judge('rate==0.8').state, 'held');
    assert.equal(judge('delta==4').state, 'held');
  });

  it('counts what a counter gained right at the start, from the last reading before it', () => {
    const evidence = new Evidence();
    addReadings(evidence, 'reads', { toMs: 20_000, value: (ms) => (ms < 10_000 ? 1000 : 1800) });
    const gained = judgeCondition(reading('reads', { bound: 'delta<=1' }), evidence, 9500, 20_000);
    assert.equal(gained.value, 800);
    assert.equal(gained.state, 'broken');
    assert.equal(judgeCondition(reading('reads', { bound: 'delta<=1' }), evidence, 10_500, 20_000).value, 0);
  });

  it('adds up what the counters of several containers gained', () => {
    const evidence = new Evidence();
    addReadings(evidence, 'reads', { toMs: 10_000, container: 'one', value: (ms) => ms / 1000 });
    addReadings(evidence, 'reads', { toMs: 10_000, container: 'two', value: (ms) => (2 * ms) / 1000 });
    assert.equal(judgeCondition(reading('reads', { bound: 'delta<1' }), evidence, 0, 10_000).value, 27);
  });

  it('divides by what a fault reported, and knows nothing as long as it has not', () => {
    const evidence = new Evidence();
    addReadings(evidence, 'reads', { toMs: 10_000, value: (ms) => (ms < 5000 ? 0 : 400) });
    const perKey = reading('reads', { bound: 'delta<=1', per: { fault: 'eviction', fact: 'evicted' } });
    assert.equal(judgeCondition(perKey, evidence, 4500, 10_000).state, 'unknown');
    evidence.addFacts('eviction', { evicted: 800 });
    assert.equal(judgeCondition(perKey, evidence, 4500, 10_000).value, 0.5);
    assert.equal(judgeCondition(perKey, evidence, 4500, 10_000).state, 'held');
    evidence.addFacts('eviction', { evicted: 0 });
    assert.equal(judgeCondition(perKey, evidence, 4500, 10_000).state, 'unknown');
  });

  it('never takes a failed look for a good one', () => {
    const evidence = new Evidence();
    addReadings(evidence, 'blind', { toMs: 5000, value: () => undefined });
    addReadings(evidence, 'mostly-blind', { toMs: 5000, value: (ms) => (ms === 0 ? 200 : undefined) });
    addReadings(evidence, 'mostly-seeing', { toMs: 5000, value: (ms) => (ms === 0 ? undefined : 200) });
    const state = (name: string) => judgeCondition(reading(name, { tolerance: { equals: 200 } }), evidence, 0, 5100).state;
    assert.equal(state('blind'), 'unknown');
    assert.equal(state('mostly-blind'), 'unknown');
    assert.equal(state('mostly-seeing'), 'held');
    assert.equal(state('missing'), 'unknown');
  });

  it('takes only looks that lie wholly within the interval', () => {
    const evidence = new Evidence();
    evidence.addReading({ probe: 'slow', container: undefined, startedMs: 900, atMs: 5900, status: 'ok', value: 503 });
    evidence.addReading({ probe: 'slow', container: undefined, startedMs: 6000, atMs: 6010, status: 'ok', value: 200 });
    assert.equal(judgeCondition(reading('slow', { tolerance: { equals: 200 } }), evidence, 1000, 7000).state, 'held');
    assert.equal(judgeCondition(reading('slow', { tolerance: { equals: 200 } }), evidence, 900, 7000).state, 'broken');
  });
});

describe('judging the latest window', () => {
  it('looks at the last second of the load', () => {
    const evidence = evidenceOf({ ratePerS: 50, toMs: 10_000, system: outage(5000, 6000) });
    assert.equal(judgeLatest(load('http_req_failed', 'rate<0.01'), evidence, 6500).state, 'broken');
    assert.equal(judgeLatest(load('http_req_failed', 'rate<0.01'), evidence, 7100).state, 'held');
    assert.equal(judgeLatest(load('http_req_failed', 'rate<0.01', { overMs: 3000 }), evidence, 7100).state, 'broken');
  });

  it('reaches back far enough to hold a whole look, whenever it is asked', () => {
    const evidence = new Evidence();
    addReadings(evidence, 'health', { toMs: 20_000, tookMs: 300, value: () => 200 });
    for (let nowMs = 5000; nowMs < 15_000; nowMs += 70) {
      assert.equal(judgeLatest(reading('health', { tolerance: { equals: 200 } }), evidence, nowMs).state, 'held', `at ${nowMs}`);
    }
  });
});
