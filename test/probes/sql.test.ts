import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from '../../probes/sql.ts';
import { look, someTarget } from './looking.ts';
import { closedPort, type LocalServer, tcpServer } from './servers.ts';

/** Answers the start of a session with one ErrorResponse, as a PostgreSQL that does not take us. */
function refusingServer(code: string, message: string): Promise<LocalServer> {
  const fields = Buffer.from(`SFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return tcpServer((socket) => socket.once('data', () => socket.end(Buffer.concat([head, fields]))));
}

test('a server that is starting or out of connections is a reading of null', async () => {
  await using starting = await refusingServer('57P03', 'the database system is starting up');
  const seen = await look(sql, { query: 'SELECT 1', port: starting.port }, { target: someTarget });
  assert.deepEqual(seen, { status: 'ok', value: null, detail: 'the database system is starting up (57P03)' });
  await using crowded = await refusingServer('53300', 'sorry, too many clients already');
  assert.equal((await look(sql, { query: 'SELECT 1', url: `postgresql://p@127.0.0.1:${crowded.port}/p` })).status, 'ok');
});

test('a password, database or query that is wrong is our mistake: unknown', async () => {
  for (const code of ['28P01', '3D000', '42P01', '25006']) {
    await using server = await refusingServer(code, 'no');
    assert.deepEqual(await look(sql, { query: 'SELECT 1', port: server.port }, { target: someTarget }), {
      status: 'unknown',
      error: `no (${code})`,
    });
  }
});

test('refused, silent and hung up are readings of null', async () => {
  const port = await closedPort();
  assert.deepEqual(await look(sql, { query: 'SELECT 1', port }, { target: someTarget }), { status: 'ok', value: null, detail: 'refused' });
  await using silent = await tcpServer(() => {});
  const seen = await look(sql, { query: 'SELECT 1', port: silent.port }, { target: someTarget, timeoutMs: 50 });
  assert.deepEqual(seen, { status: 'ok', value: null, detail: 'timed out' });
  await using curt = await tcpServer((socket) => socket.once('data', () => socket.end()));
  assert.deepEqual(await look(sql, { query: 'SELECT 1', port: curt.port }, { target: someTarget }), {
    status: 'ok',
    value: null,
    detail: 'closed',
  });
});

/** Answers the start of a session with one error packet, as a MySQL that does not take us. */
function refusingMysql(errno: number, state: string, message: string): Promise<LocalServer> {
  const payload = Buffer.concat([Buffer.from([0xff, errno & 0xff, errno >> 8]), Buffer.from(`#${state}${message}`)]);
  const head = Buffer.from([payload.length, 0, 0, 0]);
  return tcpServer((socket) => socket.end(Buffer.concat([head, payload])));
}

const ofMysql = (port: number) => ({ query: 'SELECT 1', dialect: 'mysql', port });

test('a MySQL that is crowded is a reading of null, one that does not let us in is our mistake: unknown', async () => {
  await using crowded = await refusingMysql(1040, '08004', 'Too many connections');
  const seen = await look(sql, ofMysql(crowded.port), { target: someTarget });
  assert.deepEqual(seen, { status: 'ok', value: null, detail: 'Too many connections (1040)' });
  await using strict = await refusingMysql(1045, '28000', 'Access denied');
  const denied = await look(sql, { query: 'SELECT 1', url: `mysql://root:wrong@127.0.0.1:${strict.port}/shop` });
  assert.deepEqual(denied, { status: 'unknown', error: 'Access denied (1045)' });
});

test('of a MySQL too refused, silent and hung up are readings of null', async () => {
  const refused = await look(sql, ofMysql(await closedPort()), { target: someTarget });
  assert.deepEqual(refused, { status: 'ok', value: null, detail: 'refused' });
  await using silent = await tcpServer(() => {});
  const timedOut = await look(sql, ofMysql(silent.port), { target: someTarget, timeoutMs: 50 });
  assert.deepEqual(timedOut, { status: 'ok', value: null, detail: 'timed out' });
  await using curt = await tcpServer((socket) => socket.end());
  const closed = await look(sql, ofMysql(curt.port), { target: someTarget });
  assert.deepEqual(closed, { status: 'ok', value: null, detail: 'closed' });
});

test('a dialect that is not that of the url is refused while the file is checked', () => {
  const given = { query: 'SELECT 1', url: 'mysql://127.0.0.1/shop' };
  assert.deepEqual(sql.misfits?.(given), []);
  assert.deepEqual(
    sql.misfits?.({ ...given, dialect: 'postgresql' }).map(({ key, message }) => `${key}: ${message}`),
    ['dialect: the url is of a mysql, the dialect of a postgresql'],
  );
  assert.equal(sql.settings.safeParse({ ...given, url: 'http://127.0.0.1/' }).success, false);
});
