import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { begin, quietPort, serverProcess } from '../support.ts';

/** The percentile of a share of requests that wait evenly from 0 to `longestMs`, the others not at all. */
function theoryMs(percentile: number, share: number, longestMs: number): number {
  return Math.max(0, ((percentile / 100 - (1 - share)) / share) * longestMs);
}

async function until(nowMs: () => number, atMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - nowMs())));
}

test('a server killed and started again costs exactly the arrivals in between, and answers are quick at once', async (t) => {
  const first = await serverProcess(t, await quietPort());
  const { run, sums, nowMs } = begin(t, { url: `http://127.0.0.1:${first.port}/`, settings: { rate: 200, duration: '4s' } });
  await until(nowMs, 1500);
  first.child.kill('SIGKILL');
  const downMs = nowMs();
  await once(first.child, 'exit');
  await until(nowMs, 2500);
  await serverProcess(t, first.port);
  const upMs = nowMs();
  const totals = await run.done;
  assert.equal(totals.planned, 800);
  assert.equal(sums.recorded, 800);
  const expected = ((upMs - downMs) / 1000) * 200;
  assert.ok(Math.abs(totals.failed - expected) <= 15, `${totals.failed} failed, ${expected.toFixed()} arrivals were planned in the gap`);
  assert.equal(sums.latency.total, 800);
  assert.ok(sums.latency.percentileMs(99) < 900, `p99 ${sums.latency.percentileMs(99)} ms: nothing waits for the dead server`);
  const after = sums.cells.filter(({ bucketMs }) => bucketMs >= upMs + 500);
  assert.ok(after.length > 0 && after.every(({ outcomes }) => Object.keys(outcomes ?? {}).every((outcome) => outcome === 'ok')));
});

test('a frozen server hides nothing: all of the plan is recorded, and latencies count from the intended start', async (t) => {
  const { port, child } = await serverProcess(t, await quietPort());
  const { run, sums, nowMs } = begin(t, {
    url: `http://127.0.0.1:${port}/`,
    settings: { rate: 200, duration: '6s' },
    timeout: { ms: 10_000 },
  });
  await until(nowMs, 2000);
  child.kill('SIGSTOP');
  const frozenMs = nowMs();
  await until(nowMs, 4000);
  child.kill('SIGCONT');
  const thawedMs = nowMs();
  const totals = await run.done;
  assert.deepEqual([totals.planned, totals.sent, totals.ok, totals.dropped], [1200, 1200, 1200, 0]);
  assert.equal(sums.recorded, 1200);
  assert.equal(sums.latency.total, 1200);
  const shortest = theoryMs(90, ((thawedMs - frozenMs) / 1000) * (200 / 1200), thawedMs - frozenMs);
  const seen = sums.latency.percentileMs(90);
  assert.ok(
    seen > 0.95 * shortest && seen < 2500,
    `p(90) is ${seen.toFixed()} ms, theory says ${shortest.toFixed()} ms or, on a busy machine, a little more`,
  );
});
