import assert from 'node:assert/strict';
import { test } from 'node:test';
import { container } from '../../probes/container.ts';
import type { ContainerStats, ProbeTools } from '../../probes/probe.ts';
import { look, lookOnce, noTools, someTarget } from './looking.ts';

const seen = { state: 'exited', health: 'unhealthy', restarts: 3, oomKilled: true, exitCode: 137 };
const tools = (inspect: ProbeTools['inspect']): ProbeTools => ({ ...noTools, inspect });

test('each of its facts can be read, of the container that is the target', async () => {
  const asked = new Set<string>();
  const remembering = tools(async (id) => {
    asked.add(id);
    return seen;
  });
  const values = [];
  for (const read of ['state', 'health', 'restarts', 'oom-killed', 'exit-code']) {
    const reading = await look(container, { read }, { target: someTarget, tools: remembering });
    values.push(reading.status === 'ok' && reading.value);
  }
  assert.deepEqual(values, ['exited', 'unhealthy', 3, true, 137]);
  assert.deepEqual([...asked], ['c0ffee']);
});

test('a container without a health check has a health of null', async () => {
  const reading = await look(
    container,
    { read: 'health' },
    { target: someTarget, tools: tools(async () => ({ ...seen, health: undefined })) },
  );
  assert.deepEqual(reading, { status: 'ok', value: null, detail: 'the container has no health check' });
});

test('a container that is gone is a reading; an engine that fails is unknown', async () => {
  const failing = (statusCode: number) =>
    tools(() => Promise.reject(Object.assign(new Error(`engine says ${statusCode}`), { statusCode })));
  assert.deepEqual(await look(container, {}, { target: someTarget, tools: failing(404) }), { status: 'ok', value: 'removed' });
  assert.deepEqual(await look(container, { read: 'restarts' }, { target: someTarget, tools: failing(404) }), {
    status: 'ok',
    value: null,
    detail: 'removed',
  });
  assert.deepEqual(await look(container, {}, { target: someTarget, tools: failing(500) }), { status: 'unknown', error: 'engine says 500' });
});

test('an engine that does not answer in time is unknown, because the engine is not the system', async () => {
  const reading = await look(container, {}, { target: someTarget, tools: tools(() => new Promise(() => {})), timeoutMs: 20 });
  assert.equal(reading.status, 'unknown');
});

const counted: ContainerStats = {
  takenAtMs: 10_000,
  cpuMs: 500,
  throttledMs: 40,
  memoryBytes: 32_000_000,
  memoryLimitBytes: 128_000_000,
  receivedBytes: 900,
  sentBytes: 7,
};
const counting = (answers: readonly (ContainerStats | undefined)[]): ProbeTools => {
  const left = [...answers];
  return { ...noTools, stats: async () => left.shift() };
};

test('what the kernel counts is read in milliseconds, bytes and shares', async () => {
  const values = [];
  for (const read of ['cpu-time', 'throttled', 'memory', 'memory-share', 'received', 'sent']) {
    const reading = await look(container, { read }, { target: someTarget, tools: counting([counted]) });
    values.push(reading.status === 'ok' && reading.value);
  }
  assert.deepEqual(values, [500, 40, 32_000_000, 0.25, 900, 7]);
});

test('the use of the CPU is that between two looks, by the engine’s clock, and begins again with the container', async () => {
  const later = { ...counted, takenAtMs: 12_000, cpuMs: 3500 };
  const restarted = { ...counted, takenAtMs: 13_000, cpuMs: 20 };
  const again = { ...restarted, takenAtMs: 14_000, cpuMs: 270 };
  const tools = counting([counted, later, later, restarted, again]);
  const open = container.open({ read: 'cpu' });
  const seen = [];
  for (let looks = 0; looks < 5; looks += 1) {
    const reading = await lookOnce(open, { target: someTarget, tools });
    seen.push(reading.status === 'ok' ? reading.value : reading.error);
  }
  assert.deepEqual(seen, [
    'the use of the CPU takes two looks',
    1.5,
    'the engine looked once for two looks',
    'the use of the CPU takes two looks',
    0.25,
  ]);
});

test('of a container that does not run nothing is counted, which is what the system did', async () => {
  const reading = await look(container, { read: 'memory' }, { target: someTarget, tools: counting([undefined]) });
  assert.deepEqual(reading, { status: 'ok', value: null, detail: 'the container does not run' });
  const gone: ProbeTools = { ...noTools, stats: () => Promise.reject(Object.assign(new Error('gone'), { statusCode: 404 })) };
  const removed = await look(container, { read: 'cpu' }, { target: someTarget, tools: gone });
  assert.deepEqual(removed, { status: 'ok', value: null, detail: 'removed' });
});

test('a fact that there is not is refused with those that there are', () => {
  const wrong = container.settings.safeParse({ read: 'ram' });
  assert.match(wrong.error?.issues[0]?.message ?? '', /memory-share/);
});
