import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { command } from '../../probes/command.ts';
import { OUTPUT_CHARACTERS_MAX } from '../../probes/command-local.ts';
import type { ProbeTools } from '../../probes/probe.ts';
import { look, noTools, someTarget } from './looking.ts';
import { tcpServer } from './servers.ts';

const node = (script: string) => [process.execPath, '-e', script];
const exec = (answer: ProbeTools['exec']): ProbeTools => ({ ...noTools, exec: answer });

test('without a target it runs on this machine and reads the exit code', async () => {
  assert.deepEqual(await look(command, { command: ['true'] }), { status: 'ok', value: 0 });
  assert.deepEqual(await look(command, { command: node('console.error("no luck"); process.exit(3)') }), {
    status: 'ok',
    value: 3,
    detail: 'no luck',
  });
});

test('what it prints can be read as text or as a number', async () => {
  assert.deepEqual(await look(command, { command: ['echo', ' two  words '], read: 'stdout' }), {
    status: 'ok',
    value: 'two  words',
    detail: 'exit 0',
  });
  assert.deepEqual(await look(command, { command: ['echo', '4.50'], read: 'number' }), { status: 'ok', value: 4.5 });
});

test('no number, or a failed command, is a number of null', async () => {
  assert.deepEqual(await look(command, { command: ['echo', 'four'], read: 'number' }), {
    status: 'ok',
    value: null,
    detail: "'four' is not a number",
  });
  assert.deepEqual(await look(command, { command: ['true'], read: 'number' }), { status: 'ok', value: null, detail: "'' is not a number" });
  assert.deepEqual(await look(command, { command: node('console.log(5); process.exit(1)'), read: 'number' }), {
    status: 'ok',
    value: null,
    detail: 'exit 1',
  });
});

test('arguments are handed over as they are, without a shell', async () => {
  const reading = await look(command, { command: ['echo', '$HOME; `id`'], read: 'stdout' });
  assert.ok(reading.status === 'ok' && reading.value === '$HOME; `id`');
});

test('a program that is not there is unknown', async () => {
  const reading = await look(command, { command: ['no-such-program-here'] });
  assert.deepEqual(reading, { status: 'unknown', error: 'spawn no-such-program-here ENOENT' });
});

test('a command that ends by a signal of its own has no exit code', async () => {
  assert.deepEqual(await look(command, { command: node('process.kill(process.pid, "SIGSEGV")') }), {
    status: 'ok',
    value: null,
    detail: 'ended by SIGSEGV',
  });
});

test('a command that does not end in time is killed with its children, and read as null', async () => {
  let cut: Promise<unknown> | undefined;
  const limit = new AbortController();
  await using server = await tcpServer((socket) => {
    cut = once(socket, 'close');
    limit.abort();
  });
  const child = `require("node:net").connect(${server.port}, "127.0.0.1")`;
  const script = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}]); setInterval(() => {}, 1000)`;
  const reading = await command
    .open({ command: node(script) })
    .look({ target: undefined, tools: noTools, signal: limit.signal, timeoutMs: 1 });
  assert.deepEqual(reading, { status: 'ok', value: null, detail: 'timed out' });
  await cut;
});

test('output beyond what is kept is dropped, and the command still ends', async () => {
  const reading = await look(command, { command: node(`process.stdout.write("x".repeat(${OUTPUT_CHARACTERS_MAX * 8}))`), read: 'stdout' });
  assert.ok(reading.status === 'ok' && typeof reading.value === 'string');
  assert.match(reading.value, /^x+$/);
});

test('with a target it runs in that container', async () => {
  const asked: unknown[] = [];
  const tools = exec(async (id, words) => {
    asked.push(id, words);
    return { exitCode: 0, stdout: '12\n', stderr: '' };
  });
  assert.deepEqual(await look(command, { command: ['wc', '-l', 5], read: 'number' }, { target: someTarget, tools }), {
    status: 'ok',
    value: 12,
  });
  assert.deepEqual(asked, ['c0ffee', ['wc', '-l', '5']]);
});

test('a container that cannot run anything is a reading; an engine that fails is unknown', async () => {
  const failing = (statusCode: number) => exec(() => Promise.reject(Object.assign(new Error('container is paused'), { statusCode })));
  const paused = await look(command, { command: ['true'] }, { target: someTarget, tools: failing(409) });
  assert.deepEqual(paused, { status: 'ok', value: null, detail: 'container is paused' });
  const broken = await look(command, { command: ['true'] }, { target: someTarget, tools: failing(500) });
  assert.equal(broken.status, 'unknown');
});

test('a command that hangs in a container is read as null', async () => {
  const reading = await look(
    command,
    { command: ['true'] },
    { target: someTarget, tools: exec(() => new Promise(() => {})), timeoutMs: 20 },
  );
  assert.deepEqual(reading, { status: 'ok', value: null, detail: 'timed out' });
});
