import assert from 'node:assert/strict';
import http2 from 'node:http2';
import { test } from 'node:test';
import type { Outcome } from '../../../../probes/slo/load-cells.ts';
import { OPENING_MAX } from '../../../../runners/load/transport/openings.ts';
import { listen, poolFor, request, TestJob } from '../support.ts';
import { cert, http2Server, httpsServer, plainHttp2Server, type Serve, secureOrigin } from './servers.ts';

const { NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = http2.constants;

const echo: Serve = (stream, headers) => {
  const body: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => body.push(chunk));
  stream.on('end', () => {
    if (stream.destroyed) return;
    stream.respond({ ':status': 201, 'x-seen': JSON.stringify(headers) });
    stream.end(headers[':method'] === 'HEAD' ? undefined : Buffer.concat([Buffer.from('got '), ...body]));
  });
};

test('where the server agrees to HTTP/2, requests go over one connection at once', async (t) => {
  const { pool, sessions } = await http2Server(t, echo);
  const jobs = await Promise.all(Array.from({ length: 50 }, (_, index) => request(pool, 'GET', undefined, { target: `/${index}` })));
  assert.deepEqual(new Set(jobs.map(({ outcome }) => outcome)), new Set(['ok']));
  assert.equal(sessions.length, 1);
  const { answer } = jobs[7] ?? {};
  assert.deepEqual([answer?.status, answer?.protocol, answer?.body?.toString()], [201, 'HTTP/2.0', 'got ']);
  assert.deepEqual([answer?.connection.remoteIp, answer?.connection.tlsVersion], ['127.0.0.1', 'TLSv1.3']);
  assert.equal(JSON.parse(answer?.headers[1] ?? '')[':path'], '/7');
});

test('a body is sent with its length, and headers of the connection stay away', async (t) => {
  const { pool } = await http2Server(t, echo);
  const headers = ['X-Two', 'a', 'x-two', 'b', 'Connection', 'close', 'TE', 'gzip', 'Cookie', 'a=1'];
  for (const body of ['hello', Buffer.from('hello')]) {
    const { answer, outcome } = await request(pool, 'POST', undefined, { body, headers, target: '/p?q' });
    assert.deepEqual([outcome, answer?.body?.toString()], ['ok', 'got hello']);
    const seen = JSON.parse(answer?.headers[1] ?? '');
    assert.deepEqual([seen[':path'], seen['content-length'], seen['x-two'], seen['cookie']], ['/p?q', '5', 'a, b', 'a=1']);
    assert.deepEqual([seen['connection'], seen['te'], seen[':authority']], [undefined, undefined, 'test']);
  }
});

test('HEAD has no body, and the time of each part adds up to all of it', async (t) => {
  const { pool } = await http2Server(t, echo);
  const { answer, outcome } = await request(pool, 'HEAD');
  assert.deepEqual([outcome, answer?.bodyBytes], ['ok', 0]);
  const parts = Object.values(answer?.timings ?? {});
  assert.equal(parts.length, 7);
  assert.ok(parts.every((ms) => ms >= 0) && (answer?.timings.tls ?? 0) > 0, JSON.stringify(answer?.timings));
});

test('ALPN decides: a server that only speaks HTTP/1.1 is spoken to so, and nobody is forced to HTTP/2', async (t) => {
  const port = await httpsServer(t);
  const origin = secureOrigin(port);
  assert.equal((await request(poolFor(t, port, { origin, tls: { ca: cert } }))).answer?.protocol, 'HTTP/1.1');
  const only = await request(poolFor(t, port, { origin, tls: { ca: cert }, http2: 'only' }));
  assert.equal(only.outcome, 'tls');
  const never = await http2Server(t, echo, { allowHTTP1: true }, { http2: 'never' });
  assert.equal((await request(never.pool)).answer?.protocol, 'HTTP/1.1');
});

test('with prior knowledge HTTP/2 is spoken without TLS', async (t) => {
  const { pool, sessions } = await plainHttp2Server(t, echo);
  const jobs = await Promise.all([request(pool), request(pool), request(pool)]);
  assert.deepEqual(
    jobs.map(({ outcome, answer }) => [outcome, answer?.protocol]),
    Array(3).fill(['ok', 'HTTP/2.0']),
  );
  assert.equal(sessions.length, 1);
});

test('no more streams are open than the server allows, and the rest waits or goes over another connection', async (t) => {
  const open = new Map<unknown, number>();
  let most = 0;
  const { pool, sessions } = await http2Server(
    t,
    (stream, headers) => {
      const count = (open.get(stream.session) ?? 0) + 1;
      open.set(stream.session, count);
      most = Math.max(most, count);
      setTimeout(() => {
        open.set(stream.session, (open.get(stream.session) ?? 0) - 1);
        echo(stream, headers);
      }, 5);
    },
    { settings: { maxConcurrentStreams: 4 } },
    { socketsMax: 3 },
  );
  await request(pool);
  const jobs = await Promise.all(Array.from({ length: 100 }, () => request(pool)));
  assert.deepEqual(new Set(jobs.map(({ outcome }) => outcome)), new Set(['ok']));
  assert.equal(most, 4);
  assert.ok(sessions.length <= 3, `${sessions.length} connections`);
});

test('where many wait, as many connections are opened at once as they need, within the bound', async (t) => {
  let held = 0;
  const serve: Serve = (stream, headers) => {
    if (headers[':path'] === '/hold') held += 1;
    else echo(stream, headers);
  };
  const { pool, sessions } = await http2Server(t, serve, { settings: { maxConcurrentStreams: 4 } });
  await request(pool);
  const hold = () => pool.send(new TestJob('GET', undefined, { target: '/hold' }));
  for (let count = 0; count < 6; count += 1) hold();
  assert.equal(pool.sockets, 2, 'the two that wait need one more');
  for (let count = 0; count < 94; count += 1) hold();
  assert.equal(pool.sockets, 1 + OPENING_MAX);
  while (held < 100) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(sessions.length >= 25 && sessions.length <= 28, `${sessions.length} connections for 100 streams, 4 each`);
});

test('as long as nobody knows what a connection carries, one is opened at a time', async (t) => {
  const { pool, sessions } = await http2Server(t, echo);
  const jobs = Array.from({ length: 50 }, () => new TestJob());
  for (const job of jobs) pool.send(job);
  assert.equal(pool.sockets, 1);
  await Promise.all(jobs.map(({ settled }) => settled));
  assert.equal(sessions.length, 1);
});

test('a server that goes away lets finish what it took, and gets no more', async (t) => {
  const held: (() => void)[] = [];
  const { pool, sessions } = await http2Server(t, (stream, headers) => {
    if (headers[':path'] === '/slow') held.push(() => echo(stream, headers));
    else echo(stream, headers);
  });
  const slow = request(pool, 'GET', undefined, { target: '/slow' });
  await request(pool);
  sessions[0]?.goaway(NGHTTP2_NO_ERROR);
  for (let round = 0; sessions.length < 2 && round < 50; round += 1) assert.equal((await request(pool)).outcome, 'ok');
  assert.equal(sessions.length, 2);
  for (const release of held) release();
  assert.equal((await slow).outcome, 'ok');
});

test('what the server says it never took is sent once more, even a POST', async (t) => {
  const refusals: [string, Serve][] = [
    ['a refused stream', (stream) => stream.close(NGHTTP2_REFUSED_STREAM)],
    ['a stream beyond the last', (stream) => stream.session?.goaway(NGHTTP2_NO_ERROR, 1)],
  ];
  for (const [name, refuse] of refusals) {
    let asked = 0;
    const { pool } = await http2Server(t, (stream, headers) => {
      asked += 1;
      if (asked === 2) refuse(stream, headers);
      else echo(stream, headers);
    });
    await request(pool);
    const job = await request(pool, 'POST', undefined, { body: 'x' });
    assert.deepEqual([job.outcome, job.sends, job.settles, pool.retried], ['ok', 2, 1, 1], name);
  }
});

test('refused twice is the end of it, and refused once where nothing is to be sent anew', async (t) => {
  const refuse: Serve = (stream) => stream.close(NGHTTP2_REFUSED_STREAM);
  const { pool } = await http2Server(t, refuse);
  const job = await request(pool);
  assert.deepEqual([job.outcome, job.sends, job.failure?.http2], ['reset', 2, { scope: 'stream', code: 7 }]);
  const strict = await http2Server(t, refuse, {}, { retryRested: false });
  assert.equal((await request(strict.pool)).sends, 1);
});

test('each way for a server of HTTP/2 to go wrong has its outcome', async (t) => {
  const partly: Serve = (stream) => {
    stream.respond({ ':status': 200 });
    stream.write('half');
  };
  const cases: [string, Serve, Outcome, unknown][] = [
    ['a stream reset', (stream) => stream.close(NGHTTP2_INTERNAL_ERROR), 'reset', { scope: 'stream', code: 2 }],
    ['a stream ended without an answer', (stream) => stream.close(NGHTTP2_NO_ERROR), 'reset', { scope: 'stream', code: 0 }],
    ['a GOAWAY with an error', (stream) => stream.session?.goaway(NGHTTP2_ENHANCE_YOUR_CALM), 'reset', { scope: 'goaway', code: 11 }],
    ['a connection closed', (stream) => stream.session?.socket.destroy(), 'closed', undefined],
    [
      'half a body, then a reset',
      (stream) => {
        stream.respond({ ':status': 200, 'content-length': 100 });
        stream.write('half');
        setTimeout(() => stream.close(NGHTTP2_INTERNAL_ERROR), 20);
      },
      'truncated',
      undefined,
    ],
    [
      'half a body, then the end of the connection',
      (stream, headers) => {
        partly(stream, headers);
        setTimeout(() => stream.session?.destroy(), 20);
      },
      'truncated',
      undefined,
    ],
  ];
  for (const [name, serve, outcome, why] of cases) {
    const { pool } = await plainHttp2Server(t, serve);
    const job = await request(pool, 'POST', undefined, { body: 'x' });
    assert.deepEqual([job.outcome, job.settles, job.failure?.http2], [outcome, 1, why], name);
  }
});

test('bytes that are no frames are a parse failure', async (t) => {
  const port = await listen(t, (socket) => socket.write('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'));
  const job = await request(poolFor(t, port, { http2: 'only' }));
  assert.deepEqual([job.outcome, job.settles], ['parse', 1]);
});

test('a stream without an answer times out alone, and can be cancelled alone', async (t) => {
  const { pool, sessions } = await http2Server(t, (stream, headers) => {
    if (headers[':path'] !== '/never') echo(stream, headers);
  });
  await request(pool);
  const late = request(pool, 'GET', 1, { target: '/never' });
  const cancelled = new TestJob('GET', undefined, { target: '/never' });
  pool.send(cancelled);
  const others = Promise.all([request(pool), request(pool)]);
  pool.cancel(cancelled);
  assert.deepEqual([(await late).outcome, cancelled.outcome], ['timeout', 'dropped']);
  assert.deepEqual(
    (await others).map(({ outcome }) => outcome),
    ['ok', 'ok'],
  );
  assert.equal((await request(pool)).outcome, 'ok');
  assert.equal(sessions.length, 1);
});

test('a connection that says nothing until a request times out is given no other one, as over HTTP/1.1', async (t) => {
  const { pool, sessions } = await http2Server(t, (stream, headers) => {
    if (stream.session === sessions[0] && headers[':path'] !== '/first') return;
    echo(stream, headers);
  });
  await request(pool, 'GET', undefined, { target: '/first' });
  assert.equal((await request(pool, 'GET', 1)).outcome, 'timeout');
  assert.equal(pool.sockets, 0);
  assert.deepEqual([(await request(pool, 'GET', 60_000)).outcome, sessions.length], ['ok', 2]);
});

test('a connection that speaks again before its last request is given up goes on', async (t) => {
  const held: (() => void)[] = [];
  const { pool, sessions } = await http2Server(t, (stream, headers) => {
    if (headers[':path'] === '/slow') held.push(() => echo(stream, headers));
    else if (headers[':path'] !== '/never') echo(stream, headers);
  });
  await request(pool);
  const slow = request(pool, 'GET', undefined, { target: '/slow' });
  assert.equal((await request(pool, 'GET', 1, { target: '/never' })).outcome, 'timeout');
  while (held.length === 0) await new Promise((resolve) => setImmediate(resolve));
  held[0]?.();
  assert.deepEqual([(await slow).outcome, (await request(pool)).outcome, sessions.length], ['ok', 'ok', 1]);
});

test('a GET over a rested connection that proves dead is sent once more, a POST is not', async (t) => {
  let asked = 0;
  const { pool } = await http2Server(t, (stream, headers) => {
    asked += 1;
    if (asked % 2 === 1) echo(stream, headers);
    else stream.session?.socket.destroy();
  });
  assert.equal((await request(pool)).outcome, 'ok');
  const again = await request(pool);
  assert.deepEqual([again.outcome, again.sends, pool.retried], ['ok', 2, 1]);
  const post = await request(pool, 'POST', undefined, { body: 'x' });
  assert.deepEqual([post.sends, post.settles, pool.retried], [1, 1, 1]);
  assert.match(post.outcome ?? '', /closed|reset/);
});

test('closing settles all that is under way as dropped, once', async (t) => {
  const { pool } = await http2Server(t, () => {});
  await pool.warm(1);
  const jobs = [new TestJob(), new TestJob()];
  for (const job of jobs) pool.send(job);
  pool.close();
  assert.deepEqual(
    jobs.map(({ outcome, settles }) => [outcome, settles]),
    [
      ['dropped', 1],
      ['dropped', 1],
    ],
  );
});

test('a large body is read as fast as it comes, and kept only as far as that is bounded', async (t) => {
  const bytes = 24 * 1024 * 1024;
  const { pool } = await http2Server(t, (stream) => {
    stream.respond({ ':status': 200 });
    stream.end(Buffer.alloc(bytes));
  });
  const kept = await request(pool);
  assert.deepEqual([kept.outcome, kept.answer?.bodyBytes, kept.answer?.body?.length], ['ok', bytes, 16 * 1024 * 1024]);
  const head = await request(pool, 'GET', undefined, { keep: 'head' });
  assert.deepEqual([head.outcome, head.answer?.bodyBytes, head.answer?.body], ['ok', bytes, undefined]);
});
