import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Evidence } from '../../../probes/slo/evidence.ts';

function evidenceWith(...cells: { bucketMs: number; planned: number; ok: number }[]): Evidence {
  const evidence = new Evidence();
  evidence.addSeries({ id: 0, scenario: 'viewers', tags: {} });
  evidence.addCells(cells.map(({ bucketMs, planned, ok }) => ({ bucketMs, series: 0, planned, outcomes: { ok } })));
  return evidence;
}

test('a journal that ended early is settled up to its first request without an outcome', () => {
  const evidence = evidenceWith(
    { bucketMs: 0, planned: 2, ok: 2 },
    { bucketMs: 100, planned: 2, ok: 1 },
    { bucketMs: 200, planned: 2, ok: 2 },
  );
  assert.equal(evidence.settledMs(290), 100);
});

test('an outcome that comes later settles its bucket', () => {
  const evidence = evidenceWith({ bucketMs: 0, planned: 2, ok: 1 });
  evidence.addCells([{ bucketMs: 0, series: 0, outcomes: { timeout: 1 } }]);
  assert.equal(evidence.settledMs(90), 90);
});

test('without load everything seen is settled', () => {
  assert.equal(new Evidence().settledMs(1234), 1234);
});
