import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../../probes/load.ts';
import type { ProbeTools } from '../../probes/probe.ts';
import { measureLoad } from '../../probes/slo/judge-load.ts';
import { look, noTools } from './looking.ts';
import { evidenceOf, hang, outage } from './slo/synthetic-load.ts';

/** 50 requests a second for 10 s, refused from 4 s to 6 s; elsewhere all is well. */
const refusing = evidenceOf({ ratePerS: 50, toMs: 10_000, system: outage(4000, 6000) });

function toolsAt(nowMs: number, evidence = refusing): ProbeTools {
  return { ...noTools, measureLoad: (question, overMs) => measureLoad(question, evidence, nowMs - overMs, nowMs) };
}

test('it reads the aggregation of the window before the look', async () => {
  const failed = { metric: 'http_req_failed', read: 'rate', window: '1s' };
  assert.deepEqual(await look(load, failed, { tools: toolsAt(3000) }), { status: 'ok', value: 0, detail: 'rate 0 of 50' });
  assert.deepEqual(await look(load, failed, { tools: toolsAt(5000) }), {
    status: 'ok',
    value: 1,
    detail: 'nothing of 50 planned was answered',
  });
  assert.deepEqual(await look(load, failed, { tools: toolsAt(6500) }), { status: 'ok', value: 0.5, detail: 'rate 0.5 of 50' });
  const longer = await look(load, { ...failed, window: '4s' }, { tools: toolsAt(7000) });
  assert.deepEqual(longer, { status: 'ok', value: 0.5, detail: 'rate 0.5 of 200' });
});

test('percentiles are in milliseconds, and tags choose the series', async () => {
  const reading = await look(load, { metric: 'http_req_latency{region:home}', read: 'p(95)' }, { tools: toolsAt(3000) });
  assert.ok(reading.status === 'ok' && Math.abs(Number(reading.value) - 5) < 0.5, JSON.stringify(reading));
  const elsewhere = await look(load, { metric: 'http_req_latency{region:mars}', read: 'p(95)' }, { tools: toolsAt(3000) });
  assert.deepEqual(elsewhere, { status: 'unknown', error: 'no load matches http_req_latency{region:mars}' });
});

test('the latency of what nobody answers is nothing that a tolerance accepts, and no number that was made up', async () => {
  const silent = evidenceOf({ ratePerS: 50, toMs: 10_000, system: hang(4000, 20_000, 1500) });
  const reading = await look(load, { metric: 'http_req_latency', read: 'p(99)' }, { tools: toolsAt(7000, silent) });
  assert.deepEqual(reading, { status: 'ok', value: null, detail: 'nothing of 50 planned was answered' });
});

test('a window without load is unknown', async () => {
  const reading = await look(load, { metric: 'http_req_failed', read: 'rate' }, { tools: toolsAt(15_000) });
  assert.deepEqual(reading, { status: 'unknown', error: 'no samples' });
});

test('a metric or an aggregation that there is not is refused with those that there are', () => {
  const wrong = load.settings.safeParse({ metric: 'http_req_faild', read: 'p(101)' });
  assert.deepEqual(
    wrong.error?.issues.map((issue) => [issue.path[0], /there are .*\bhttp_req_failed\b|write rate, count/.test(issue.message)]),
    [
      ['metric', true],
      ['read', true],
    ],
  );
});
