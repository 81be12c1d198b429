import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { test } from 'node:test';
import { followPath, http } from '../../probes/http.ts';
import { look, lookOnce } from './looking.ts';
import { closedPort, httpServer, tcpServer } from './servers.ts';

test('the status is read by default, also one that says no', async () => {
  await using server = await httpServer((request, response) => response.writeHead(request.url === '/sick' ? 503 : 200).end('x'));
  const well = await look(http, { url: `http://127.0.0.1:${server.port}/` });
  assert.ok(well.status === 'ok' && well.value === 200);
  const sick = await look(http, { url: `http://127.0.0.1:${server.port}/sick` });
  assert.ok(sick.status === 'ok' && sick.value === 503);
});

test('method, headers and body are sent as written', async () => {
  await using server = await httpServer(async (request, response) => {
    const chunks = await request.toArray();
    response.end(`${request.method} ${request.headers['x-viewer-region']} ${Buffer.concat(chunks)}`);
  });
  const settings = {
    url: `http://127.0.0.1:${server.port}/`,
    method: 'POST',
    headers: { 'x-viewer-region': 'sa-east-1' },
    body: 'hi',
    read: 'body',
  };
  const reading = await look(http, settings);
  assert.ok(reading.status === 'ok');
  assert.equal(reading.value, 'POST sa-east-1 hi');
});

test('a header is read by any letter case, and its absence is a reading of null', async () => {
  await using server = await httpServer((_, response) => response.writeHead(200, { 'X-Served-Region': 'us-east-1', Age: '7' }).end());
  const url = `http://127.0.0.1:${server.port}/`;
  const region = await look(http, { url, read: { header: 'x-SERVED-region' } });
  assert.ok(region.status === 'ok' && region.value === 'us-east-1');
  const age = await look(http, { url, read: { header: 'age' } });
  assert.ok(age.status === 'ok' && age.value === 7);
  assert.deepEqual(await look(http, { url, read: { header: 'etag' } }), { status: 'ok', value: null, detail: '200, no header etag' });
});

test('a value is found in a JSON body by its path; a body that is not JSON is a reading of null', async () => {
  await using server = await httpServer((request, response) => response.end(request.url === '/json' ? '{"a":[{"b":2.5}]}' : 'oops'));
  const url = `http://127.0.0.1:${server.port}`;
  assert.deepEqual(await look(http, { url: `${url}/json`, read: { path: 'a.0.b' } }), { status: 'ok', value: 2.5 });
  assert.deepEqual(await look(http, { url: `${url}/json`, read: { path: 'a.1.b' } }), {
    status: 'ok',
    value: null,
    detail: '200, nothing at a.1.b',
  });
  assert.deepEqual(await look(http, { url: `${url}/text`, read: { path: 'a' } }), {
    status: 'ok',
    value: null,
    detail: '200, the body is not JSON',
  });
});

test('a path never leads into what every object inherits', () => {
  assert.equal(followPath({}, 'constructor.name'), undefined);
  assert.equal(followPath({ constructor: { name: 'own' } }, 'constructor.name'), 'own');
});

test('a refused connection is what the system did: null, not unknown', async () => {
  assert.deepEqual(await look(http, { url: `http://127.0.0.1:${await closedPort()}/` }), { status: 'ok', value: null, detail: 'refused' });
});

test('silence until the limit is a reading of null', async () => {
  await using server = await tcpServer(() => {});
  const reading = await look(http, { url: `http://127.0.0.1:${server.port}/` }, { timeoutMs: 50 });
  assert.deepEqual(reading, { status: 'ok', value: null, detail: 'timed out' });
});

test('a reset and an answer that is not HTTP are readings of null', async () => {
  await using rude = await tcpServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
  assert.deepEqual(await look(http, { url: `http://127.0.0.1:${rude.port}/` }), { status: 'ok', value: null, detail: 'reset' });
  await using babbling = await tcpServer((socket) => socket.once('data', () => socket.end('SSH-2.0-x\r\n\r\n')));
  const reading = await look(http, { url: `http://127.0.0.1:${babbling.port}/` });
  assert.ok(reading.status === 'ok' && reading.value === null);
  assert.match(reading.detail ?? '', /^unreadable answer \(HPE_/);
});

test('a body that is cut off half-way is no body, though the status alone was fine', async () => {
  await using server = await tcpServer((socket) =>
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', () => socket.end());
    }),
  );
  const url = `http://127.0.0.1:${server.port}/`;
  assert.deepEqual(await look(http, { url, read: 'body' }), { status: 'ok', value: null, detail: 'reset' });
  const status = await look(http, { url });
  assert.ok(status.status === 'ok' && status.value === 200);
});

test('a body without end does not hold up a look for the status', async () => {
  await using server = await httpServer((_, response) => response.writeHead(200).write('data: 1\n\n'));
  const reading = await look(http, { url: `http://127.0.0.1:${server.port}/` });
  assert.ok(reading.status === 'ok' && reading.value === 200);
});

test('latency covers the body, and is null when the answer never ends', async () => {
  await using server = await httpServer((request, response) => {
    response.writeHead(200).write('begun');
    if (request.url === '/ends') response.end();
  });
  const ends = await look(http, { url: `http://127.0.0.1:${server.port}/ends`, read: 'latency' });
  assert.ok(ends.status === 'ok' && typeof ends.value === 'number' && ends.value > 0);
  const never = await look(http, { url: `http://127.0.0.1:${server.port}/`, read: 'latency' }, { timeoutMs: 50 });
  assert.deepEqual(never, { status: 'ok', value: null, detail: 'timed out' });
});

test('a redirect is read as it is, unless it is to be followed', async () => {
  await using server = await httpServer((request, response) => {
    if (request.url === '/old') response.writeHead(302, { location: '/fresh' }).end();
    else response.writeHead(200).end();
  });
  const url = `http://127.0.0.1:${server.port}/old`;
  const still = await look(http, { url });
  assert.ok(still.status === 'ok' && still.value === 302);
  const followed = await look(http, { url, 'follow-redirects': true });
  assert.ok(followed.status === 'ok' && followed.value === 200);
});

test('a circle of redirects ends, as a reading of null', async () => {
  await using server = await httpServer((_, response) => response.writeHead(302, { location: '/' }).end());
  const reading = await look(http, { url: `http://127.0.0.1:${server.port}/`, 'follow-redirects': true });
  assert.deepEqual(reading, { status: 'ok', value: null, detail: 'redirected more than 5 times' });
  assert.equal(server.accepted(), 6);
});

test('credentials do not follow a redirect to another origin, and do follow one to the same', async () => {
  const seen: (string | undefined)[] = [];
  await using stranger = await httpServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end();
  });
  await using server = await httpServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(302, { location: request.url === '/' ? '/again' : `http://127.0.0.1:${stranger.port}/` }).end();
  });
  await look(http, { url: `http://127.0.0.1:${server.port}/`, 'follow-redirects': true, headers: { Authorization: 'Bearer s' } });
  assert.deepEqual(seen, ['Bearer s', 'Bearer s', undefined]);
});

test('each look dials anew, so that an open connection cannot hide a shut door', async () => {
  await using server = await httpServer((_, response) => response.end());
  const open = http.open({ url: `http://127.0.0.1:${server.port}/`, read: 'body' });
  await lookOnce(open);
  await lookOnce(open);
  assert.equal(server.accepted(), 2);
});

test('an address that is not http is refused while the file is checked', () => {
  assert.equal(http.settings.safeParse({ url: 'ftp://127.0.0.1/' }).success, false);
  assert.equal(http.settings.safeParse({ url: 'http://127.0.0.1/', methd: 'GET' }).success, false);
  assert.equal(http.settings.safeParse({ url: 'http://127.0.0.1:8080/manifest?v=1' }).success, true);
});

test('a value is found by JSONPath too, the first that it selects', async () => {
  const body = '{"items":[{"id":"a","stock":0},{"id":"b","stock":12}]}';
  await using server = await httpServer((_, response) => response.end(body));
  const url = `http://127.0.0.1:${server.port}/`;
  const path = '$.items[?@.stock > 0].id';
  assert.deepEqual(await look(http, { url, read: { json: path } }), { status: 'ok', value: 'b' });
  assert.deepEqual(await look(http, { url, read: { json: '$.none' } }), { status: 'ok', value: null, detail: '200, nothing at $.none' });
  assert.equal(http.settings.safeParse({ url, read: { json: '$.items[' } }).success, false);
});

test('redirects are counted where they are followed', async () => {
  await using server = await httpServer((request, response) => {
    const step = Number(request.url?.slice(1));
    response.writeHead(step < 2 ? 302 : 200, { location: `/${step + 1}` }).end();
  });
  const url = `http://127.0.0.1:${server.port}/0`;
  const values = [];
  for (const follow of [true, false]) {
    const reading = await look(http, { url, read: 'redirects', 'follow-redirects': follow });
    values.push(reading.status === 'ok' && reading.value);
  }
  assert.deepEqual(values, [2, 0]);
});

/** Of `localhost`, trusted by nobody, until 2126-10-28T07:59:15Z. */
const certificate = (file: string) => readFileSync(new URL(`../runners/load/fixtures/localhost.${file}`, import.meta.url));

test('a certificate’s end is read in days, trusted or not; without trust nothing else is', async () => {
  const inner = createServer({ cert: certificate('crt'), key: certificate('key') }, (_, response) => response.end('ok'));
  await using server = await tcpServer((socket) => inner.emit('connection', socket));
  const url = `https://127.0.0.1:${server.port}/`;
  const reading = await look(http, { url, read: 'tls-expiry' });
  const days = (Date.parse('2126-10-28T07:59:15Z') - Date.now()) / 86_400_000;
  assert.ok(reading.status === 'ok' && Math.abs(Number(reading.value) - days) < 0.02, JSON.stringify(reading));
  const status = await look(http, { url });
  assert.ok(status.status === 'ok' && status.value === null && status.detail?.startsWith('tls ('), JSON.stringify(status));
});

test('the end of a certificate that there cannot be is refused while the file is checked', () => {
  const settings = { url: 'http://127.0.0.1/', read: 'tls-expiry' };
  assert.deepEqual(
    http.misfits?.(settings).map(({ key }) => key),
    ['read'],
  );
  assert.deepEqual(http.misfits?.({ ...settings, 'follow-redirects': true }), []);
  assert.deepEqual(http.misfits?.({ ...settings, url: 'https://127.0.0.1/' }), []);
});
