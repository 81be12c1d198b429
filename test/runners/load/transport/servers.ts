/** Servers of the transport's tests: over TLS, with the certificate of `localhost` that only its own test trusts. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import type { TestContext } from 'node:test';
import type { Origin } from '../../../../runners/load/transport/engine.ts';
import type { Pool, PoolOptions } from '../../../../runners/load/transport/pool.ts';
import { originOf, poolFor } from '../support.ts';

export const cert = readFileSync(new URL('../fixtures/localhost.crt', import.meta.url));
export const key = readFileSync(new URL('../fixtures/localhost.key', import.meta.url));

/** Listens on 127.0.0.1; the caller closes it. */
async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

export function secureOrigin(port: number, hostname = 'localhost'): Origin {
  return originOf(port, { secure: true, hostname, text: `https://${hostname}:${port}` });
}

/** A server of HTTP/1.1 over TLS that says `ok`, until the test ends. */
export async function httpsServer(
  t: TestContext,
  options: https.ServerOptions = {},
  serve?: (socket: import('node:tls').TLSSocket) => void,
) {
  const server = https.createServer({ cert, key, ...options }, (_request, response) => response.end('ok'));
  if (serve) server.on('secureConnection', serve);
  const port = await portOf(server);
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return port;
}

export type Serve = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void;

/** A server of HTTP/2, its sessions so far, and a pool that asks it. */
export interface Http2Side {
  readonly port: number;
  readonly sessions: http2.ServerHttp2Session[];
  readonly pool: Pool;
}

function watch(t: TestContext, server: http2.Http2Server | http2.Http2SecureServer, serve: Serve): http2.ServerHttp2Session[] {
  const sessions: http2.ServerHttp2Session[] = [];
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => {});
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    serve(stream, headers);
  });
  t.after(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return sessions;
}

/** Over TLS, of HTTP/1.1 too where `allowHTTP1` is among the options. */
export async function http2Server(
  t: TestContext,
  serve: Serve,
  options: http2.SecureServerOptions = {},
  more: Partial<PoolOptions> = {},
): Promise<Http2Side> {
  const server = http2.createSecureServer({ cert, key, ...options });
  const sessions = watch(t, server, serve);
  server.on('request', (request, response) => {
    if (request.httpVersion === '1.1') response.end('ok');
  });
  const port = await portOf(server);
  return { port, sessions, pool: poolFor(t, port, { origin: secureOrigin(port), tls: { ca: cert }, ...more }) };
}

/** Without TLS, asked with prior knowledge. */
export async function plainHttp2Server(t: TestContext, serve: Serve, more: Partial<PoolOptions> = {}): Promise<Http2Side> {
  const server = http2.createServer();
  const sessions = watch(t, server, serve);
  const port = await portOf(server);
  return { port, sessions, pool: poolFor(t, port, { http2: 'only', ...more }) };
}
