import assert from 'node:assert/strict';
import { test } from 'node:test';
import { histogramIndex } from '../../../probes/slo/histogram.ts';
import { liveLoad } from '../../../reports/terminal/live-load.ts';

test('figures are those of the last five whole seconds, answers that came late included', () => {
  const load = liveLoad();
  load.addSeries({ id: 1, scenario: 'viewers', tags: {} });
  for (let second = 0; second <= 20; second += 1) {
    const slow = second >= 15;
    load.addCells([
      {
        bucketMs: second * 1000,
        series: 1,
        sent: 10,
        outcomes: slow ? { ok: 5 } : { ok: 10 },
        latency: [[histogramIndex(slow ? 800 : 5), slow ? 5 : 10]],
      },
    ]);
  }
  load.addCells([{ bucketMs: 16_000, series: 1, outcomes: { timeout: 5 } }]);
  const row = load.rows().at(-1);
  assert.equal(row?.perSecond, 10);
  assert.equal(row?.failedShare, 5 / 30);
  assert.ok(Math.abs((row?.p95Ms ?? 0) - 800) < 8);
});

test('seconds in which nothing is answered have no failed share, seconds without load have none failed', () => {
  const load = liveLoad();
  load.addSeries({ id: 1, scenario: 'dark', tags: {} });
  load.addSeries({ id: 2, scenario: 'silent', tags: {} });
  for (let second = 0; second <= 6; second += 1) load.addCells([{ bucketMs: second * 1000, series: 1, sent: 10 }]);
  const [, dark, silent] = load.rows();
  assert.equal(dark?.failedShare, undefined);
  assert.equal(silent?.failedShare, 0);
});

test('a minute is kept, whatever the length of the run', () => {
  const load = liveLoad();
  load.addSeries({ id: 1, scenario: 'viewers', tags: {} });
  for (let second = 0; second < 3600; second += 1) load.addCells([{ bucketMs: second * 1000, series: 1, sent: 1, outcomes: { ok: 1 } }]);
  load.addCells([{ bucketMs: 0, series: 1, sent: 1_000_000 }]);
  const [sum] = load.rows();
  assert.equal(sum?.seconds.length, 60);
  assert.ok(sum?.seconds.every((second) => second.sent === 1));
});
