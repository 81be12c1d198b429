import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { runClock } from '../../../../runners/load/pacing/clock.ts';
import { createRandom, type Random } from '../../../../runners/load/pacing/random.ts';
import type { LoadClock } from '../../../../runners/load/transport/engine.ts';
import type { Pool } from '../../../../runners/load/transport/pool.ts';
import { listen, onRequests, poolFor, quietPort, request, TestJob } from '../support.ts';
import { http2Server, type Serve } from './servers.ts';

const ROUNDS = 10;
const JOBS = 100;
const SOCKETS_MAX = 20;
const DEADLINE_MS = 300;
const { NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = http2.constants;

/** Draws one of several with their shares; the last has the rest. */
function drawn<Each>(random: Random, shares: readonly (readonly [number, Each])[]): Each | undefined {
  let left = random.next();
  for (const [share, each] of shares) {
    left -= share;
    if (left < 0) return each;
  }
  return shares.at(-1)?.[1];
}

/** Sends round after round, gives some up on the way, and waits for the end of each. What was asked for is the body of the answer. */
async function sendThrough(pool: Pool, clock: LoadClock, random: Random): Promise<TestJob[]> {
  const all: TestJob[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const deadlineMs = clock.nowMs() + DEADLINE_MS;
    const jobs = Array.from({ length: JOBS }, (_, index) => {
      return new TestJob(index % 3 === 0 ? 'POST' : 'GET', deadlineMs, { target: `/${round}-${index}` });
    });
    for (const job of jobs) {
      pool.send(job);
      if (random.next() < 0.03) setImmediate(() => pool.cancel(job));
    }
    assert.ok(pool.sockets <= SOCKETS_MAX, `${pool.sockets} sockets`);
    await Promise.all(jobs.map(({ settled }) => settled));
    all.push(...jobs);
  }
  return all;
}

/** Each job came to one end; those that are `ok` have their own answer; and those that were sent twice were counted. */
function assertAccounted(jobs: readonly TestJob[], pool: Pool): void {
  const wrong = jobs.filter(({ settles, sends }) => settles !== 1 || sends > 2);
  assert.deepEqual(wrong, []);
  const ok = jobs.filter(({ outcome }) => outcome === 'ok');
  assert.ok(ok.length > JOBS && ok.length < jobs.length, `${ok.length} of ${jobs.length} are ok`);
  for (const { message, answer, sends } of ok) {
    assert.equal(answer?.body?.toString(), message.target);
    assert.ok(sends > 0);
  }
  const twice = jobs.filter(({ sends }) => sends === 2).length;
  assert.ok(twice > 0 && pool.retried >= twice, `${twice} were sent twice, ${pool.retried} were counted`);
}

test('whatever a server of HTTP/1.1 does, each request comes to one end, with the answer that is its own', async (t) => {
  const random = createRandom(17, 'weather');
  const whole = (body: string, more = '') => `HTTP/1.1 200 OK\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
  const acts: [number, (socket: Socket, body: string) => void][] = [
    [0.5, (socket, body) => socket.write(whole(body))],
    [0.1, (socket, body) => setTimeout(() => socket.write(whole(body)), random.next() * 10)],
    [
      0.05,
      (socket, body) =>
        socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`),
    ],
    [0.05, (socket) => socket.end()],
    [0.05, (socket) => socket.resetAndDestroy()],
    [0.04, (socket, body) => socket.end(whole(body).slice(0, -2))],
    [0.04, (socket) => socket.write('garbage\r\n\r\n')],
    [0.04, (socket, body) => socket.end(whole(body, 'Connection: close\r\n'))],
    [0.05, (socket, body) => socket.end(whole(body))],
    [0.04, (socket, body) => socket.write(whole(body) + whole('wrong'))],
    [0.04, () => {}],
  ];
  const port = await listen(t, (socket) => onRequests(socket, (head) => drawn(random, acts)?.(socket, head.split(' ')[1] ?? '')));
  const clock = runClock(process.hrtime.bigint());
  const pool = poolFor(t, port, { clock, socketsMax: SOCKETS_MAX });
  const jobs = await sendThrough(pool, clock, createRandom(18, 'jobs'));
  assertAccounted(jobs, pool);
  assert.ok(
    jobs.every(({ replayable, sends }) => replayable || sends < 2),
    'a POST is sent once',
  );
});

test('whatever a server of HTTP/2 does, each request comes to one end, with the answer that is its own', async (t) => {
  const random = createRandom(19, 'weather');
  const answer: Serve = (stream, headers) => {
    if (stream.destroyed || stream.closed) return;
    stream.respond({ ':status': 200 });
    stream.end(headers[':path']);
  };
  const acts: [number, Serve][] = [
    [0.72, answer],
    [0.1, (stream, headers) => setTimeout(() => answer(stream, headers), random.next() * 10)],
    [0.04, (stream) => stream.close(NGHTTP2_INTERNAL_ERROR)],
    [0.05, (stream) => stream.close(NGHTTP2_REFUSED_STREAM)],
    [
      0.03,
      (stream) => {
        stream.respond({ ':status': 200, 'content-length': 100 });
        stream.write('half');
        setTimeout(() => stream.close(NGHTTP2_INTERNAL_ERROR), 2);
      },
    ],
    [
      0.02,
      (stream, headers) => {
        stream.session?.goaway(NGHTTP2_NO_ERROR);
        answer(stream, headers);
      },
    ],
    [0.01, (stream) => stream.session?.destroy()],
    [0.03, () => {}],
  ];
  const clock = runClock(process.hrtime.bigint());
  const serve: Serve = (stream, headers) => drawn(random, acts)?.(stream, headers);
  const { pool } = await http2Server(t, serve, { settings: { maxConcurrentStreams: 5 } }, { clock, socketsMax: SOCKETS_MAX });
  const jobs = await sendThrough(pool, clock, createRandom(20, 'jobs'));
  assertAccounted(jobs, pool);
});

test('a server of HTTP/2 that went refuses each request once, and is asked over one connection as soon as it is back', async (t) => {
  const port = await quietPort();
  const start = async () => {
    const sessions = new Set<http2.ServerHttp2Session>();
    const server = http2.createServer();
    server.on('session', (session) => sessions.add(session));
    server.on('stream', (stream) => {
      stream.respond({ ':status': 200 });
      stream.end('ok');
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return () => {
      for (const session of sessions) session.destroy();
      server.close();
    };
  };
  const pool = poolFor(t, port, { http2: 'only' });
  const ask = async () => {
    const jobs = await Promise.all(Array.from({ length: 20 }, () => request(pool)));
    return new Set(jobs.map(({ outcome, sends, settles }) => `${outcome}, sent ${sends}, settled ${settles}`));
  };
  const stop = await start();
  assert.deepEqual(await ask(), new Set(['ok, sent 1, settled 1']));
  stop();
  while (pool.sockets > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(await ask(), new Set(['refused, sent 0, settled 1']));
  t.after(await start());
  assert.deepEqual(await ask(), new Set(['ok, sent 1, settled 1']));
  assert.equal(pool.sockets, 1);
});
