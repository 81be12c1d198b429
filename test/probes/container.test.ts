import assert from 'node:assert/strict';
import { test } from 'node:test';
import { container } from '../../probes/container.ts';
import type { ProbeTools } from '../../probes/probe.ts';
import { look, noTools, someTarget } from './looking.ts';

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
