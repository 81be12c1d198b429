/** What a client and a server see of the proxy between them. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer as createHttpServer, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { exchange, stand } from './stand.ts';

/** A server of Node's own, which answers with what it was asked and what body came. */
function telling(t: TestContext): (socket: Socket) => void {
  const server = createHttpServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    const body = await buffer(request);
    if (request.url?.includes('chunked')) {
      response.write('piece one,');
      response.end('piece two');
    } else if (request.url?.includes('long')) response.end('x'.repeat(1000));
    else response.end(`${request.method} ${request.url} ${body.length}`);
  });
  server.on('upgrade', (_request, socket, head) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n');
    socket.write(head);
    socket.pipe(socket);
  });
  t.after(() => server.close());
  return (socket) => void server.emit('connection', socket);
}

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nhost: x\r\n${more}\r\n`;
const bodiesOf = (text: string) =>
  text.split(/HTTP\/1\.1 /).flatMap((each) => (each === '' ? [] : [`${each.slice(0, 3)} ${each.split('\r\n\r\n')[1]}`]));

test('pipelined requests are answered in their order, the one that is hit in its place', async (t) => {
  const { port, faults } = await stand(t, telling(t), { answer: { status: 503, body: 'hit' } });
  const post = 'POST /b HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n';
  const hit = 'PUT /hit HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nGET /';
  const { text, error } = await exchange(port, [get('/a') + post + hit + get('/c')]);
  assert.equal(error, undefined);
  assert.deepEqual(bodiesOf(text), ['200 GET /a 0', '200 POST /b 3', '503 hit', '200 GET /c 0']);
  assert.deepEqual([faults.counts.requests, faults.counts.matched, faults.counts.hit, faults.counts.other], [4, 1, 1, 0]);
});

test('the same comes of it wherever the stream is cut into pieces', async (t) => {
  const { port } = await stand(t, telling(t), { answer: { status: 503, body: 'hit' } });
  const stream = `${get('/a')}${get('/hit')}POST /b HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n${get('/hit/2')}`;
  for (const step of [1, 2, 7, 31]) {
    const pieces = stream.match(new RegExp(`[^]{1,${step}}`, 'g')) ?? [];
    const { text } = await exchange(port, pieces);
    assert.deepEqual(bodiesOf(text), ['200 GET /a 0', '503 hit', '200 POST /b 3', '503 hit'], `in steps of ${step}`);
  }
});

test('a hit is counted, a HEAD gets no body, and who waits for leave to send a body is answered and closed', async (t) => {
  const { port, faults } = await stand(t, telling(t), { answer: { status: 500, body: 'hit' } });
  const head = await exchange(port, ['HEAD /hit HTTP/1.1\r\nhost: x\r\n\r\n']);
  assert.match(head.text, /^HTTP\/1\.1 500 .*content-length: 3\r\n.*\r\n\r\n$/s);
  const waiting = await exchange(port, ['POST /hit HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\nexpect: 100-continue\r\n\r\n'], false);
  assert.match(waiting.text, /^HTTP\/1\.1 500 .*connection: close\r\n\r\nhit$/s);
  assert.equal(faults.counts.hit, 2);
});

test('an abort is a reset, after what was asked before it was answered', async (t) => {
  const { port, faults } = await stand(t, telling(t), { abort: true });
  const { text, error } = await exchange(port, [get('/hit')], false);
  assert.deepEqual([text, error, faults.counts.hit], ['', 'ECONNRESET', 1]);
});

test('a cut body ends after so many bytes, however it is framed, and its connection with it', async (t) => {
  const { port, faults } = await stand(t, telling(t), { cut: { bytes: 10 } });
  const length = await exchange(port, [get('/hit/long')], false);
  assert.match(length.text, /content-length: 1000\r\n\r\nx{10}$/is);
  const chunked = await exchange(port, [get('/hit/chunked')], false);
  assert.match(chunked.text, /transfer-encoding: chunked\r\n\r\na\r\npiece o$/is);
  const short = await exchange(port, [get('/hi') + get('/hit', 'connection: close\r\n')]);
  assert.deepEqual(bodiesOf(short.text), ['200 GET /hi 0', '200 GET /hit 0']);
  assert.equal(faults.counts.hit, 2, 'what is no longer than the limit is not cut');
});

test('a share of a body is of the length that it said', async (t) => {
  const { port } = await stand(t, telling(t), { cut: { share: 0.25 } });
  assert.match((await exchange(port, [get('/hit/long')], false)).text, /\r\n\r\nx{250}$/);
});

test('a cut of a body that ends with its connection is a reset, so that it cannot be taken for whole', async (t) => {
  const { port } = await stand(t, (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nall of it')), {
    cut: { bytes: 3 },
  });
  const { error } = await exchange(port, [get('/hit')], false);
  assert.equal(error, 'ECONNRESET');
});

test('a delay holds the requests that are hit, and lets them go when the fault is over', async (t) => {
  const { port, faults } = await stand(t, telling(t), { delayMs: 60_000 });
  const quick = await exchange(port, [get('/a')]);
  assert.deepEqual(bodiesOf(quick.text), ['200 GET /a 0']);
  const slow = exchange(port, [get('/hit') + get('/b')]);
  while (faults.counts.hit === 0) await new Promise((done) => setImmediate(done));
  assert.equal(faults.counts.released, 0);
  faults.off();
  assert.deepEqual(bodiesOf((await slow).text), ['200 GET /hit 0', '200 GET /b 0']);
});

test('a delay is as long as was asked', async (t) => {
  const { port, faults } = await stand(t, telling(t), { delayMs: 80 });
  const startedMs = performance.now();
  await exchange(port, [get('/hit')]);
  assert.ok(performance.now() - startedMs >= 79);
  assert.ok(faults.counts.heldMs >= 79);
});

test('what was upgraded goes through as it is, both ways', async (t) => {
  const { port, faults } = await stand(t, telling(t), { abort: true });
  const socket = connect(port, '127.0.0.1');
  socket.write(get('/socket', 'upgrade: echo\r\nconnection: upgrade\r\n'));
  let text = '';
  for await (const chunk of socket.setEncoding('latin1')) {
    const first = text === '';
    text += chunk;
    if (first) socket.write(`${get('/hit')}\x00\xff`, 'latin1');
    if (text.endsWith('\xff')) break;
  }
  assert.ok(text.startsWith('HTTP/1.1 101 ') && text.endsWith(`\r\n\r\n${get('/hit')}\x00\xff`), text);
  assert.deepEqual([faults.counts.requests, faults.counts.hit], [1, 0]);
});

test('other protocols go through untouched, whoever speaks first, and are counted', async (t) => {
  const { port, faults } = await stand(t, (socket) => socket.pipe(socket), { abort: true });
  for (const bytes of ['\x16\x03\x01\x02\x00hello', 'PING\r\n', '\x00', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']) {
    assert.deepEqual(await exchange(port, [bytes]), { text: bytes, error: undefined });
  }
  assert.equal(faults.counts.other, 4);
  const greeting = await stand(t, (socket) => socket.end('220 mail.example\r\n'), { abort: true });
  assert.equal((await exchange(greeting.port, [], false)).text, '220 mail.example\r\n');
});

test('a word that might begin a request, and waits for an answer, is passed on after a while', async (t) => {
  const { port } = await stand(t, (socket) => socket.pipe(socket), { abort: true });
  assert.equal((await exchange(port, ['HELLO'])).text, 'HELLO');
  const socket = connect(port, '127.0.0.1');
  socket.write('HELLO');
  const [answer] = await new Promise<readonly Buffer[]>((resolve) => socket.once('data', (chunk: Buffer) => resolve([chunk])));
  assert.equal(String(answer), 'HELLO');
  socket.destroy();
});

test('a long body arrives whole, both ways', async (t) => {
  const body = Buffer.alloc(24 * 1024 * 1024, 'firedrill ');
  const server = createHttpServer((request, response) => request.pipe(response));
  t.after(() => server.close());
  const { port } = await stand(t, (socket) => void server.emit('connection', socket), { abort: true });
  const answered = await new Promise<Buffer>((resolve, reject) => {
    const sent = httpRequest({ port, host: '127.0.0.1', method: 'POST', path: '/' }, (response) => buffer(response).then(resolve, reject));
    sent.on('error', reject).end(body);
  });
  const digest = (each: Buffer) => createHash('sha256').update(each).digest('hex');
  assert.equal(digest(answered), digest(body));
});

test('a connection that drains is not meddled with, and its next response says that it ends', async (t) => {
  const { port, faults, connections } = await stand(t, telling(t), { abort: true });
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  socket.write(get('/a'));
  let text = '';
  for await (const chunk of socket) {
    const first = text === '';
    text += chunk;
    if (!first) continue;
    assert.match(text, /connection: keep-alive/i);
    faults.off();
    for (const connection of connections) connection.drain();
    socket.write(get('/hit'));
  }
  assert.deepEqual(bodiesOf(text), ['200 GET /a 0', '200 GET /hit 0']);
  assert.match(text, /connection: close/);
});

test('a server that is not there resets its clients', async (t) => {
  const { port } = await stand(t, (socket) => socket.resetAndDestroy(), { abort: true });
  assert.equal((await exchange(port, [get('/a')], false)).error, 'ECONNRESET');
});
