import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heartbeat } from '../../probes/heartbeat.ts';
import type { ProbeTools } from '../../probes/probe.ts';
import { look, lookOnce, noTools, someTarget } from './looking.ts';
import { httpServer } from './servers.ts';

/** Tools with a clock that the test sets. */
function clocked(): { tools: ProbeTools; at: (ms: number) => void } {
  let nowMs = 0;
  return {
    tools: { ...noTools, nowMs: () => nowMs },
    at: (ms) => {
      nowMs = ms;
    },
  };
}

test('a counter on a page beats by its changes, is suspected, dead, and alive again', async () => {
  let beats = 1;
  await using server = await httpServer((_, response) => response.end(String(beats)));
  const of = { probe: 'http', url: `http://127.0.0.1:${server.port}/`, read: 'body' };
  const open = heartbeat.open({ of, interval: '1s', margin: '500ms' });
  const { tools, at } = clocked();
  const seen: unknown[] = [];
  for (const [ms, value] of [
    [0, 1],
    [1000, 2],
    [2400, 2],
    [2600, 2],
    [4600, 2],
    [4700, 3],
  ] as const) {
    at(ms);
    beats = value;
    const reading = await lookOnce(open, { tools });
    seen.push(reading.status === 'ok' ? reading.value : reading.error);
  }
  await open.close();
  assert.deepEqual(seen, ['no beat seen yet; 0ms of 3.5s are over', 'alive', 'alive', 'suspected', 'dead', 'alive']);
});

test('who refuses to answer is silent, and in the end dead; silence is read in milliseconds', async () => {
  const server = await httpServer((_, response) => response.end('1'));
  const of = { probe: 'http', url: `http://127.0.0.1:${server.port}/`, read: 'body' };
  const open = heartbeat.open({ of, interval: '1s', misses: 3, margin: '0s', read: 'silence' });
  const { tools, at } = clocked();
  await lookOnce(open, { tools });
  await server[Symbol.asyncDispose]();
  at(3001);
  assert.deepEqual(await lookOnce(open, { tools }), { status: 'ok', value: 3001, detail: 'never seen 3s ago: 1' });
});

test('lines of a log beat, and a look that cannot look is unknown, not silence', async () => {
  let lines: readonly string[] = [];
  let isBroken = false;
  const { tools, at } = clocked();
  const logging: ProbeTools = {
    ...tools,
    async *log() {
      if (isBroken) throw new Error('the engine does not answer');
      for (const [index, text] of lines.entries()) yield { at: `2026-01-31T12:00:0${index}.000000000Z`, text };
    },
  };
  const open = heartbeat.open({ of: { probe: 'log', pattern: 'tick', since: 'ever' }, interval: '1s', margin: '0s' });
  const life = async (ms: number) => {
    at(ms);
    const reading = await lookOnce(open, { target: someTarget, tools: logging });
    return reading.status === 'ok' ? reading.value : reading.error;
  };
  await life(0);
  lines = ['tick'];
  assert.equal(await life(900), 'alive');
  isBroken = true;
  assert.equal(await life(60_000), 'the engine does not answer');
  isBroken = false;
  lines = ['tick', 'noise', 'tick'];
  assert.equal(await life(61_000), 'alive');
  assert.equal(await life(64_001), 'dead');
});

test('what cannot beat, a beat without settings, and an interval that is none are refused', async () => {
  assert.equal(heartbeat.settings.safeParse({ of: { probe: 'noop' }, interval: '1s' }).success, false);
  assert.equal(heartbeat.settings.safeParse({ of: { probe: 'redis', comand: ['GET', 'beat'] }, interval: '1s' }).success, false);
  assert.equal(heartbeat.settings.safeParse({ of: { probe: 'redis', command: ['SET', 'beat', '1'] }, interval: '1s' }).success, false);
  assert.equal(heartbeat.settings.safeParse({ of: { probe: 'redis', command: ['GET', 'beat'] }, interval: 1000 }).success, false);
  assert.equal(heartbeat.settings.safeParse({ of: { probe: 'redis', command: ['GET', 'beat'] }, interval: '1s' }).success, true);
  const nobody = await look(heartbeat, { of: { probe: 'log', pattern: 'tick' }, interval: '1s' });
  assert.deepEqual(nobody, { status: 'unknown', error: 'the log probe needs a target' });
});
