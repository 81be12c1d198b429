import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BODY_BYTES_KEPT_MAX, BodyBudget } from '../../../../runners/load/transport/kept-body.ts';
import { BODY_SENT_MAX } from '../../../../runners/load/transport/message.ts';
import { listen, OK, onRequests, poolFor, request, TestJob } from '../support.ts';

const MIB = 1024 * 1024;
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

/** Writes the same bytes for as long as they are taken; returns how many were so far. */
function flood(socket: Socket, piece: string | Buffer): () => number {
  const bytes = Buffer.concat(Array(Math.ceil(65_536 / piece.length)).fill(Buffer.from(piece)));
  const pour = () => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on('drain', pour);
  pour();
  return () => socket.bytesWritten;
}

/** Asks a server that behaves badly, once its first request has come. */
async function against(t: TestContext, misbehave: (socket: Socket) => void, deadlineMs?: number, keep: 'nothing' | 'body' = 'body') {
  const port = await listen(t, (socket) => onRequests(socket, (_head, index) => index === 0 && misbehave(socket)));
  const pool = poolFor(t, port);
  const job = await request(pool, 'GET', deadlineMs, { keep });
  assert.equal(job.settles, 1);
  return { job, pool };
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What is still held outside the heap once what nobody needs is gone. */
function bytesHeld(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

/** What the work holds outside the heap at most while it lasts, in MiB. */
async function heldMib(work: () => Promise<unknown>): Promise<number> {
  const before = bytesHeld();
  let most = before;
  const look = setInterval(() => {
    most = Math.max(most, bytesHeld());
  }, 200);
  await work();
  clearInterval(look);
  return (most - before) / MIB;
}

test('garbage without end is a parse failure after the first of it', async (t) => {
  for (const piece of ['\0\xff\x7f', 'x', '\r\n', 'garbage \n']) {
    let poured = () => 0;
    const { job, pool } = await against(t, (socket) => {
      poured = flood(socket, Buffer.from(piece, 'latin1'));
    });
    assert.equal(job.outcome, 'parse', JSON.stringify(piece));
    assert.ok(poured() < 16 * MIB, `${poured()} bytes were taken`);
    assert.equal(pool.sockets, 0);
  }
});

test('a head without end, in many fields, in one, or in answers before the answer, is bounded', async (t) => {
  for (const [start, piece] of [
    ['HTTP/1.1 200 OK\r\n', 'X-Field: value\r\n'],
    ['HTTP/1.1 200 OK\r\nX-Field: ', 'value'],
    ['HTTP/1.1 ', '200 '],
  ] as const) {
    const { job } = await against(t, (socket) => {
      socket.write(start);
      flood(socket, piece);
    });
    assert.equal(job.outcome, 'parse', piece);
  }
  const interim = await against(t, (socket) => flood(socket, 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'), 300);
  assert.equal(interim.job.outcome, 'timeout');
});

test('the size of a chunk, and what follows the last one, are bounded too', async (t) => {
  for (const [start, piece] of [
    [`${CHUNKED}5;`, 'extension'],
    [`${CHUNKED}0\r\nX-Trailer: `, 'value'],
    [`${CHUNKED}0\r\n`, 'X-Trailer: value\r\n'],
  ] as const) {
    const { job } = await against(t, (socket) => {
      socket.write(start);
      flood(socket, piece);
    });
    assert.equal(job.outcome, 'parse', start);
  }
});

test('a byte now and then does not hold up the deadline, in the head or in the body', async (t) => {
  for (const start of ['HTTP/1.1 200 OK\r\nX-Slow: ', 'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n']) {
    const { job, pool } = await against(
      t,
      (socket) => {
        socket.write(start);
        const drip = setInterval(() => socket.write('x'), 10);
        socket.on('close', () => clearInterval(drip));
      },
      150,
    );
    assert.deepEqual([job.outcome, job.failure?.code], ['timeout', 'FIREDRILL_TIMEOUT']);
    assert.equal(pool.sockets, 0);
  }
});

const ENDLESS_CHUNK = `10000\r\n${'x'.repeat(65_536)}\r\n`;

test('a body without end lasts until the deadline', async (t) => {
  const { job } = await against(
    t,
    (socket) => {
      socket.write(CHUNKED);
      flood(socket, ENDLESS_CHUNK);
    },
    300,
  );
  assert.equal(job.outcome, 'timeout');
});

test('a body without end costs no memory beyond what is kept', async (t) => {
  let poured = () => 0;
  const port = await listen(t, (socket) =>
    onRequests(socket, () => {
      socket.write(CHUNKED);
      poured = flood(socket, ENDLESS_CHUNK);
    }),
  );
  for (const [keep, mibMax] of [
    ['nothing', 16],
    ['body', 16 + (2 * BODY_BYTES_KEPT_MAX) / MIB],
  ] as const) {
    const pool = poolFor(t, port);
    const held = await heldMib(async () => {
      poured = () => 0;
      const job = new TestJob('GET', undefined, { keep });
      pool.send(job);
      while (poured() < 3 * BODY_BYTES_KEPT_MAX) await new Promise((resolve) => setTimeout(resolve, 10));
      pool.cancel(job);
      assert.equal(job.outcome, 'dropped');
    });
    assert.ok(held < mibMax, `${held.toFixed(0)} MiB were held, keeping ${keep}`);
  }
});

test('a body in single bytes costs no more than its bytes', async (t) => {
  const held = await heldMib(async () => {
    const { job } = await against(t, (socket) => {
      socket.write(CHUNKED);
      socket.end(`${'1\r\nx\r\n'.repeat(300_000)}0\r\n\r\n`);
    });
    assert.deepEqual([job.outcome, job.answer?.bodyBytes, job.answer?.body?.length], ['ok', 300_000, 300_000]);
  });
  assert.ok(held < 16, `${held.toFixed(0)} MiB were held`);
});

test('lengths that cannot be are parse failures, a promise that is not kept is truncated', async (t) => {
  const cases: [string, string][] = [
    ['Content-Length: 1.5\r\n\r\nxx', 'parse'],
    ['Content-Length: Infinity\r\n\r\nxx', 'parse'],
    ['Content-Length: 99999999999999999999\r\n\r\nxx', 'parse'],
    ['Content-Length: 5, 5\r\n\r\nhello', 'parse'],
    ['Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx', 'parse'],
    ['Content-Length: 2\r\nContent-Length: 2\r\n\r\nxx', 'ok'],
    ['Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n', 'parse'],
    ['Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nxx', 'parse'],
    ['Transfer-Encoding: chunked\r\nContent-Length: 99\r\n\r\n2\r\nxx\r\n0\r\n\r\n', 'ok'],
    ['Content-Length: 9000000000000000\r\n\r\nxx', 'truncated'],
    ['Transfer-Encoding: chunked\r\n\r\n7fffffffffff\r\nxx', 'truncated'],
  ];
  for (const [rest, outcome] of cases) {
    const { job } = await against(t, (socket) => socket.end(`HTTP/1.1 200 OK\r\n${rest}`));
    assert.equal(job.outcome, outcome, rest);
  }
});

test('lines that end with a line feed alone are read as most do', async (t) => {
  const { job } = await against(t, (socket) => socket.write('HTTP/1.1 200 OK\nContent-Length: 2\n\nok'));
  assert.deepEqual([job.outcome, job.answer?.body?.toString()], ['ok', 'ok']);
});

test('what a server says before it is asked is nobody’s answer', async (t) => {
  let connections = 0;
  const port = await listen(t, (socket) => {
    connections += 1;
    if (connections === 1) socket.write('HTTP/1.1 500 Not asked\r\nContent-Length: 0\r\n\r\n');
    onRequests(socket, () => socket.write(OK));
  });
  const pool = poolFor(t, port);
  await pool.warm(1);
  while (pool.sockets > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal((await request(pool)).outcome, 'ok');
  assert.equal(connections, 2);
});

test('a connection that was cut within an answer leaves nothing to the next', async (t) => {
  for (const cut of [
    'HTTP/1.1 200 OK\r\nX-Half: ',
    'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf',
    `${CHUNKED}5\r\nha`,
    'HTTP/1.1 100 Continue\r\n\r\nHTTP',
  ]) {
    const port = await listen(t, (socket, index) => onRequests(socket, () => (index === 0 ? socket.end(cut) : socket.write(OK))));
    const pool = poolFor(t, port);
    assert.equal((await request(pool)).outcome, 'truncated', cut);
    const { outcome, answer } = await request(pool);
    assert.deepEqual([outcome, answer?.body?.toString()], ['ok', 'ok'], cut);
  }
});

test('a server that does not read what it is sent is left at the deadline', async (t) => {
  const port = await listen(t, (socket) => socket.pause());
  const pool = poolFor(t, port);
  const job = await request(pool, 'POST', 200, { body: Buffer.alloc(64 * MIB) });
  assert.deepEqual([job.outcome, job.sends, pool.sockets], ['timeout', 1, 0]);
});

test('an answer that comes before the request has left whole costs the connection', async (t) => {
  let connections = 0;
  const port = await listen(t, (socket) => {
    connections += 1;
    socket.once('data', () => {
      socket.pause();
      socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n');
    });
  });
  const pool = poolFor(t, port);
  for (let index = 0; index < 2; index += 1) {
    assert.equal((await request(pool, 'POST', undefined, { body: Buffer.alloc(64 * MIB) })).outcome, '4xx');
  }
  assert.equal(connections, 2);
});

test('a body of a gigabyte is given up before anything is sent, with the limit in words', async (t) => {
  let connections = 0;
  const port = await listen(t, () => {
    connections += 1;
  });
  const job = await request(poolFor(t, port), 'POST', undefined, { body: Buffer.alloc(1024 * MIB) });
  assert.deepEqual([job.outcome, job.sends, job.failure?.code, connections], ['dropped', 0, 'FIREDRILL_BODY_TOO_LARGE', 0]);
  assert.ok(job.failure?.message.includes(String(BODY_SENT_MAX)));
});

test('bodies beyond the budget of all are cut, those after them are whole again', async (t) => {
  const bytes = 12 * MIB;
  const held: Socket[] = [];
  const port = await listen(t, (socket) =>
    onRequests(socket, () => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`);
      socket.write(Buffer.alloc(bytes - 1));
      held.push(socket);
    }),
  );
  const pool = poolFor(t, port, { budget: new BodyBudget(20 * MIB) });
  const jobs = [new TestJob(), new TestJob()];
  for (const job of jobs) pool.send(job);
  while (held.length < 2 || held.some((socket) => socket.writableLength > 0)) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const socket of held) socket.write('x');
  await Promise.all(jobs.map(({ settled }) => settled));
  const lengths = jobs.map(({ answer }) => answer?.body?.length ?? 0).sort((a, b) => a - b);
  assert.deepEqual(new Set(jobs.map(({ answer }) => answer?.bodyBytes)), new Set([bytes]));
  assert.ok((lengths[0] ?? 0) < bytes, 'one was cut');
  const later = request(pool);
  while (held.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  held[2]?.write('x');
  assert.equal((await later).answer?.body?.length, bytes);
});

test('where the system gives no more sockets, requests are dropped, not failed', async (t) => {
  const port = await listen(t, (socket) => onRequests(socket, () => socket.write(OK)));
  const child = fork(fileURLToPath(new URL('../fixtures/few-files.ts', import.meta.url)), [String(port)], { execArgv: [] });
  t.after(() => child.kill());
  const [counts] = await once(child, 'message');
  const { ok = 0, dropped = 0, ...others } = counts as Record<string, number>;
  assert.deepEqual(others, {});
  assert.ok(ok > 0 && dropped > 0, `${ok} ok, ${dropped} dropped`);
});
