import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LoadThreshold } from '../../../experiments/language/experiment.ts';
import { Evidence } from '../../../probes/slo/evidence.ts';
import { judgeCondition } from '../../../probes/slo/judge-condition.ts';
import { judgeThreshold, ThresholdTally, thresholdText } from '../../../probes/slo/judge-threshold.ts';
import type { LoadCell } from '../../../probes/slo/load-cells.ts';
import { MetricWindow } from '../../../probes/slo/metric-window.ts';
import { evidenceOf, inFrames, load, outage, quick, wildSystem } from './synthetic-load.ts';

const AT_THE_END = { abortOnFail: false, delayAbortEval: { ms: 0 } };
const reqs = { ...load('http_reqs', 'count==101'), ...AT_THE_END };

describe('a threshold on the whole of the load', () => {
  it('counts the last requests too, where the load ends within a bucket', () => {
    const evidence = evidenceOf({ ratePerS: 100, toMs: 1010, system: quick });
    assert.equal(judgeThreshold(reqs, evidence, 1016, []).seen, 'count 101 of 101');
    assert.equal(judgeThreshold(reqs, evidence, 90_000, []).state, 'held');
  });

  it('is broken by the failures of its last moment alone', () => {
    const failed = { ...load('http_req_failed', 'rate==0'), ...AT_THE_END };
    const evidence = evidenceOf({ ratePerS: 100, toMs: 1010, system: outage(1000, 1010) });
    assert.equal(judgeThreshold(failed, evidence, 1016, []).state, 'broken');
  });

  it('is unknown without a sample', () => {
    assert.equal(judgeThreshold(reqs, evidenceOf(), 1000, []).state, 'unknown');
  });

  it('blames no latency on the system that the generator may have made', () => {
    const slow = { ...load('http_req_latency', 'max<40'), ...AT_THE_END };
    const evidence = evidenceOf({ ratePerS: 100, toMs: 1000, system: () => ({ outcome: 'ok', latencyMs: 50 }) });
    assert.equal(judgeThreshold(slow, evidence, 1000, []).state, 'broken');
    assert.equal(judgeThreshold(slow, evidence, 1000, [{ fromMs: 200, toMs: 400, lagMs: 30 }]).state, 'unknown');
  });

  it('is told as its author would write it', () => {
    assert.equal(thresholdText(reqs), 'http_reqs count==101');
  });
});

const threshold = (metric: string, bound: string): LoadThreshold => ({ ...load(metric, bound), ...AT_THE_END });

/** What a script's own metrics would grow by, beside what a cell has. */
function withMetrics(cell: LoadCell, index: number): LoadCell {
  const value = (index * 7919) % 1000;
  const held = { count: 1, min: value, max: value, last: value };
  return { ...cell, metrics: { queue: held, weight: { count: 1, sum: value, min: value, max: value, values: [value] } } };
}

/** An evidence of one series, and what feeds it frame by frame. */
function growing(frames: readonly (readonly LoadCell[])[]) {
  const evidence = new Evidence();
  evidence.addSeries({ id: 0, scenario: 'all', tags: { region: 'home' } });
  evidence.addSeries({ id: 1, scenario: 'others', tags: { region: 'away' } });
  evidence.addMetric({ name: 'queue', type: 'gauge', isTime: false });
  evidence.addMetric({ name: 'weight', type: 'trend', isTime: false });
  let fed = 0;
  const feedUntil = (nowMs: number) => {
    for (; fed < frames.length && (fed + 1) * 100 <= nowMs; fed += 1) evidence.addCells(frames[fed] ?? []);
  };
  return { evidence, feedUntil };
}

/** The number of rows that are looked at from here on. */
function lookedAt(evidence: Evidence): { count: number } {
  const looks = { count: 0 };
  for (const { rows } of evidence.allSeries()) {
    const get = rows.get.bind(rows);
    Object.assign(rows, {
      get: (bucket: number) => {
        looks.count += 1;
        return get(bucket);
      },
    });
  }
  return looks;
}

const RUN_MS = 30_000;

describe('a threshold that is judged again and again', () => {
  const asked = [
    threshold('http_req_failed', 'rate<0.2'),
    threshold('http_req_failed{region:away}', 'rate<0.2'),
    threshold('http_req_latency', 'p(95)<700'),
    threshold('http_req_duration', 'max<1500'),
    threshold('http_reqs', 'rate>20'),
    threshold('checks', 'rate>0.5'),
    threshold('queue{region:home}', 'value<500'),
    threshold('weight', 'p(90)<800'),
    threshold('weight', 'max<990'),
  ];

  for (const seed of [1, 2, 3]) {
    it(`comes to what it comes to when all is summed up anew (seed ${seed})`, () => {
      const frames = inFrames({ ratePerS: 50, toMs: RUN_MS, system: wildSystem(seed), check: 'fine' });
      const { evidence, feedUntil } = growing(
        frames.map((cells, frame) =>
          cells.map((cell, index) => ({ ...withMetrics(cell, frame * 31 + index), series: index % 3 === 0 ? 1 : 0 })),
        ),
      );
      const tallies = asked.map((each) => ({ each, tally: new ThresholdTally(each, evidence) }));
      for (const { tally } of tallies) tally.follow();
      const seen = new Set<string>();
      for (let nowMs = 2000; nowMs <= RUN_MS + 4000; nowMs += 2000) {
        feedUntil(nowMs);
        for (const { each, tally } of tallies) {
          const judged = tally.judge(nowMs, []);
          assert.deepEqual(judged, judgeThreshold(each, evidence, nowMs, []), `${thresholdText(each)} at ${nowMs}`);
          seen.add(judged.state);
        }
      }
      assert.ok(seen.has('held') && seen.has('broken'), [...seen].join());
    });
  }

  it('looks at what is new only, however long the run has been', () => {
    const frames = inFrames({ ratePerS: 100, toMs: RUN_MS, system: quick });
    const { evidence, feedUntil } = growing(frames);
    const failed = threshold('http_req_failed', 'rate<0.1');
    const tally = new ThresholdTally(failed, evidence);
    tally.follow();
    feedUntil(2000);
    assert.equal(tally.judge(2000, []).seen, 'rate 0 of 200');
    const looks = lookedAt(evidence);
    feedUntil(RUN_MS);
    const added = looks.count;
    assert.equal(tally.judge(RUN_MS, []).seen, 'rate 0 of 3000');
    assert.equal(looks.count, added, 'no row is looked at again');
    judgeThreshold(failed, evidence, RUN_MS, []);
    assert.ok(looks.count - added >= RUN_MS / 100, 'summing up anew looks at all of them');
  });

  it('is not broken by the first requests of a load, which are still under way', () => {
    const { evidence, feedUntil } = growing(inFrames({ ratePerS: 100, toMs: 1000, system: () => ({ outcome: 'ok', latencyMs: 600 }) }));
    const failed = threshold('http_req_failed', 'rate<0.1');
    const tally = new ThresholdTally(failed, evidence);
    tally.follow();
    feedUntil(300);
    assert.deepEqual(tally.judge(300, []), { state: 'unknown', seen: 'no samples' });
    assert.equal(
      judgeCondition(load('http_req_failed', 'rate<0.1'), evidence, 0, 300).state,
      'broken',
      'a window that nothing came back in',
    );
    feedUntil(2000);
    assert.equal(tally.judge(2000, []).state, 'held');
  });

  it('is broken where all that has come to an end came to none by an answer', () => {
    const { evidence, feedUntil } = growing(inFrames({ ratePerS: 100, toMs: 1000, system: outage(0, 1000) }));
    const tally = new ThresholdTally(threshold('http_req_latency', 'p(95)<100000'), evidence);
    tally.follow();
    feedUntil(500);
    assert.equal(tally.judge(500, []).state, 'broken');
  });

  it('counts what is due at the very instant, which lies in the next bucket, once', () => {
    const evidence = new Evidence();
    evidence.addSeries({ id: 0, scenario: 'all', tags: {} });
    const tally = new ThresholdTally(threshold('http_reqs', 'count<1000'), evidence);
    tally.follow();
    evidence.addCells([
      { bucketMs: 900, series: 0, planned: 1, outcomes: { ok: 1 }, completed: 1 },
      { bucketMs: 1000, series: 0, planned: 1, outcomes: { ok: 1 }, completed: 1 },
    ]);
    tally.judge(1000, []);
    evidence.addCells([{ bucketMs: 1100, series: 0, planned: 1, outcomes: { ok: 1 }, completed: 1 }]);
    assert.equal(tally.judge(1200, []).value, 3);
  });

  it('hears nothing any more when it has ended', () => {
    const { evidence, feedUntil } = growing(inFrames({ ratePerS: 100, toMs: 2000, system: quick }));
    const tally = new ThresholdTally(threshold('http_reqs', 'count<1000'), evidence);
    const end = tally.follow();
    feedUntil(1000);
    assert.equal(tally.judge(1000, []).value, 100);
    end();
    feedUntil(2000);
    assert.equal(tally.judge(2000, []).value, 100);
  });
});

describe('what is added to a window for good', () => {
  it('has the least, the greatest and the last value that holding each row has', () => {
    const [held, grown] = [new MetricWindow('gauge'), new MetricWindow('gauge')];
    const values = [5, 3, 9, 4, 7];
    const order = [2, 0, 3, 1, 4];
    for (const place of order) {
      const value = values[place] ?? 0;
      const row = { bucketMs: place * 100, count: 1, sum: value, nonZero: 1, min: value, max: value, last: value, values: [] };
      held.add(row, 1);
      grown.grow(row);
    }
    for (const window of [held, grown]) assert.deepEqual([window.count, window.min, window.max, window.last], [5, 3, 9, 7]);
  });
});
