import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Histogram } from '../../../../probes/slo/histogram.ts';
import type { SparseHistogram } from '../../../../probes/slo/load-cells.ts';
import { Gauges } from '../../../../runners/load/recording/gauges.ts';

const USERS = { vus: 3, vusMax: 7 };
const STALL_MS = 200;

/** Keeps the process from everything else. */
function stall(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

function total(sparse: SparseHistogram): number {
  const histogram = new Histogram();
  histogram.merge(sparse);
  return histogram.total;
}

test('a generator that stalls sees it in its event loop and its CPU; what it has told once it does not tell again', async (t) => {
  const gauges = new Gauges();
  t.after(() => gauges.stop());
  await sleep(50);
  gauges.take(USERS);
  await sleep(20);
  stall(STALL_MS);
  await sleep(20);
  gauges.lag(12);
  gauges.lag(0.5);
  const stalled = gauges.take(USERS);
  assert.ok(stalled.eventLoopDelayP99Ms > STALL_MS / 2, `${stalled.eventLoopDelayP99Ms} ms of delay`);
  assert.ok(stalled.cpuShare > 0 && stalled.rssBytes > 1024 * 1024);
  assert.deepEqual([stalled.vus, stalled.vusMax, total(stalled.lag)], [3, 7, 2]);
  const next = gauges.take(USERS);
  assert.equal(total(next.lag), 0);
  assert.ok(next.eventLoopDelayP99Ms < STALL_MS / 2, `${next.eventLoopDelayP99Ms} ms of delay`);
  gauges.lag(3);
  assert.equal(total(gauges.whole()), 3, 'the whole run keeps all of it');
});
