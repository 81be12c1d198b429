import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { Connections } from '../../../../runners/load/k6/connections.ts';
import { INTERRUPTED } from '../../../../runners/load/k6/host.ts';
import { listen, OK, onRequests, quietPort } from '../support.ts';
import { beginUser, serve } from './network-host.ts';

const cert = readFileSync(new URL('../fixtures/localhost.crt', import.meta.url));
const key = readFileSync(new URL('../fixtures/localhost.key', import.meta.url));

test('a login over redirects keeps its cookie and ends on the page, each step counted', async (t) => {
  const seen: string[] = [];
  const base = await serve(t, (request, response, body) => {
    seen.push(`${request.method} ${request.url} ${request.headers.cookie ?? '-'} ${body}`);
    if (request.url === '/login')
      response.writeHead(302, { Location: '/home', 'Set-Cookie': ['sid=1; Path=/; HttpOnly', 'old=; Max-Age=0'] }).end();
    else response.end(`<p>Hello ${request.headers.cookie}</p>`);
  });
  const { http, watched } = beginUser(t);
  const response = await http.post(`${base}/login`, { user: 'ann', password: 'p w' });
  assert.deepEqual(seen, ['POST /login - password=p+w&user=ann', 'GET /home sid=1 ']);
  assert.deepEqual([response.status, response.url, response.html('p').text()], [200, `${base}/home`, 'Hello sid=1']);
  assert.deepEqual([response.proto, response.remote_ip, response.status_text], ['HTTP/1.1', '127.0.0.1', '200 OK']);
  assert.deepEqual(watched.outcomes, ['3xx', 'ok']);
  assert.deepEqual(
    watched.samples.map(({ tags, failed }) => [tags['status'], failed]),
    [
      ['302', false],
      ['200', false],
    ],
  );
  assert.ok((watched.bytes[0] ?? 0) > 100 && (watched.bytes[1] ?? 0) > 100);
});

test('timings add up, and a connection that was there costs nothing', async (t) => {
  const base = await serve(t, (_request, response) => void setTimeout(() => response.end('x'), 30));
  const { http } = beginUser(t);
  const first = (await http.get(base)).timings;
  const second = (await http.get(base)).timings;
  assert.equal(first.duration, first.sending + first.waiting + first.receiving);
  assert.ok(first.connecting > 0 && first.waiting > 25, JSON.stringify(first));
  assert.equal(first.tls_handshaking, 0);
  assert.deepEqual([second.connecting, second.looking_up, second.tls_handshaking], [0, 0, 0]);
});

for (const [encoding, encode] of Object.entries({
  gzip: zlib.gzipSync,
  deflate: zlib.deflateSync,
  br: zlib.brotliCompressSync,
  zstd: zlib.zstdCompressSync,
})) {
  test(`a body encoded as ${encoding} is read in clear`, async (t) => {
    const base = await serve(t, (_request, response) =>
      response.writeHead(200, { 'Content-Encoding': encoding }).end(encode(Buffer.from('{"a":1}'))),
    );
    const { http } = beginUser(t);
    assert.equal((await http.get(base)).json('a'), 1);
  });
}

test('a body that is not what it says is an error beside the status, with k6’s code', async (t) => {
  const base = await serve(t, (_request, response) => response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('no gzip'));
  const { http } = beginUser(t);
  const response = await http.get(base);
  assert.deepEqual([response.status, response.error_code, response.body], [200, 1701, '']);
  assert.match(response.error, /incorrect header check/);
});

test('HEAD has headers and no body', async (t) => {
  const base = await serve(t, (_request, response) => response.writeHead(200, { 'Content-Length': 5, 'X-A': '1' }).end());
  const { http } = beginUser(t);
  for (let index = 0; index < 2; index += 1) {
    const response = await http.head(base);
    assert.deepEqual([response.status, response.body, response.headers['X-A'], response.headers['Content-Length']], [200, '', '1', '5']);
  }
});

test('a file arrives as it was given', async (t) => {
  let received: FormData | undefined;
  const base = await serve(t, async (request, response, body) => {
    received = await new Response(new Uint8Array(body), { headers: { 'content-type': request.headers['content-type'] ?? '' } }).formData();
    response.end();
  });
  const { http } = beginUser(t);
  await http.post(base, { note: 'ü', doc: http.file(Uint8Array.from([0, 1, 255]).buffer, 'd.bin', 'application/x-doc') });
  const file = received?.get('doc');
  assert.ok(file instanceof File);
  assert.deepEqual(
    [received?.get('note'), file.name, file.type, [...(await file.bytes())]],
    ['ü', 'd.bin', 'application/x-doc', [0, 1, 255]],
  );
});

test('digest is answered to a server that checks it', async (t) => {
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  const base = await serve(t, (request, response) => {
    const { authorization = '' } = request.headers;
    const field = (name: string) => new RegExp(`${name}="?([^",]+)`).exec(authorization)?.[1] ?? '';
    const [a1, a2] = [md5('ann:here:pw'), md5(`${request.method}:${request.url}`)];
    const right = field('response') === md5(`${a1}:abc:${field('nc')}:${field('cnonce')}:auth:${a2}`);
    if (right) response.end('in');
    else response.writeHead(401, { 'WWW-Authenticate': 'Digest realm="here", qop="auth", nonce="abc"' }).end();
  });
  const { http } = beginUser(t);
  assert.equal((await http.get(`${base.replace('//', '//ann:pw@')}/x?y`, { auth: 'digest' })).body, 'in');
  assert.equal((await http.get(`${base.replace('//', '//ann:no@')}/x?y`, { auth: 'digest' })).status, 401);
});

test('a form found on a page is submitted, and a link followed', async (t) => {
  const base = await serve(t, (request, response, body) => {
    if (request.url === '/')
      response.end('<form action="/search" method="post"><input name="q" value="tea"><input type=submit></form><a href="next">n</a>');
    else response.end(`${request.method} ${request.url} ${body}`);
  });
  const { http } = beginUser(t);
  const page = await http.get(`${base}/`);
  assert.equal((await page.submitForm({ fields: { q: 'jam' } })).body, 'POST /search q=jam');
  assert.equal((await page.clickLink()).body, 'GET /next ');
});

test('over HTTP/2, with a certificate that is not checked', async (t) => {
  const server = http2.createSecureServer({ cert, key }, (request, response) => {
    response.setHeader('x-path', request.url);
    response.end('two');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { http, connections } = beginUser(t, { insecureSkipTLSVerify: true });
  const response = await http.get(`https://localhost:${(server.address() as AddressInfo).port}/p?q`);
  assert.deepEqual([response.proto, response.body, response.headers['X-Path']], ['HTTP/2.0', 'two', '/p?q']);
  assert.deepEqual([response.tls_version, response.tls_cipher_suite.startsWith('TLS_')], ['tls1.3', true]);
  assert.ok(response.timings.tls_handshaking > 0);
  connections.close();
});

test('TLS is spoken as the options say, with a client’s certificate for its hosts', async (t) => {
  const server = https.createServer(
    { cert, key, requestCert: true, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] },
    (request, response) => {
      const socket = request.socket as import('node:tls').TLSSocket;
      response.end(`${socket.getProtocol()} ${socket.getPeerCertificate().subject?.CN ?? '-'}`);
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const { http } = beginUser(t, {
    insecureSkipTLSVerify: true,
    tlsVersion: 'tls1.2',
    tlsCipherSuites: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
    tlsAuth: [{ domains: ['*.example.org'], cert: cert.toString(), key: key.toString() }],
    hosts: { 'a.example.org': '127.0.0.1' },
  });
  const response = await http.get(`https://localhost:${port}/`);
  assert.equal(response.body, 'TLSv1.2 -');
  assert.match(response.tls_cipher_suite, /^TLS_ECDHE_(RSA|ECDSA)_WITH_AES_128_GCM_SHA256$/);
  assert.equal((await http.get(`https://a.example.org:${port}/`)).body, 'TLSv1.2 localhost');
});

test('what nobody answers has k6’s error codes', async (t) => {
  const silent = await listen(t, () => {});
  const closing = await listen(t, (socket) => void socket.on('data', () => socket.end()));
  const resetting = await listen(t, (socket) => void socket.on('data', () => socket.resetAndDestroy()));
  const garbage = await listen(t, (socket) => void socket.on('data', () => socket.end('what?\r\n\r\n')));
  const server = https.createServer({ cert, key });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { http, watched } = beginUser(t);
  const failures: [string, number, string][] = [
    [`http://127.0.0.1:${silent}/`, 1050, 'timeout'],
    [`http://127.0.0.1:${await quietPort()}/`, 1212, 'refused'],
    [`http://127.0.0.1:${closing}/`, 1000, 'closed'],
    [`http://127.0.0.1:${resetting}/`, 1220, 'reset'],
    [`http://127.0.0.1:${garbage}/`, 1000, 'parse'],
    [`https://127.0.0.1:${(server.address() as AddressInfo).port}/`, 1310, 'tls'],
    [`https://127.0.0.1:${garbage}/`, 1300, 'tls'],
  ];
  for (const [url] of failures) await http.post(url, 'b', { timeout: 300 });
  assert.deepEqual(
    watched.samples.map(({ tags, failed }, index) => [
      failures[index]?.[0],
      Number(tags['error_code']),
      watched.outcomes[index],
      tags['status'],
      failed,
    ]),
    failures.map(([url, code, outcome]) => [url, code, outcome, '0', true]),
  );
  for (const { tags } of watched.samples) assert.match(tags['error'] ?? '', /^[a-z]/i);
});

test('a host that has no address, one that is blocked, and one at a blacklisted address', async (t) => {
  const { http } = beginUser(t, { blockHostnames: ['*.blocked.test'], blacklistIPs: ['127.0.0.0/8', '::1'] });
  assert.equal((await http.get('http://no-such-host.invalid/')).error_code, 1101);
  assert.equal((await http.get('http://www.blocked.test/')).error_code, 1111);
  assert.equal((await http.get('http://127.0.0.1:9/')).error_code, 1110);
  assert.equal((await http.get('http://localhost:9/')).error_code, 1110);
  assert.throws(() => beginUser(t, { blacklistIPs: ['10.0.0.0/99'] }), /'10.0.0.0\/99' is no range of addresses/);
});

test('a batch has as many requests under way as batch allows, and batchPerHost to one host', async (t) => {
  let together = 1;
  const held: import('node:http').ServerResponse[] = [];
  /** Answers when so many have come. */
  const hold = (_request: unknown, response: import('node:http').ServerResponse) => {
    held.push(response);
    if (held.length === together) for (const each of held.splice(0)) each.end('x');
  };
  const one = await serve(t, hold);
  const other = await serve(t, hold);
  const mostWith = async (batch: number, batchPerHost: number, expected: number, urls: string[]) => {
    together = expected;
    const { http, watched } = beginUser(t, { batch, batchPerHost });
    const responses = await http.batch(urls);
    assert.ok(Array.isArray(responses) && responses.every(({ status }) => status === 200));
    assert.equal(watched.underWayMax, expected);
  };
  const six = (url: string) => Array.from({ length: 6 }, () => url);
  await mostWith(20, 3, 3, six(one));
  await mostWith(20, 3, 6, [...six(one), ...six(other)]);
  await mostWith(4, 6, 4, [...six(one), ...six(other)]);
  await mostWith(0, 0, 12, [...six(one), ...six(other)]);
});

test('what settles has the tags of its request, and has failed where it was not expected', async (t) => {
  const base = await serve(t, ({ url }, response) => response.writeHead(Number(url?.slice(1))).end());
  const { http, watched } = beginUser(t);
  const dead = `http://127.0.0.1:${await quietPort()}/`;
  http.setResponseCallback(http.expectedStatuses(404, { min: 200, max: 299 }));
  for (const status of [200, 404, 500]) await http.get(`${base}/${status}`, { tags: { name: 'item', kind: String(status) } });
  await http.get(dead, { tags: { name: 'dead' } });
  await http.get(dead, { tags: { name: 'wanted dead' }, responseCallback: http.expectedStatuses(0) });
  await http.get(`${base}/500`, { tags: { name: 'unasked' }, responseCallback: null });
  assert.deepEqual(
    watched.settled.map(({ tags, failed }) => [tags['name'], tags['kind'], failed]),
    [
      ['item', '200', false],
      ['item', '404', false],
      ['item', '500', true],
      ['dead', undefined, true],
      ['wanted dead', undefined, false],
      ['unasked', undefined, undefined],
    ],
  );
});

test('a request that is given up while it waits for its turn settles as well', async (t) => {
  const base = await serve(t, (_request, response) => response.end());
  const { http, user, watched } = beginUser(t, { rps: 10 });
  await http.get(base);
  const waiting = http.get(base);
  user.cancel();
  await assert.rejects(waiting, new Error(INTERRUPTED));
  assert.deepEqual(watched.outcomes, ['ok', 'dropped']);
});

test('an interrupted user’s requests are given up, and no redirect follows', async (t) => {
  let requests = 0;
  const base = await serve(t, (_request, response) => {
    requests += 1;
    if (requests === 1) user.cancel();
    response.writeHead(302, { Location: '/next' }).end();
  });
  const { http, user, watched } = beginUser(t);
  await assert.rejects(http.get(base), new Error(INTERRUPTED));
  assert.deepEqual([requests, watched.outcomes, watched.samples.length], [1, ['dropped'], 0]);
});

test('only an iteration’s first request was meant for the iteration’s time', async (t) => {
  const base = await serve(t, (_request, response) => response.end());
  const { http, user, watched } = beginUser(t);
  user.begin(-1000);
  await http.get(base);
  await http.get(base);
  assert.equal(watched.planned_[0], -1000);
  assert.ok((watched.planned_[1] ?? -1) > 0);
  assert.equal(user.unanswered, false);
  user.begin(0);
  await http.get(`http://127.0.0.1:${await quietPort()}/`);
  assert.equal(user.unanswered, true);
});

test('rps spaces the requests of all users, and what was not used is not made up for', async (t) => {
  let nowMs = 0;
  const connections = new Connections({ clock: { nowMs: () => nowMs } });
  assert.deepEqual([connections.takeTurn(), connections.takeTurn()], [0, 0]);
  connections.configure({ rps: 100 });
  const turns = () => Array.from({ length: 4 }, () => connections.takeTurn());
  assert.deepEqual(turns(), [0, 10, 20, 30]);
  nowMs = 1000;
  assert.deepEqual(turns(), [0, 10, 20, 30]);
  nowMs = 2000;
  connections.configure({ rps: 100 }, { index: 1, of: 3 });
  assert.deepEqual(turns(), [0, 30, 60, 90]);
  const base = await serve(t, (_request, response) => response.end());
  const { http, watched } = beginUser(t, { rps: 1000 });
  for (let index = 0; index < 3; index += 1) await http.get(base);
  assert.deepEqual(watched.outcomes, ['ok', 'ok', 'ok']);
});

test('without reuse of connections each request opens its own', async (t) => {
  let opened = 0;
  const port = await listen(t, (socket) => {
    opened += 1;
    onRequests(socket, () => socket.write(OK));
  });
  const reusing = beginUser(t);
  for (let index = 0; index < 3; index += 1) await reusing.http.get(`http://127.0.0.1:${port}/`);
  assert.equal(opened, 1);
  const lines: string[] = [];
  const base = await serve(t, (request, response) => {
    lines.push(request.headers.connection ?? '');
    response.end();
  });
  await beginUser(t, { noConnectionReuse: true }).http.get(base);
  assert.deepEqual(lines, ['close']);
});
