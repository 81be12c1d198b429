import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { redis } from '../../probes/redis.ts';
import { isReadingCommand } from '../../probes/redis-commands.ts';
import { look, lookOnce, noTools, someTarget } from './looking.ts';
import { closedPort, type LocalServer, tcpServer } from './servers.ts';

/** Answers every command (RESP2: an array of bulk strings) with `reply`; no reply to undefined. */
function redisServer(reply: (command: readonly string[]) => string | undefined): Promise<LocalServer> {
  return tcpServer((socket) =>
    socket.on('data', (data) => {
      const words = data
        .toString()
        .split('\r\n')
        .filter((_, index) => index > 0 && index % 2 === 0)
        .filter((word) => word !== '');
      const answer = reply(words);
      if (answer !== undefined) socket.write(answer);
    }),
  );
}

test('the reply to PING is read by default, at the target’s own address', async () => {
  const commands: unknown[] = [];
  await using server = await redisServer((words) => {
    commands.push(words);
    return '+PONG\r\n';
  });
  assert.deepEqual(await look(redis, { port: server.port }, { target: someTarget }), { status: 'ok', value: 'PONG' });
  assert.deepEqual(commands, [['PING']]);
});

test('numbers come as numbers, nothing as null, and one field of INFO by its name', async () => {
  const info = 'used_memory:1048576\r\nrole:master';
  const replies: Readonly<Record<string, string>> = {
    DBSIZE: ':12\r\n',
    GET: '$-1\r\n',
    STRLEN: '$1\r\n7\r\n',
    INFO: `$${info.length}\r\n${info}\r\n`,
  };
  await using server = await redisServer(([name = '']) => replies[name]);
  const url = `redis://127.0.0.1:${server.port}`;
  assert.deepEqual(await look(redis, { url, command: ['DBSIZE'] }), { status: 'ok', value: 12 });
  assert.deepEqual(await look(redis, { url, command: ['GET', 'x'] }), { status: 'ok', value: null });
  assert.deepEqual(await look(redis, { url, command: ['STRLEN', 'x'] }), { status: 'ok', value: 7 });
  assert.deepEqual(await look(redis, { url, command: ['INFO'], field: 'used_memory' }), { status: 'ok', value: 1048576 });
  assert.deepEqual(await look(redis, { url, command: ['INFO'], field: 'used' }), {
    status: 'ok',
    value: null,
    detail: 'no field used in the reply',
  });
});

test('a server that says it is not ready is a reading; one that does not let us in is unknown', async () => {
  await using loading = await redisServer(() => '-LOADING Redis is loading the dataset in memory\r\n');
  const seen = await look(redis, { url: `redis://127.0.0.1:${loading.port}` });
  assert.deepEqual(seen, { status: 'ok', value: null, detail: 'LOADING Redis is loading the dataset in memory' });
  await using shut = await redisServer(() => '-NOAUTH Authentication required.\r\n');
  assert.deepEqual(await look(redis, { url: `redis://127.0.0.1:${shut.port}` }), {
    status: 'unknown',
    error: 'NOAUTH Authentication required.',
  });
});

test('refused and silent are readings of null', async () => {
  assert.deepEqual(await look(redis, { port: await closedPort() }, { target: someTarget }), {
    status: 'ok',
    value: null,
    detail: 'refused',
  });
  await using silent = await redisServer(() => undefined);
  const seen = await look(redis, { url: `redis://127.0.0.1:${silent.port}` }, { timeoutMs: 50 });
  assert.deepEqual(seen, { status: 'ok', value: null, detail: 'timed out' });
});

test('the connection is kept between looks, and dialled anew after it broke', async () => {
  await using server = await redisServer(() => '+PONG\r\n');
  const open = redis.open({ url: `redis://127.0.0.1:${server.port}` });
  await lookOnce(open);
  await lookOnce(open);
  assert.equal(server.accepted(), 1);
  server.resetAll();
  const readings = [await lookOnce(open), await lookOnce(open)];
  assert.deepEqual(readings.at(-1), { status: 'ok', value: 'PONG' });
  assert.equal(server.accepted(), 2);
  await open.close();
});

test('a connection that the server closed between two looks costs no reading', async () => {
  let closed: Promise<unknown> | undefined;
  await using server = await tcpServer((socket) => {
    closed = once(socket, 'close');
    socket.on('data', () => socket.end('+PONG\r\n'));
  });
  const open = redis.open({ url: `redis://127.0.0.1:${server.port}` });
  assert.deepEqual(await lookOnce(open), { status: 'ok', value: 'PONG' });
  await closed;
  assert.deepEqual(await lookOnce(open), { status: 'ok', value: 'PONG' });
  assert.equal(server.accepted(), 2);
  await open.close();
});

test('after a look that timed out the next one dials anew, and is not answered by the reply that came too late', async () => {
  let first: Socket | undefined;
  const limit = new AbortController();
  await using server = await tcpServer((socket) =>
    socket.on('data', () => {
      if (!first) {
        first = socket;
        limit.abort();
        return;
      }
      first.write('+first\r\n');
      socket.write('+second\r\n');
    }),
  );
  const open = redis.open({ url: `redis://127.0.0.1:${server.port}` });
  const cut = await open.look({ target: undefined, tools: noTools, signal: limit.signal, timeoutMs: 5000 });
  assert.deepEqual(cut, { status: 'ok', value: null, detail: 'timed out' });
  assert.deepEqual(await lookOnce(open), { status: 'ok', value: 'second' });
  assert.equal(server.accepted(), 2);
  await open.close();
});

test('a target that moved to another address is dialled there', async () => {
  await using server = await redisServer(() => '+PONG\r\n');
  const open = redis.open({ port: server.port });
  await lookOnce(open, { target: someTarget });
  await lookOnce(open, { target: { ...someTarget, addresses: ['127.0.0.2'] } });
  const back = await lookOnce(open, { target: someTarget });
  assert.deepEqual(back, { status: 'ok', value: 'PONG' });
  assert.equal(server.accepted(), 2);
  await open.close();
});

test('a stopped container has no address: null; no target and no url: unknown', async () => {
  const stopped = await look(redis, {}, { target: { ...someTarget, addresses: [] } });
  assert.deepEqual(stopped, { status: 'ok', value: null, detail: 'the container has no address' });
  assert.equal((await look(redis, {})).status, 'unknown');
});

test('commands that could change anything are refused while the file is checked', () => {
  for (const words of [
    ['SET', 'a', '1'],
    ['flushall'],
    ['CONFIG', 'SET', 'maxmemory', '1'],
    ['CONFIG'],
    ['EVAL', 'return 1', '0'],
    ['DEBUG', 'SLEEP', '9'],
  ]) {
    assert.equal(redis.settings.safeParse({ command: words }).success, false, words.join(' '));
  }
  assert.ok(isReadingCommand(['get', 'a']) && isReadingCommand(['Config', 'get', 'maxmemory']));
  assert.throws(() => redis.open({ command: ['FLUSHALL'] }));
});
