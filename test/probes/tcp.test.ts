import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANSWER_CHARACTERS_MAX, tcp } from '../../probes/tcp.ts';
import { look, lookOnce, someTarget } from './looking.ts';
import { closedPort, tcpServer } from './servers.ts';

test('an open port is true, at the target’s own address or at the one that is named', async () => {
  await using server = await tcpServer(() => {});
  assert.deepEqual(await look(tcp, { port: server.port }, { target: someTarget }), { status: 'ok', value: true });
  assert.deepEqual(await look(tcp, { host: '127.0.0.1', port: server.port }), { status: 'ok', value: true });
});

test('a shut port is what the system did: null', async () => {
  const shut = await look(tcp, { port: await closedPort() }, { target: someTarget });
  assert.deepEqual(shut, { status: 'ok', value: null, detail: 'refused' });
});

test('a container without an address is a reading, and nobody to dial is our mistake', async () => {
  const stopped = await look(tcp, { port: 80 }, { target: { ...someTarget, addresses: [] } });
  assert.deepEqual(stopped, { status: 'ok', value: null, detail: 'the container has no address' });
  assert.equal((await look(tcp, { port: 80 })).status, 'unknown');
});

test('a greeting is waited for, piece by piece, and its first group is the answer', async () => {
  await using server = await tcpServer((socket) => {
    socket.write('220 mail.exam', () => setImmediate(() => socket.write('ple ESMTP 4.97\r\n')));
  });
  const greeting = { port: server.port, expect: '^220 .* ESMTP ([\\d.]+)\\r\\n' };
  assert.deepEqual(await look(tcp, greeting, { target: someTarget }), { status: 'ok', value: true });
  assert.deepEqual(await look(tcp, { ...greeting, read: 'answer' }, { target: someTarget }), { status: 'ok', value: 4.97 });
});

test('what is to be said is said, and only then is the answer heard', async () => {
  await using server = await tcpServer((socket) => socket.on('data', (said) => socket.write(`you said ${said}`)));
  const settings = { port: server.port, send: 'PING\r\n', expect: 'you said .*', read: 'answer' };
  assert.deepEqual(await look(tcp, settings, { target: someTarget }), { status: 'ok', value: 'you said PING' });
});

test('latency is a number of milliseconds', async () => {
  await using server = await tcpServer(() => {});
  const reading = await look(tcp, { port: server.port, read: 'latency' }, { target: someTarget });
  assert.ok(reading.status === 'ok' && typeof reading.value === 'number' && reading.value > 0, JSON.stringify(reading));
});

test('another answer, none in time, and a line that is cut are readings of null', async () => {
  await using rude = await tcpServer((socket) => socket.end('421 too busy'));
  const expecting = (port: number) => ({ port, expect: '^220' });
  const busy = await look(tcp, expecting(rude.port), { target: someTarget });
  assert.deepEqual(busy, { status: 'ok', value: null, detail: "closed after '421 too busy'" });
  await using silent = await tcpServer(() => {});
  const timedOut = await look(tcp, expecting(silent.port), { target: someTarget, timeoutMs: 50 });
  assert.deepEqual(timedOut, { status: 'ok', value: null, detail: 'timed out' });
  await using curt = await tcpServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
  const reset = await look(tcp, { ...expecting(curt.port), send: 'HELO' }, { target: someTarget });
  assert.deepEqual(reset, { status: 'ok', value: null, detail: 'reset' });
});

test('who says ever more without what is expected is not listened to for ever', async () => {
  await using server = await tcpServer((socket) => socket.write('x'.repeat(ANSWER_CHARACTERS_MAX * 2)));
  const reading = await look(tcp, { port: server.port, expect: '^220' }, { target: someTarget });
  assert.deepEqual(reading, { status: 'ok', value: null, detail: `nothing in its first ${ANSWER_CHARACTERS_MAX} characters matches` });
});

test('each look dials anew', async () => {
  await using server = await tcpServer(() => {});
  const open = tcp.open({ port: server.port });
  await lookOnce(open, { target: someTarget });
  await lookOnce(open, { target: someTarget });
  assert.equal(server.accepted(), 2);
});

test('a port that is none, an expectation that is no pattern, and an answer that nothing is expected of are refused', () => {
  assert.equal(tcp.settings.safeParse({ port: 70_000 }).success, false);
  assert.equal(tcp.settings.safeParse({ port: 25, expect: '(' }).success, false);
  assert.equal(tcp.settings.safeParse({ port: 25, expct: '^220' }).success, false);
  assert.deepEqual(
    tcp.misfits?.({ port: 25, read: 'answer' }).map(({ key }) => key),
    ['read'],
  );
  assert.deepEqual(tcp.misfits?.({ port: 25, read: 'answer', expect: '^220' }), []);
});
