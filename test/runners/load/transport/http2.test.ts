import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { originOf, poolFor, request } from '../support.ts';

const cert = readFileSync(new URL('../fixtures/localhost.crt', import.meta.url));
const key = readFileSync(new URL('../fixtures/localhost.key', import.meta.url));

type Serve = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void;

/** A server of HTTP/2 over TLS, of HTTP/1.1 too where `allowHTTP1`. */
async function secureServer(t: TestContext, serve: Serve, options: http2.SecureServerOptions = {}) {
  const sessions = new Set<http2.ServerHttp2Session>();
  const server = http2.createSecureServer({ cert, key, ...options });
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => {});
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    serve(stream, headers);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const origin = originOf(port, { secure: true, hostname: 'localhost', text: `https://localhost:${port}` });
  return { port, sessions, pool: poolFor(t, port, { origin, tls: { ca: cert } }) };
}

test('where the server agrees to HTTP/2, requests go over one connection at once', async (t) => {
  const { pool, sessions } = await secureServer(t, (stream, headers) => {
    stream.respond({ ':status': 201, 'x-path': headers[':path'], 'x-authority': headers[':authority'] });
    stream.end('hello');
  });
  const jobs = await Promise.all(Array.from({ length: 50 }, (_, index) => request(pool, 'GET', undefined, { target: `/${index}` })));
  assert.deepEqual(new Set(jobs.map(({ outcome }) => outcome)), new Set(['ok']));
  assert.equal(sessions.size, 1);
  const { answer } = jobs[7] ?? {};
  assert.deepEqual([answer?.status, answer?.protocol, answer?.body?.toString()], [201, 'HTTP/2.0', 'hello']);
  assert.deepEqual(answer?.headers.slice(0, 4), ['x-path', '/7', 'x-authority', 'test']);
});
