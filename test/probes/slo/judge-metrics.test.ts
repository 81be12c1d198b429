import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MetricType } from '../../../experiments/language/load-metrics.ts';
import { Evidence } from '../../../probes/slo/evidence.ts';
import { judgeDespiteLag } from '../../../probes/slo/generator-lag.ts';
import { goodTimeline } from '../../../probes/slo/good-timeline.ts';
import { judgeCondition } from '../../../probes/slo/judge-condition.ts';
import { unsuitable } from '../../../probes/slo/load-metrics.ts';
import { Recorder, SERIES_MAX } from '../../../runners/load/recording/recorder.ts';
import { evidenceOf, load, quick, threshold } from './synthetic-load.ts';

/** Samples of a metric of its own, [at, value], as a recorder tells them. */
function evidenceWith(type: MetricType, samples: readonly (readonly [number, number])[], tags = {}, isTime = false): Evidence {
  const evidence = new Evidence();
  const recorder = new Recorder((series) => evidence.addSeries(series), { onMetric: (metric) => evidence.addMetric(metric) });
  recorder.metric('own', type, isTime);
  const series = recorder.series('viewers', tags);
  for (const [atMs, value] of samples) {
    series.planned(atMs);
    series.settled(atMs, atMs, atMs + 1, 'ok');
    series.sample('own', value, atMs);
    evidence.addCells(recorder.take());
  }
  return evidence;
}

function value(evidence: Evidence, text: string, metric = 'own', fromMs = 0, toMs = 1000): number | undefined {
  return judgeCondition(load(metric, text), evidence, fromMs, toMs).value;
}

describe('metrics of a script’s own', () => {
  it('are judged by what their type is read as', () => {
    const counter = evidenceWith('counter', [
      [10, 2],
      [250, 3],
      [990, 0.5],
    ]);
    assert.equal(value(counter, 'count>0'), 5.5);
    assert.equal(judgeCondition(load('own', 'count>0'), counter, 0, 1000).seen, 'count 5.5 of 3');
    assert.equal(value(counter, 'rate>0', 'own', 0, 2000), 2.75);
    const rate = evidenceWith('rate', [
      [10, 1],
      [250, 0],
      [260, 7],
      [990, 0],
    ]);
    assert.equal(value(rate, 'rate>0'), 0.5);
    const trend = evidenceWith('trend', [
      [10, -4],
      [250, 1],
      [260, 12],
      [990, 3],
    ]);
    assert.deepEqual(
      ['avg>0', 'min>0', 'max>0', 'med>0', 'p(90)>0'].map((text) => value(trend, text)),
      [3, -4, 12, 2, 9.3],
    );
    const gauge = evidenceWith('gauge', [
      [10, 5],
      [250, 9],
      [990, 7],
    ]);
    assert.equal(value(gauge, 'value>0'), 7);
  });

  it('hold the value of a gauge until the next one', () => {
    const gauge = evidenceWith('gauge', [
      [10, 5],
      [5000, 9],
    ]);
    assert.equal(value(gauge, 'value>0', 'own', 3000, 4000), 5);
    assert.equal(value(gauge, 'value>0', 'own', 5000, 6000), 9);
  });

  it('count only where all tags match', () => {
    const evidence = evidenceWith('counter', [[10, 2]], { kind: 'x', region: 'sa' });
    assert.equal(value(evidence, 'count>0', 'own{kind:x,region:sa}'), 2);
    assert.equal(judgeCondition(load('own{kind:x,region:eu}', 'count<1'), evidence, 0, 1000).state, 'unknown');
  });

  it('let a counter that never counted stand at zero while load ran, and no other type', () => {
    const evidence = evidenceOf({ ratePerS: 50, toMs: 1000, system: quick });
    evidence.addMetric({ name: 'oops', type: 'counter', isTime: false });
    evidence.addMetric({ name: 'share', type: 'rate', isTime: false });
    assert.equal(judgeCondition(load('oops', 'count<1'), evidence, 0, 1000).state, 'held');
    assert.equal(judgeCondition(load('share', 'rate<1'), evidence, 0, 1000).state, 'unknown');
  });

  it('are unknown by a name or an aggregation that there is not, and that can be said beforehand', () => {
    const trend = evidenceWith('trend', [[10, 4]]);
    assert.match(judgeCondition(load('owm', 'avg>0'), trend, 0, 1000).seen, /there is no metric owm/);
    assert.match(judgeCondition(load('own', 'rate>0'), trend, 0, 1000).seen, /own has no rate/);
    const own = [{ name: 'own', type: 'trend', isTime: false }] as const;
    assert.equal(unsuitable('own', threshold('p(95)<3'), own), undefined);
    assert.match(unsuitable('own', threshold('rate<3'), own) ?? '', /own is a trend and has no rate; it takes avg, min, max, med, p\(N\)/);
    assert.match(unsuitable('owm', threshold('rate<3'), own) ?? '', /there is no metric owm.*own/);
    assert.match(unsuitable('vus', threshold('p(95)<3'), own) ?? '', /vus is a gauge and has no p\(95\); it takes value/);
  });

  it('have stretches that are good and stretches that are not', () => {
    const samples = Array.from({ length: 100 }, (_, index) => [index * 100 + 5, index >= 40 && index < 60 ? 9 : 1] as const);
    const timeline = goodTimeline(load('own', 'avg<2', { overMs: 500 }), evidenceWith('trend', samples), 10_000);
    assert.deepEqual(timeline.intervals, [
      { fromMs: 0, toMs: 4000, state: 'good' },
      { fromMs: 4000, toMs: 6000, state: 'not-good' },
      { fromMs: 6000, toMs: 10_000, state: 'good' },
    ]);
  });

  it('say nothing by a tag that was lost in a series too many, and everything without it', () => {
    const evidence = new Evidence();
    const recorder = new Recorder((series) => evidence.addSeries(series));
    for (let index = 0; index < SERIES_MAX + 5; index += 1)
      recorder.series('viewers', { region: 'sa' }, { id: String(index) }).planned(index / 10);
    for (let index = 0; index < SERIES_MAX + 5; index += 1)
      recorder.series('viewers', { region: 'sa' }, { id: String(index) }).settled(index / 10, index / 10, index / 10 + 1, 'ok');
    evidence.addCells(recorder.take());
    const judge = (metric: string) => judgeCondition(load(metric, 'rate<0.1'), evidence, 0, 1000);
    assert.match(judge('http_req_failed{id:3}').seen, /more series than are kept: .* may lie in __other__/);
    assert.equal(judge('http_req_failed{region:sa}').seen, `rate 0 of ${SERIES_MAX + 5}`);
    assert.equal(judge('http_req_failed{scenario:viewers}').state, 'held');
  });

  it('are not held against the system where they are times and the generator was late by as much', () => {
    const late = [{ fromMs: 0, toMs: 1000, lagMs: 50 }];
    const judge = (isTime: boolean, each: number) =>
      judgeDespiteLag(
        load('own', 'p(95)<30'),
        evidenceWith(
          'trend',
          [
            [10, each],
            [20, each],
          ],
          {},
          isTime,
        ),
        0,
        1000,
        late,
      ).state;
    assert.equal(judge(true, 60), 'unknown');
    assert.equal(judge(true, 200), 'broken');
    assert.equal(judge(false, 60), 'broken');
    assert.equal(judge(true, 20), 'held');
  });
});

describe('expectations and iterations', () => {
  it('count as failed what a script did not expect, and nothing else', () => {
    const evidence = new Evidence();
    const recorder = new Recorder((series) => evidence.addSeries(series));
    const series = recorder.series('viewers', {});
    for (const [outcome, failed] of [
      ['4xx', false],
      ['ok', true],
      ['ok', false],
      ['5xx', true],
    ] as const) {
      series.planned(10);
      series.settled(10, 10, 12, outcome, failed);
    }
    evidence.addCells(recorder.take());
    assert.equal(judgeCondition(load('http_req_failed', 'rate<1'), evidence, 0, 1000).value, 0.5);
  });

  it('count iterations apart from requests where they are told of, and each request as one where they are not', () => {
    const evidence = new Evidence();
    const recorder = new Recorder((series) => evidence.addSeries(series));
    const series = recorder.series('viewers', {});
    for (let index = 0; index < 6; index += 1) {
      series.planned(10);
      series.settled(10, 10, 12, 'ok');
    }
    evidence.addCells(recorder.take());
    assert.equal(value(evidence, 'count>0', 'iterations'), 6);
    series.iteration(10);
    series.iteration(10);
    evidence.addCells(recorder.take());
    assert.equal(value(evidence, 'count>0', 'iterations'), 2);
    assert.equal(value(evidence, 'count>0', 'http_reqs'), 6);
  });
});
