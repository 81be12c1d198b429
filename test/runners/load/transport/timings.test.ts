import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stopwatch } from '../../../../runners/load/transport/stopwatch.ts';
import { listen, OK, onRequests, poolFor, request, TestJob } from '../support.ts';
import { cert, httpsServer, secureOrigin } from './servers.ts';

const PAUSE_MS = 40;
/** A timer may fire this much early against another clock. */
const EARLY_MS = 2;

test('the parts of a request are all of its time, and a dial counts only as far as the request waited for it', () => {
  const opening = { lookingUp: 5, connecting: 10, tls: 20 };
  const watch = new Stopwatch(100, 150, opening);
  watch.written(151);
  watch.firstByte(160);
  assert.deepEqual(watch.timings(165), { blocked: 15, lookingUp: 5, connecting: 10, tls: 20, sending: 1, waiting: 9, receiving: 5 });
  assert.deepEqual(new Stopwatch(125, 150, opening).timings(150), {
    blocked: 0,
    lookingUp: 0,
    connecting: 5,
    tls: 20,
    sending: 0,
    waiting: 0,
    receiving: 0,
  });
  const { blocked, tls } = new Stopwatch(Number.NaN, 150, opening).timings(150);
  assert.deepEqual([blocked, tls], [0, 0]);
});

test('an answer that begins before the request has left whole ends the sending', () => {
  const watch = new Stopwatch(Number.NaN, 0, { lookingUp: 0, connecting: 0, tls: 0 });
  watch.firstByte(3);
  watch.written(9);
  const { sending, waiting, receiving } = watch.timings(10);
  assert.deepEqual([sending, waiting, receiving], [3, 0, 7]);
});

test('waiting for a server, for its body, and in line for a connection are told apart', async (t) => {
  const port = await listen(t, (socket) =>
    onRequests(socket, () => {
      setTimeout(() => socket.write(OK.slice(0, -1)), PAUSE_MS);
      setTimeout(() => socket.write(OK.slice(-1)), 2 * PAUSE_MS);
    }),
  );
  const pool = poolFor(t, port, { socketsMax: 1 });
  const jobs = [new TestJob(), new TestJob()];
  for (const job of jobs) pool.send(job);
  const [first, second] = await Promise.all(jobs.map(({ settled }) => settled));
  const least = PAUSE_MS - EARLY_MS;
  for (const job of [first, second]) {
    assert.ok((job?.answer?.timings.waiting ?? 0) >= least, JSON.stringify(job?.answer?.timings));
  }
  assert.ok((second?.answer?.timings.blocked ?? 0) >= 2 * least, JSON.stringify(second?.answer?.timings));
  assert.equal(second?.answer?.timings.connecting, 0);
  assert.ok((first?.answer?.timings.connecting ?? 0) > 0);
});

test('bytes are counted as they went over the wire', async (t) => {
  let seen = '';
  const port = await listen(t, (socket) =>
    socket.on('data', (chunk) => {
      seen += chunk.toString('latin1');
      socket.write(OK);
    }),
  );
  const body = Buffer.from([0, 1, 2, 255]);
  const { answer } = await request(poolFor(t, port), 'POST', undefined, { body, headers: ['X-A', '1'], target: '/p' });
  assert.equal(seen, 'POST /p HTTP/1.1\r\nHost: test\r\nX-A: 1\r\nContent-Length: 4\r\n\r\n\0\x01\x02\xff');
  assert.deepEqual([answer?.bytesSent, answer?.bytesReceived, answer?.bodyBytes], [seen.length, OK.length, 2]);
});

test('over TLS the handshake has its own time, on the first request alone', async (t) => {
  const port = await httpsServer(t);
  const pool = poolFor(t, port, { origin: secureOrigin(port), tls: { ca: cert } });
  const [first, second] = [await request(pool), await request(pool)];
  assert.ok((first.answer?.timings.tls ?? 0) > 0);
  assert.deepEqual([second.answer?.timings.tls, second.answer?.timings.connecting], [0, 0]);
});
