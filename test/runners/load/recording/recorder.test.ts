import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Histogram } from '../../../../probes/slo/histogram.ts';
import type { LoadSeries } from '../../../../probes/slo/load-cells.ts';
import { Recorder, SERIES_MAX } from '../../../../runners/load/recording/recorder.ts';
import { Sums } from '../support.ts';

test('counts go to the bucket of the intended start, completions to the bucket in which they came', () => {
  const series = new Recorder(() => {}).series('viewers', {});
  series.planned(199.9);
  series.sent(199.9);
  series.settled(199.9, 205, 330, 'ok');
  const cells = series.take();
  assert.deepEqual(
    cells.map(({ bucketMs, planned, sent, outcomes, completed }) => ({ bucketMs, planned, sent, outcomes, completed })),
    [
      { bucketMs: 100, planned: 1, sent: 1, outcomes: { ok: 1 }, completed: undefined },
      { bucketMs: 300, planned: undefined, sent: undefined, outcomes: undefined, completed: 1 },
    ],
  );
  const latency = new Histogram();
  latency.merge(cells[0]?.latency ?? []);
  const duration = new Histogram();
  duration.merge(cells[0]?.duration ?? []);
  assert.ok(Math.abs(latency.percentileMs(50) - 130.1) < 1.1);
  assert.ok(Math.abs(duration.percentileMs(50) - 125) < 1);
});

test('cells are increments: a late answer makes a cell of its own and sums come out right', () => {
  const recorder = new Recorder(() => {});
  const series = recorder.series('viewers', {});
  const sums = new Sums();
  for (let index = 0; index < 50; index += 1) series.planned(index);
  sums.add(recorder.take());
  for (let index = 0; index < 50; index += 1) series.settled(index, index, 5000 + index, index % 2 === 0 ? 'ok' : '5xx');
  sums.add(recorder.take());
  assert.deepEqual(recorder.take(), []);
  assert.equal(sums.planned, 50);
  assert.deepEqual(sums.outcomes, { ok: 25, '5xx': 25 });
  assert.equal(sums.completed, 50);
});

test('a dropped arrival has no latency, a refused one no duration, and neither is an answer that completed', () => {
  const series = new Recorder(() => {}).series('viewers', {});
  series.settled(10, Number.NaN, 20, 'dropped');
  series.settled(10, Number.NaN, 25, 'refused');
  const sums = new Sums();
  sums.add(series.take());
  assert.equal(sums.latency.total, 1);
  assert.equal(sums.duration.total, 0);
  assert.equal(sums.completed, 0);
});

test('each series is told of once, whatever the order of its tags', () => {
  const told: LoadSeries[] = [];
  const recorder = new Recorder((series) => told.push(series));
  const one = recorder.series('viewers', { region: 'sa', kind: 'x' });
  assert.equal(recorder.series('viewers', { kind: 'x', region: 'sa' }), one);
  assert.notEqual(recorder.series('viewers', { region: 'eu', kind: 'x' }), one);
  assert.deepEqual(
    told.map(({ id }) => id),
    [0, 1],
  );
});

test('series beyond the limit count together in __other__', () => {
  const told: LoadSeries[] = [];
  const recorder = new Recorder((series) => told.push(series));
  for (let index = 0; index < SERIES_MAX + 50; index += 1) recorder.series('viewers', { id: String(index) }).planned(0);
  assert.equal(told.length, SERIES_MAX + 1);
  assert.equal(told.at(-1)?.scenario, '__other__');
  assert.equal(recorder.take().find(({ series }) => series === SERIES_MAX)?.planned, 50);
});

/** Node's garbage collector, which is there for the asking only. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}

test('memory stays the same over 1.2 million requests', () => {
  const collect = collector();
  const recorder = new Recorder(() => {});
  const series = recorder.series('viewers', {});
  const heapAfter = (requests: number, fromMs: number) => {
    for (let index = 0; index < requests; index += 1) {
      const intendedMs = fromMs + index / 2;
      series.planned(intendedMs);
      series.settled(intendedMs, intendedMs, intendedMs + (index % 4000), 'ok');
      if (index % 200 === 0) recorder.take();
    }
    recorder.take();
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = heapAfter(200_000, 0);
  const after = heapAfter(1_000_000, 100_000);
  assert.ok(after - before < 1e6, `${((after - before) / 1e6).toFixed(1)} MB more after a million requests`);
});
