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
