import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { EXACT_VALUES_MAX } from '../../../../probes/slo/counts.ts';
import { Histogram } from '../../../../probes/slo/histogram.ts';
import type { LoadSeries } from '../../../../probes/slo/load-cells.ts';
import { CHECKS_MAX, Recorder, SERIES_MAX } from '../../../../runners/load/recording/recorder.ts';
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

test('tags beyond the limit of series count together, under their scenario, and that is said once', () => {
  const told: LoadSeries[] = [];
  const said: string[] = [];
  const recorder = new Recorder((series) => told.push(series), { onOverflow: (text) => said.push(text) });
  const base = { region: 'sa' };
  recorder.series('viewers', base).planned(0);
  for (let index = 0; index < SERIES_MAX + 50; index += 1) recorder.series('viewers', base, { id: String(index) }).planned(0);
  assert.equal(told.length, SERIES_MAX + 1);
  assert.deepEqual(told.at(-1), { id: SERIES_MAX, scenario: 'viewers', tags: { region: 'sa', __other__: 'true' } });
  assert.equal(recorder.take().find(({ series }) => series === SERIES_MAX)?.planned, 51);
  assert.equal(said.length, 1);
  assert.match(said[0] ?? '', /more than 500 series of tags: from viewers\{region:sa, id:499\} on/);
});

test('tags of single samples that nobody asks for make no series', () => {
  const told: LoadSeries[] = [];
  const recorder = new Recorder((series) => told.push(series), { tagsKept: new Set(['name']) });
  recorder.series('viewers', { region: 'sa' }, { name: 'home', url: '/a' });
  recorder.series('viewers', { region: 'sa' }, { name: 'home', url: '/b' });
  recorder.series('viewers', { region: 'sa' }, { url: '/c' });
  assert.deepEqual(
    told.map(({ tags }) => tags),
    [{ region: 'sa', name: 'home' }, { region: 'sa' }],
  );
});

test('each type of metric gathers what it is read from', () => {
  const defined: string[] = [];
  const recorder = new Recorder(() => {}, { onMetric: ({ name }) => defined.push(name) });
  recorder.metric('orders', 'counter', false);
  recorder.metric('depth', 'gauge', false);
  recorder.metric('cached', 'rate', false);
  recorder.metric('sizes', 'trend', false);
  recorder.metric('sizes', 'trend', false);
  const series = recorder.series('viewers', {});
  for (const value of [4, 0, -1.5]) for (const name of ['orders', 'depth', 'cached', 'sizes']) series.sample(name, value, 250);
  assert.deepEqual(defined, ['orders', 'depth', 'cached', 'sizes']);
  assert.deepEqual(series.take(), [
    {
      bucketMs: 200,
      series: 0,
      metrics: {
        orders: { count: 3, sum: 2.5 },
        depth: { count: 3, min: -1.5, max: 4, last: -1.5 },
        cached: { count: 3, nonZero: 2 },
        sizes: { count: 3, sum: 2.5, min: -1.5, max: 4, values: [4, 0, -1.5] },
      },
    },
  ]);
});

test('a metric keeps its type, is defined before it is sampled, and is not one that requests are counted by', () => {
  const recorder = new Recorder(() => {});
  recorder.metric('orders', 'counter', false);
  assert.throws(() => recorder.metric('orders', 'gauge', false), /metric orders is a counter already, not a gauge/);
  assert.throws(() => recorder.metric('http_req_waiting', 'trend', false), /http_req_waiting is a trend of times already/);
  const series = recorder.series('viewers', {});
  assert.throws(() => series.sample('unheard', 1, 0), /unheard was sampled before it was defined/);
  assert.throws(() => series.sample('http_reqs', 1, 0), /http_reqs is counted with the requests/);
  series.sample('http_req_waiting', 3, 0);
  assert.equal(series.take()[0]?.metrics?.['http_req_waiting']?.count, 1);
});

test('a script’s own expectation outweighs the outcome', () => {
  const series = new Recorder(() => {}).series('viewers', {});
  series.settled(0, 0, 5, '4xx', false);
  series.settled(0, 0, 5, '4xx', false);
  series.settled(0, 0, 5, 'ok', true);
  series.settled(0, 0, 5, 'ok');
  assert.deepEqual([series.totals.ok, series.totals.failed], [3, 1]);
  assert.equal(series.take()[0]?.failedCorrection, -1);
});

test('names of checks beyond the limit count together', () => {
  const series = new Recorder(() => {}).series('viewers', {});
  for (let index = 0; index < CHECKS_MAX + 7; index += 1) series.check(0, `check ${index}`, true);
  series.check(0, 'check 3', false);
  const checks = series.take()[0]?.checks ?? {};
  assert.equal(Object.keys(checks).length, CHECKS_MAX + 1);
  assert.deepEqual(
    [checks['__other__'], checks['check 3']],
    [
      [7, 0],
      [1, 1],
    ],
  );
});

test('the first values of a trend are kept exactly, the others by their step', () => {
  const recorder = new Recorder(() => {});
  const series = recorder.series('viewers', {});
  for (let index = 0; index < EXACT_VALUES_MAX + 100; index += 1) {
    series.settled(0, 0, 5.1234567, 'ok');
    series.sample('http_req_waiting', 7.25, 0);
  }
  const [cell] = recorder.take();
  for (const values of [cell?.latency, cell?.duration, cell?.metrics?.['http_req_waiting']?.values]) {
    assert.equal(values?.filter((value) => typeof value === 'number').length, EXACT_VALUES_MAX);
    assert.equal(
      values?.reduce<number>((sum, value) => sum + (typeof value === 'number' ? 0 : value[1]), 0),
      100,
    );
  }
  assert.equal(cell?.latency?.[0], 5.123);
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
      series.sample('http_req_waiting', index % 4000, intendedMs);
      series.iteration(intendedMs);
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
