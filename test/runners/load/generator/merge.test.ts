import assert from 'node:assert/strict';
import { test } from 'node:test';
import { histogramIndex } from '../../../../probes/slo/histogram.ts';
import type { LoadCell, LoadSeries } from '../../../../probes/slo/load-cells.ts';
import { type GeneratorFacts, Merge } from '../../../../runners/load/generator/merge.ts';
import type { ProcessFacts } from '../../../../runners/load/recording/gauges.ts';
import { NO_REQUESTS } from '../../../../runners/load/recording/totals.ts';

function merging(processes: number) {
  const told = { series: [] as LoadSeries[], metrics: [] as string[], cells: [] as LoadCell[], facts: [] as GeneratorFacts[] };
  const listener = {
    onSeries: (series: LoadSeries) => told.series.push(series),
    onMetric: ({ name }: { name: string }) => told.metrics.push(name),
    onCells: (cells: readonly LoadCell[]) => told.cells.push(...cells),
    onGenerator: (facts: GeneratorFacts) => told.facts.push(facts),
  };
  return { told, merge: new Merge(processes, listener, () => 1234) };
}

/** A second in which so many requests lagged by so much. */
function facts(count: number, lagMs: number, more: Partial<ProcessFacts> = {}): ProcessFacts {
  const lag = count === 0 ? [] : ([[histogramIndex(lagMs), count]] as const);
  return { lag, eventLoopDelayP99Ms: lagMs, cpuShare: 0.5, rssBytes: 100, vus: 2, vusMax: 3, ...more };
}

test('series of the same scenario and tags become one, whatever each process calls it', () => {
  const { told, merge } = merging(2);
  merge.series(0, { id: 0, scenario: 'a', tags: { x: '1', y: '2' } });
  merge.series(0, { id: 1, scenario: 'b', tags: {} });
  merge.series(1, { id: 0, scenario: 'b', tags: {} });
  merge.series(1, { id: 1, scenario: 'a', tags: { y: '2', x: '1' } });
  merge.cells(0, [{ bucketMs: 0, series: 1, planned: 3 }]);
  merge.cells(1, [
    { bucketMs: 0, series: 0, planned: 4 },
    { bucketMs: 0, series: 1, planned: 5 },
  ]);
  assert.deepEqual(
    told.series.map(({ id, scenario }) => [id, scenario]),
    [
      [0, 'a'],
      [1, 'b'],
    ],
  );
  assert.deepEqual(
    told.cells.map(({ series, planned }) => [series, planned]),
    [
      [1, 3],
      [1, 4],
      [0, 5],
    ],
  );
});

test('a metric that every process defines is told of once', () => {
  const { told, merge } = merging(2);
  for (const name of ['orders', 'orders', 'sizes']) merge.metric({ name, type: 'counter', isTime: false });
  assert.deepEqual(told.metrics, ['orders', 'sizes']);
});

test('lag is that of all requests, not the mean of two percentiles', () => {
  const { told, merge } = merging(2);
  merge.facts(0, facts(9_950, 1));
  assert.equal(told.facts.length, 0, 'the other one has not told yet');
  merge.facts(1, facts(50, 400));
  const [first] = told.facts;
  assert.ok(Math.abs((first?.lagP99Ms ?? 0) - 1) < 0.01, 'fewer than one in a hundred lagged');
  assert.equal(first?.limited, false);
  merge.facts(0, facts(900, 1));
  merge.facts(1, facts(100, 400));
  const second = told.facts[1];
  assert.ok(Math.abs((second?.lagP99Ms ?? 0) - 400) < 4);
  assert.deepEqual(
    [second?.limited, second?.cpuShare, second?.rssBytes, second?.vus, second?.vusMax, second?.eventLoopDelayP99Ms],
    [true, 1, 200, 4, 6, 400],
  );
});

test('a process that has ended holds up nobody’s facts', () => {
  const { told, merge } = merging(2);
  merge.facts(0, facts(10, 1));
  merge.facts(0, facts(10, 2));
  merge.facts(0, facts(10, 3));
  assert.deepEqual(
    told.facts.map(({ vus }) => vus),
    [2, 2],
  );
  merge.totals();
  assert.equal(told.facts.length, 3);
});

test('virtual users are the metrics vus and vus_max of no scenario', () => {
  const { told, merge } = merging(1);
  merge.facts(0, facts(0, 0, { vus: 7, vusMax: 9 }));
  assert.deepEqual(told.series, [{ id: 0, scenario: '', tags: {} }]);
  assert.deepEqual(told.cells, [
    {
      bucketMs: 1200,
      series: 0,
      metrics: { vus: { count: 1, min: 7, max: 7, last: 7 }, vus_max: { count: 1, min: 9, max: 9, last: 9 } },
    },
  ]);
  assert.deepEqual([told.facts[0]?.lagP99Ms, told.facts[0]?.limited], [0, false]);
});

test('totals add up, and whether the whole was late is judged on all of it', () => {
  const { merge } = merging(2);
  merge.ended({
    requests: { ...NO_REQUESTS, planned: 10, sent: 9, ok: 8, failed: 1, dropped: 1 },
    retried: 2,
    lag: [[histogramIndex(1), 990]],
  });
  merge.ended({ requests: { ...NO_REQUESTS, planned: 5, sent: 5, ok: 5, iterations: 3 }, retried: 0, lag: [[histogramIndex(50), 5]] });
  const { lagP50Ms, lagP99Ms, ...counts } = merge.totals();
  assert.deepEqual(counts, {
    planned: 15,
    sent: 14,
    ok: 13,
    failed: 1,
    dropped: 1,
    iterations: 3,
    retried: 2,
    limited: false,
    processes: 2,
  });
  assert.ok(lagP50Ms < 1.1 && lagP99Ms < 1.1);
});
