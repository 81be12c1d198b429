import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FiredrillError } from '../../../../runners/failure.ts';
import { parseUrl } from '../../../../runners/load/transport/origin.ts';
import { proxiesFrom, proxyForAll } from '../../../../runners/load/transport/proxies.ts';
import { routeTo } from '../../../../runners/load/transport/route.ts';
import { listen, OK, onRequests, originOf, poolFor, quietPort, request } from '../support.ts';
import { cert, http2Server, httpsServer, secureOrigin } from './servers.ts';

function originFrom(text: string) {
  const address = parseUrl(text);
  return 'problem' in address ? assert.fail(address.problem) : address.origin;
}

/** A proxy: CONNECT opens a way to 127.0.0.1, the rest is answered by itself. */
async function proxy(t: TestContext, refuse?: string) {
  const asked: string[] = [];
  const port = await listen(t, (socket) => {
    socket.once('data', (chunk) => {
      const head = chunk.toString('latin1');
      asked.push(head);
      const [, to] = /^CONNECT [^:]+:(\d+) /.exec(head) ?? [];
      if (to === undefined || refuse !== undefined) {
        socket.write(refuse ?? OK);
        onRequests(socket, (more) => {
          asked.push(more);
          socket.write(OK);
        });
        return;
      }
      const through = net.connect(Number(to), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection Established\r\nX-Proxy: yes\r\n\r\n');
        through.pipe(socket);
        socket.pipe(through);
      });
      through.on('error', () => socket.destroy());
      socket.on('close', () => through.destroy());
    });
  });
  return { port, asked };
}

test('a name can lead elsewhere: exactly, by port, or by wildcard, and is still asked for by its own name', async (t) => {
  const heads: string[] = [];
  const port = await listen(t, (socket) => onRequests(socket, (head) => heads.push(head) && socket.write(OK)));
  for (const hosts of [
    { 'Shop.test': `127.0.0.1:${port}` },
    { 'shop.test:8080': `127.0.0.1:${port}`, 'shop.test': '127.0.0.1:1' },
    { '*.test': `127.0.0.1:${port}`, '*': '127.0.0.1:1' },
  ]) {
    const pool = poolFor(t, port, { origin: originFrom('http://shop.test:8080/'), hosts });
    assert.equal((await request(pool, 'GET', undefined, { authority: 'shop.test:8080' })).outcome, 'ok', JSON.stringify(hosts));
  }
  assert.ok(heads.every((head) => head.includes('Host: shop.test:8080')));
  const bad = { 'shop.test': 'http://127.0.0.1' };
  assert.throws(
    () => poolFor(t, port, { origin: originFrom('http://shop.test/'), hosts: bad }),
    (error) => error instanceof FiredrillError && error.code === 'load.hosts' && error.message.includes("'http://127.0.0.1'"),
  );
});

test('a server on a Unix socket is asked like any other, and one that is not there is refused', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'firedrill-'));
  const path = join(folder, 'app.sock');
  const server = net.createServer((socket) => onRequests(socket, () => socket.write(OK)));
  server.listen(path);
  await once(server, 'listening');
  t.after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  const origin = originFrom(`http+unix://${encodeURIComponent(path)}/`);
  const pool = poolFor(t, 0, { origin });
  for (let index = 0; index < 2; index += 1) {
    const { outcome, answer } = await request(pool);
    assert.deepEqual([outcome, answer?.connection.remoteIp], ['ok', '']);
  }
  assert.equal(pool.sockets, 1);
  const gone = poolFor(t, 0, { origin: originFrom(`http+unix://${encodeURIComponent(`${path}.gone`)}/`) });
  assert.equal((await request(gone)).outcome, 'refused');
});

test('IPv6 is dialled by its address', async (t) => {
  const server = net.createServer((socket) => {
    t.after(() => socket.destroy());
    onRequests(socket, () => socket.write(OK));
  });
  server.listen(0, '::1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as net.AddressInfo;
  const { outcome, answer } = await request(poolFor(t, port, { origin: originFrom(`http://[::1]:${port}/`) }));
  assert.deepEqual([outcome, answer?.connection.remoteIp], ['ok', '::1']);
});

test('of several addresses the one that answers is taken, also where the first does not', async (t) => {
  const port = await listen(t, (socket) => onRequests(socket, () => socket.write(OK)));
  const lookup: net.LookupFunction = (_name, _options, done) => {
    done(null, [
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ]);
  };
  const job = await request(poolFor(t, port, { origin: originFrom(`http://two.test:${port}/`), lookup }));
  assert.deepEqual([job.outcome, job.answer?.connection.remoteIp], ['ok', '127.0.0.1']);
  const dead = await quietPort();
  assert.equal((await request(poolFor(t, dead, { origin: originFrom(`http://two.test:${dead}/`), lookup }))).outcome, 'refused');
});

test('a name server that fails is dns', async (t) => {
  const lookup: net.LookupFunction = (_name, _options, done) => done(Object.assign(new Error('again'), { code: 'EAI_AGAIN' }), []);
  const job = await request(poolFor(t, 80, { origin: originFrom('http://some.test/'), lookup }));
  assert.deepEqual([job.outcome, job.failure?.code, job.failure?.during], ['dns', 'EAI_AGAIN', 'connecting']);
});

test('without TLS a proxy is asked for the whole URL, with its credentials', async (t) => {
  const { port, asked } = await proxy(t);
  const pool = poolFor(t, port, { origin: originFrom('http://far.test/'), proxy: proxyForAll(`http://me:pw@127.0.0.1:${port}`) });
  for (let index = 0; index < 2; index += 1) {
    const http1 = 'GET /x HTTP/1.1\r\nHost: far.test\r\n\r\n';
    assert.equal((await request(pool, 'GET', undefined, { target: '/x', authority: 'far.test', http1 })).outcome, 'ok');
  }
  assert.match(asked[0] ?? '', /^GET http:\/\/far\.test\/x HTTP\/1\.1\r\nHost: far\.test\r\nProxy-Authorization: Basic bWU6cHc=\r\n/);
  assert.equal(asked.length, 2);
  assert.equal(pool.sockets, 1);
});

test('with TLS a proxy opens a tunnel, in which either protocol is agreed', async (t) => {
  const { port, asked } = await proxy(t);
  const plain = await httpsServer(t);
  const via = proxyForAll(`http://127.0.0.1:${port}`);
  const job = await request(poolFor(t, plain, { origin: secureOrigin(plain), tls: { ca: cert }, proxy: via }));
  assert.deepEqual([job.outcome, job.answer?.protocol, job.answer?.connection.remotePort], ['ok', 'HTTP/1.1', port]);
  assert.match(asked[0] ?? '', new RegExp(`^CONNECT localhost:${plain} HTTP/1.1\r\nHost: localhost:${plain}\r\n\r\n$`));
  const { pool } = await http2Server(t, (stream) => stream.end('ok'), {}, { proxy: via });
  assert.equal((await request(pool)).answer?.protocol, 'HTTP/2.0');
});

test('a proxy that refuses, or speaks no HTTP, is a refusal with its words', async (t) => {
  for (const [answer, words] of [
    ['HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', /407 Proxy Authentication Required/],
    ['SSH-2.0-OpenSSH\r\n\r\n', /is not HTTP/],
    ['x'.repeat(20_000), /is not HTTP/],
  ] as const) {
    const { port } = await proxy(t, answer);
    const job = await request(poolFor(t, 443, { origin: secureOrigin(443), proxy: proxyForAll(`127.0.0.1:${port}`) }));
    assert.deepEqual([job.outcome, job.failure?.code], ['refused', 'FIREDRILL_PROXY']);
    assert.match(job.failure?.message ?? '', words);
  }
});

test('HTTP/2 alone does not go through a proxy without TLS: that is refused before anything is dialled', () => {
  const options = { http2: 'only', proxy: proxiesFrom({ HTTP_PROXY: 'http://me:secret@proxy.test:3128' }) } as const;
  assert.throws(
    () => routeTo(originFrom('http://far.test/'), options),
    (error) =>
      error instanceof FiredrillError &&
      error.code === 'load.proxy' &&
      error.message === 'http://far.test cannot be asked over HTTP/2 through the proxy proxy.test:3128 without TLS',
  );
  assert.equal(routeTo(originFrom('http://127.0.0.1/'), options).proxy, undefined);
  const secure = { ...options, proxy: proxyForAll('http://proxy.test:3128') };
  assert.equal(routeTo(originFrom('https://far.test/'), secure).proxy?.host, 'proxy.test');
});

test('a proxy of the environment is not asked for what is on this machine', async (t) => {
  const { port: proxyPort, asked } = await proxy(t);
  const port = await listen(t, (socket) => onRequests(socket, () => socket.write(OK)));
  const pool = poolFor(t, port, { origin: originOf(port), proxy: proxiesFrom({ HTTP_PROXY: `http://127.0.0.1:${proxyPort}` }) });
  assert.equal((await request(pool)).outcome, 'ok');
  assert.deepEqual(asked, []);
});
