import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { begin, quietPort, type Sums, serverProcess } from '../support.ts';

/** The percentile of a share of requests that wait evenly from 0 to `longestMs`, the others not at all. */
function theoryMs(percentile: number, share: number, longestMs: number): number {
  return Math.max(0, ((percentile / 100 - (1 - share)) / share) * longestMs);
}

async function until(nowMs: () => number, atMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - nowMs())));
}

/** When the load really began: its process takes its time to start. */
async function begun({ plannedByBucket }: Sums): Promise<number> {
  while (plannedByBucket.size === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  return Math.min(...plannedByBucket.keys());
}

test('a server killed and started again costs exactly the arrivals in between, and answers are quick at once', async (t) => {
  const first = await serverProcess(t, await quietPort());
  const { run, sums, nowMs } = begin(t, { url: `http://127.0.0.1:${first.port}/`, settings: { rate: 200, duration: '60s' } });
  const beganMs = await begun(sums);
  await until(nowMs, beganMs + 1500);
  first.child.kill('SIGKILL');
  const downMs = nowMs();
  await once(first.child, 'exit');
  await until(nowMs, beganMs + 2500);
  await serverProcess(t, first.port);
  const upMs = nowMs();
  await until(nowMs, upMs + 1500);
  await run.stop();
  const totals = await run.done;
  assert.equal(totals.planned, sums.recorded);
  assert.deepEqual([...new Set([...sums.plannedByBucket.values()].slice(1, -1))], [20]);
  const expected = ((upMs - downMs) / 1000) * 200;
  assert.ok(Math.abs(totals.failed - expected) <= 15, `${totals.failed} failed, ${expected.toFixed()} arrivals were planned in the gap`);
  assert.equal(sums.latency.total, totals.planned);
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
  const beganMs = await begun(sums);
  await until(nowMs, beganMs + 2000);
  child.kill('SIGSTOP');
  const frozenMs = nowMs();
  await until(nowMs, beganMs + 4000);
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
