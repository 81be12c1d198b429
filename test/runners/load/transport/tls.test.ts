import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FiredrillError } from '../../../../runners/failure.ts';
import { listen, OK, onRequests, originOf, poolFor, request } from '../support.ts';
import { cert, httpsServer, key, secureOrigin } from './servers.ts';

test('a certificate that nobody vouches for fails as tls; one that is trusted is served', async (t) => {
  const port = await httpsServer(t);
  const origin = secureOrigin(port);
  assert.equal((await request(poolFor(t, port, { origin }))).outcome, 'tls');
  const trusting = poolFor(t, port, { origin, tls: { ca: cert } });
  for (let index = 0; index < 2; index += 1) assert.equal((await request(trusting)).outcome, 'ok');
  assert.equal(trusting.sockets, 1);
});

test('a certificate of another name fails as tls', async (t) => {
  const port = await httpsServer(t);
  const origin = secureOrigin(port, '127.0.0.1');
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

test('an answer says which version and cipher secured it, and who answered', async (t) => {
  const port = await httpsServer(t, { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' });
  const { answer } = await request(poolFor(t, port, { origin: secureOrigin(port), tls: { ca: cert } }));
  assert.deepEqual(answer?.connection.tlsVersion, 'TLSv1.2');
  assert.match(answer?.connection.tlsCipher ?? '', /^TLS_ECDHE_/);
  assert.deepEqual([answer?.connection.remoteIp, answer?.connection.remotePort], ['127.0.0.1', port]);
});

test('versions and ciphers that the other side lacks fail as tls, with the words of OpenSSL', async (t) => {
  const port = await httpsServer(t, { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256' });
  const origin = secureOrigin(port);
  const ask = (tls: object) => request(poolFor(t, port, { origin, tls: { ca: cert, ...tls } }));
  assert.equal((await ask({})).outcome, 'ok');
  for (const tls of [{ minVersion: 'TLSv1.3' }, { ciphers: 'ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-CHACHA20-POLY1305' }]) {
    const { outcome, failure } = await ask(tls);
    assert.deepEqual([outcome, failure?.during], ['tls', 'securing']);
    assert.match(failure?.code ?? '', /^ERR_SSL_/);
  }
});

test('checks can be switched off, and a certificate of our own is shown to who asks for it', async (t) => {
  const port = await httpsServer(t, { requestCert: true, rejectUnauthorized: true, ca: cert, maxVersion: 'TLSv1.2' });
  const origin = secureOrigin(port);
  assert.equal((await request(poolFor(t, port, { origin, tls: { rejectUnauthorized: false, cert, key } }))).outcome, 'ok');
  assert.notEqual((await request(poolFor(t, port, { origin, tls: { ca: cert } }))).outcome, 'ok');
});

test('a key or a certificate that is none is refused when the pool is made', async (t) => {
  for (const tls of [
    { ca: 'not PEM', cert: 'not PEM', key: 'not PEM' },
    { cert, key, ciphers: 'NO-SUCH-CIPHER' },
  ]) {
    assert.throws(
      () => poolFor(t, 1, { origin: secureOrigin(1), tls }),
      (error) => error instanceof FiredrillError && error.code === 'load.tls' && /TLS settings for localhost/.test(error.message),
    );
  }
});
