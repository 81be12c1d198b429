import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Outcome } from '../../../../probes/slo/load-cells.ts';
import { listen, OK, onRequests, originOf, poolFor, quietPort, request, TestJob } from '../support.ts';

/** A pool against a server that answers every request with these bytes; `end` closes the connection after them. */
async function poolAgainst(t: TestContext, answer: string | Buffer, then: 'stay' | 'end' | 'reset' = 'stay') {
  const heads: string[] = [];
  const connections: Socket[] = [];
  const port = await listen(t, (socket) => {
    connections.push(socket);
    onRequests(socket, (head) => {
      heads.push(head);
      socket.write(answer, () => {
        if (then === 'end') socket.end();
        if (then === 'reset') setImmediate(() => socket.resetAndDestroy());
      });
    });
  });
  return { pool: poolFor(t, port), heads, connections };
}

test('an answer is read, and its connection carries the next request', async (t) => {
  const { pool, connections } = await poolAgainst(t, 'HTTP/1.1 201 Created\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello');
  for (let index = 0; index < 3; index += 1) {
    const job = await request(pool);
    assert.equal(job.outcome, 'ok');
    const { status, statusText, protocol, headers, body, bodyBytes } = job.answer ?? assert.fail('no answer');
    assert.deepEqual([status, statusText, protocol, bodyBytes], [201, 'Created', 'HTTP/1.1', 5]);
    assert.deepEqual([headers, body], [['X-A', '1', 'Content-Length', '5'], Buffer.from('hello')]);
  }
  assert.equal(connections.length, 1);
});

test('the answer to HEAD has no body, whatever length it names, and the connection is kept', async (t) => {
  const { pool, connections } = await poolAgainst(t, 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
  for (let index = 0; index < 2; index += 1) assert.equal((await request(pool, 'HEAD')).outcome, 'ok');
  assert.equal(connections.length, 1);
});

test('the same answer to GET is waited for, and cut short when the server goes', async (t) => {
  const { pool } = await poolAgainst(t, 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n', 'end');
  assert.equal((await request(pool, 'GET')).outcome, 'truncated');
});

test('204 and 304 have no body either, and HEAD without a length keeps its connection', async (t) => {
  for (const [answer, method, outcome] of [
    ['HTTP/1.1 204 No Content\r\n\r\n', 'GET', 'ok'],
    ['HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n', 'GET', '3xx'],
    ['HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n', 'GET', '3xx'],
    ['HTTP/1.1 200 OK\r\n\r\n', 'HEAD', 'ok'],
  ] as const) {
    const { pool, connections } = await poolAgainst(t, answer);
    for (let index = 0; index < 2; index += 1) assert.equal((await request(pool, method)).outcome, outcome, answer);
    assert.equal(connections.length, 1, answer);
  }
});

test('a body that only the end of the connection ends is whole', async (t) => {
  const { pool, connections } = await poolAgainst(t, 'HTTP/1.1 200 OK\r\n\r\nall of it', 'end');
  const job = await request(pool);
  assert.equal(job.outcome, 'ok');
  assert.equal(job.answer?.body?.toString(), 'all of it');
  assert.equal((await request(pool)).outcome, 'ok');
  assert.equal(connections.length, 2);
});

test('such a body that a reset ends is truncated', async (t) => {
  const { pool } = await poolAgainst(t, 'HTTP/1.1 200 OK\r\n\r\nnot all', 'reset');
  assert.equal((await request(pool)).outcome, 'truncated');
});

test('answers of the 1xx kind are passed over', async (t) => {
  const { pool, connections } = await poolAgainst(t, `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}`);
  for (let index = 0; index < 2; index += 1) {
    const job = await request(pool);
    assert.equal(job.outcome, 'ok');
    assert.equal(job.answer?.status, 200);
  }
  assert.equal(connections.length, 1);
});

test('a chunked body is read to its end, also when each byte comes alone', async (t) => {
  const answer = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: 1\r\n\r\n';
  const port = await listen(t, (socket) => {
    socket.setNoDelay(true);
    onRequests(socket, async () => {
      for (const byte of answer) await new Promise((resolve) => socket.write(byte, () => setImmediate(resolve)));
    });
  });
  const pool = poolFor(t, port);
  for (let index = 0; index < 2; index += 1) assert.equal((await request(pool)).answer?.body?.toString(), 'hello world');
});

test('the connection goes when it is not to be kept', async (t) => {
  for (const answer of [
    'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
    'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok',
    'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n',
  ]) {
    const { pool, connections } = await poolAgainst(t, answer);
    for (let index = 0; index < 2; index += 1) assert.equal((await request(pool)).outcome, 'ok', answer);
    assert.equal(connections.length, 2, answer);
  }
});

test('each way for a server to go wrong has its outcome', async (t) => {
  const cases: [string, string, 'stay' | 'end' | 'reset', Outcome][] = [
    ['no answer, then the end', '', 'end', 'closed'],
    ['no answer, then a reset', '', 'reset', 'reset'],
    ['half a status line', 'HTTP/1.', 'end', 'truncated'],
    ['half a head', 'HTTP/1.1 200 OK\r\nContent-Le', 'end', 'truncated'],
    ['half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345', 'end', 'truncated'],
    ['half a body, reset', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345', 'reset', 'truncated'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', 'stay', 'parse'],
    ['binary', '\x16\x03\x01\x00\n\xff\xfe\n', 'stay', 'parse'],
    ['a status that is none', 'HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n', 'stay', 'parse'],
    ['a length below zero', 'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello', 'stay', 'parse'],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nhello', 'stay', 'parse'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nhi', 'stay', 'parse'],
    ['a chunk below zero', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello', 'stay', 'parse'],
    ['a chunk that is no number', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n', 'stay', 'parse'],
    ['an endless head', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`, 'stay', 'parse'],
    ['a protocol nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n', 'stay', 'parse'],
  ];
  for (const [name, answer, then, outcome] of cases) {
    const { pool } = await poolAgainst(t, Buffer.from(answer, 'latin1'), then);
    const job = await request(pool);
    assert.equal(job.outcome, outcome, name);
    assert.equal(job.settles, 1, name);
  }
});

test('bytes after the answer cost the connection, not the next request', async (t) => {
  for (const extra of ['garbage', 'HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n']) {
    const { pool, connections } = await poolAgainst(t, OK + extra);
    for (let index = 0; index < 3; index += 1) assert.equal((await request(pool)).outcome, 'ok', extra);
    assert.equal(connections.length, 3);
  }
});

test('an idle connection that is given bytes or an end is given up in silence', async (t) => {
  const { pool, connections } = await poolAgainst(t, OK);
  assert.equal((await request(pool)).outcome, 'ok');
  connections[0]?.end('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n');
  while (pool.sockets > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal((await request(pool)).outcome, 'ok');
  assert.equal(pool.retried, 0);
});

test('a GET whose rested connection proves dead is sent once more over a fresh one, a POST is not', async (t) => {
  const served: string[] = [];
  const port = await listen(t, (socket) => {
    onRequests(socket, (head, index) => {
      served.push(head.slice(0, 4).trim());
      if (index === 0) socket.write(OK);
      else socket.resetAndDestroy();
    });
  });
  const pool = poolFor(t, port);
  assert.equal((await request(pool)).outcome, 'ok');
  const again = await request(pool);
  assert.equal(again.outcome, 'ok');
  assert.equal(again.sends, 2);
  assert.equal(pool.retried, 1);
  assert.equal((await request(pool, 'POST')).outcome, 'reset');
  assert.equal(pool.retried, 1);
  assert.deepEqual(served, ['GET', 'GET', 'GET', 'POST']);
});

test('the second try is the last', async (t) => {
  let connections = 0;
  const port = await listen(t, (socket, connection) => {
    connections += 1;
    onRequests(socket, (_head, index) => {
      if (connection === 0 && index === 0) socket.write(OK);
      else socket.end();
    });
  });
  const pool = poolFor(t, port);
  assert.equal((await request(pool)).outcome, 'ok');
  const job = await request(pool);
  assert.deepEqual([job.outcome, job.sends, job.settles], ['closed', 2, 1]);
  assert.equal(connections, 2);
});

test('the second try can be switched off, and a fresh connection has none', async (t) => {
  const port = await listen(t, (socket) => {
    onRequests(socket, (_head, index) => (index === 0 ? socket.write(OK) : socket.end()));
  });
  const pool = poolFor(t, port, { retryRested: false });
  assert.equal((await request(pool)).outcome, 'ok');
  const job = await request(pool);
  assert.deepEqual([job.outcome, job.sends, pool.retried], ['closed', 1, 0]);
  const { pool: fresh } = await poolAgainst(t, '', 'end');
  assert.equal((await request(fresh)).sends, 1);
});

test('a request without an answer times out at its deadline and its connection is not used again', async (t) => {
  let connections = 0;
  const port = await listen(t, (socket, index) => {
    connections += 1;
    if (index > 0) onRequests(socket, () => socket.write(OK));
  });
  const pool = poolFor(t, port);
  const job = await request(pool, 'GET', 60);
  assert.deepEqual([job.outcome, job.sends], ['timeout', 1]);
  assert.equal((await request(pool)).outcome, 'ok');
  assert.equal(connections, 2);
});

test('an answer that never ends times out too', async (t) => {
  const slow = await listen(t, (socket) => {
    onRequests(socket, () => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const timer = setInterval(() => socket.write('1\r\nx\r\n'), 5);
      socket.on('close', () => clearInterval(timer));
    });
  });
  assert.equal((await request(poolFor(t, slow), 'GET', 80)).outcome, 'timeout');
});

test('nobody listening is refused, a name that is none is dns', async (t) => {
  const port = await quietPort();
  assert.equal((await request(poolFor(t, port))).outcome, 'refused');
  const nowhere = poolFor(t, port, { origin: originOf(port, { hostname: `${'a'.repeat(64)}.invalid` }) });
  assert.equal((await request(nowhere)).outcome, 'dns');
});

test('closing settles everything that is open as dropped, once', async (t) => {
  const port = await listen(t, () => {});
  const pool = poolFor(t, port, { socketsMax: 1 });
  const jobs = [new TestJob(), new TestJob(), new TestJob()];
  for (const job of jobs) pool.send(job);
  pool.close();
  pool.send(new TestJob());
  assert.deepEqual(
    jobs.map(({ outcome, settles }) => [outcome, settles]),
    [
      ['dropped', 1],
      ['dropped', 1],
      ['dropped', 1],
    ],
  );
});
