import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Checks } from '../../../../../runners/load/k6/metrics/checks.ts';
import { MetricStore } from '../../../../../runners/load/k6/metrics/metric-store.ts';
import { Thresholds } from '../../../../../runners/load/k6/metrics/thresholds.ts';
import { exportSummary } from '../../../../../runners/load/k6/summary/export-summary.ts';
import { bytesText, shareText, timeText } from '../../../../../runners/load/k6/summary/figures.ts';
import { summaryData, TREND_STATS } from '../../../../../runners/load/k6/summary/summary-data.ts';
import { textSummary } from '../../../../../runners/load/k6/summary/text-summary.ts';

function sample() {
  const store = new MetricStore();
  const checks = new Checks();
  store.onSample((metric, value, base, own) => checks.hear(metric, value, base, own));
  const thresholds = new Thresholds(
    { http_req_duration: [{ threshold: 'p(95)<3', abortOnFail: false }], checks: [{ threshold: 'rate>0.5', abortOnFail: false }] },
    store,
  );
  for (const value of [1, 2, 3, 4]) store.sample('http_req_duration', value, {}, { expected_response: 'true' });
  for (const value of [1, 1, 0]) store.sample('checks', value, { group: '::shop' }, { check: 'in stock' });
  store.sample('data_received', 1_234_567, {});
  store.sample('vus', 3, {});
  const settings = { trendStats: TREND_STATS, timeUnit: '', noColor: true, stdoutIsTerminal: false, stderrIsTerminal: false };
  return summaryData(store, checks.root, thresholds.judge(2000), 2000, settings);
}

test("the summary's data has k6's shapes", () => {
  const { metrics, root_group: root, state, options } = sample();
  assert.deepEqual(Object.keys(metrics), [
    'checks',
    'data_received',
    'http_req_duration',
    'http_req_duration{expected_response:true}',
    'vus',
  ]);
  assert.deepEqual(metrics['http_req_duration'], {
    type: 'trend',
    contains: 'time',
    values: { avg: 2.5, min: 1, med: 2.5, max: 4, 'p(90)': 3.7, 'p(95)': 3.8499999999999996 },
    thresholds: { 'p(95)<3': { ok: false } },
  });
  assert.deepEqual(metrics['checks']?.values, { rate: 2 / 3, passes: 2, fails: 1 });
  assert.deepEqual(metrics['data_received']?.values, { count: 1_234_567, rate: 617_283.5 });
  assert.equal(root.groups[0]?.checks[0]?.passes, 2);
  assert.equal(state.testRunDurationMs, 2000);
  assert.deepEqual(options.summaryTrendStats, TREND_STATS);
});

test('the text has a line for each threshold, check and metric', () => {
  const lines = textSummary(sample(), false)
    .split('\n')
    .map((line) => line.trim());
  for (const expected of [
    "✗ 'p(95)<3' p(95)=3.85ms",
    "✓ 'rate>0.5' rate=66.66%",
    '✗ 66.66% passed: 2 of 3',
    '✗ in stock',
    '66.66%: 2 passed, 1 failed',
    'data_received.................: 1.2 MB  620 kB/s',
  ]) {
    assert.ok(lines.includes(expected), `${expected} in\n${lines.join('\n')}`);
  }
  assert.match(
    lines.find((line) => line.includes('http_req_duration..')) ?? '',
    /avg=2.5ms min=1ms med=2.5ms max=4ms p\(90\)=3.7ms p\(95\)=3.85ms$/,
  );
});

test('in the exported file a threshold that is true has failed', () => {
  const { metrics, root_group: root } = JSON.parse(exportSummary(sample()));
  assert.equal(metrics.http_req_duration['p(95)'], 3.8499999999999996);
  assert.deepEqual(metrics.http_req_duration.thresholds, { 'p(95)<3': true });
  assert.deepEqual(metrics.checks, { passes: 2, fails: 1, value: 2 / 3, thresholds: { 'rate>0.5': false } });
  assert.equal(root.groups.shop.checks['in stock'].fails, 1);
});

test('figures are as short as they can be, and a share is never rounded up to all', () => {
  assert.deepEqual(
    [0, 0.0123, 5.678, 1234, 65_000, 3_725_000].map((ms) => timeText(ms, '')),
    ['0s', '12.3µs', '5.68ms', '1.23s', '1m5s', '1h2m5s'],
  );
  assert.deepEqual([timeText(1234, 's'), timeText(1234, 'ms'), timeText(1, 'us')], ['1.23s', '1234.00ms', '1000.00µs']);
  assert.deepEqual([0, 999, 1000, 1_560_000, 2.5e9].map(bytesText), ['0 B', '999 B', '1 kB', '1.6 MB', '2.5 GB']);
  assert.deepEqual([1, 0.99999, 0, 0.5].map(shareText), ['100.00%', '99.99%', '0.00%', '50.00%']);
});
