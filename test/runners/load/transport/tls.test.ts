import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { listen, OK, onRequests, originOf, poolFor, request } from '../support.ts';

const cert = readFileSync(new URL('../fixtures/localhost.crt', import.meta.url));
const key = readFileSync(new URL('../fixtures/localhost.key', import.meta.url));

async function secureServer(t: TestContext): Promise<number> {
  const server = https.createServer({ cert, key }, (_request, response) => response.end('ok'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

test('a certificate that nobody vouches for fails as tls; one that is trusted is served', async (t) => {
  const port = await secureServer(t);
  const origin = originOf(port, { secure: true, hostname: 'localhost' });
  assert.equal((await request(poolFor(t, port, { origin }))).outcome, 'tls');
  const trusting = poolFor(t, port, { origin, tls: { ca: cert } });
  for (let index = 0; index < 2; index += 1) assert.equal((await request(trusting)).outcome, 'ok');
  assert.equal(trusting.sockets, 1);
});

test('a certificate of another name fails as tls', async (t) => {
  const port = await secureServer(t);
  const origin = originOf(port, { secure: true, hostname: '127.0.0.1' });
  const job = await request(poolFor(t, port, { origin, tls: { ca: cert, servername: 'elsewhere.test' } }));
  assert.equal(job.outcome, 'tls');
});

test('plain HTTP where TLS is expected fails as tls', async (t) => {
  const port = await listen(t, (socket) => {
    socket.on('data', () => socket.write(OK));
    onRequests(socket, () => {});
  });
  assert.equal((await request(poolFor(t, port, { origin: originOf(port, { secure: true }) }))).outcome, 'tls');
});
