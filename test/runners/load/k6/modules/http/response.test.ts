import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TIMINGS } from '../../fake-host.ts';
import { begin, inTurn } from './support.ts';

test('a response has what k6 says of one', async () => {
  const { http } = inTurn({
    status: 201,
    statusText: '201 Created',
    protocol: 'HTTP/2.0',
    headers: [
      ['content-type', 'application/json'],
      ['x-list', 'a'],
      ['X-LIST', 'b'],
      ['__proto__', 'odd'],
    ],
    body: '{"a":{"b":[1,"zwei"]}}',
    tlsVersion: 'tls1.3',
    tlsCipherSuite: 'TLS_AES_128_GCM_SHA256',
  });
  const response = await http.post('https://a/x', 'hello', { headers: { 'x-sent': '1' }, cookies: { c: '2' } });
  assert.equal(response.status_text, '201 Created');
  assert.deepEqual([response.proto, response.tls_version, response.tls_cipher_suite], ['HTTP/2.0', http.TLS_1_3, 'TLS_AES_128_GCM_SHA256']);
  assert.deepEqual([response.remote_ip, response.remote_port, response.error, response.error_code], ['127.0.0.1', 8080, '', 0]);
  assert.equal(response.headers['Content-Type'], 'application/json');
  assert.equal(response.headers['X-List'], 'a, b');
  assert.ok(Object.hasOwn(response.headers, '__proto__'));
  assert.equal(response.json('a.b.1'), 'zwei');
  assert.equal(response.json('a.c'), undefined);
  assert.equal(response.json(), response.json());
  assert.deepEqual(response.timings, TIMINGS);
  assert.equal(response.ocsp.status, http.OCSP_STATUS_UNKNOWN);
  assert.deepEqual(response.request, {
    method: 'POST',
    url: 'https://a/x',
    body: 'hello',
    headers: { 'User-Agent': ['firedrill'], 'X-Sent': ['1'], Cookie: ['c=2'] },
    cookies: { c: [{ name: 'c', value: '2', replace: false }] },
  });
});

test('a logged response shows all of it', async () => {
  const { http } = inTurn({ body: 'hi', headers: [['a', '1']] });
  const shown = JSON.parse(JSON.stringify(await http.get('http://a/')));
  assert.deepEqual(
    [shown.status, shown.body, shown.headers, shown.request.method, shown.timings.waiting],
    [200, 'hi', { A: '1' }, 'GET', 4],
  );
});

test('a body is a text, an ArrayBuffer, or null', async () => {
  const { host, http } = inTurn({ body: Uint8Array.from([0xc3, 0xa4, 0xff]) });
  assert.equal((await http.get('http://a/')).body, 'ä\ufffd');
  const { body } = await http.get('http://a/', { responseType: 'binary' });
  assert.deepEqual(body, Uint8Array.from([0xc3, 0xa4, 0xff]).buffer);
  assert.equal((await http.get('http://a/', { responseType: 'none' })).body, null);
  assert.deepEqual(
    host.requests.map(({ keepBody }) => keepBody),
    [true, true, false],
  );
});

test('bodies are discarded where the test says so, unless a request wants its own', async () => {
  const { host, http } = inTurn({ body: 'x' });
  host.http = { ...host.http, discardResponseBodies: true };
  assert.equal((await http.get('http://a/')).body, null);
  assert.equal((await http.get('http://a/', { responseType: 'text' })).body, 'x');
});

test('HEAD has an empty body', async () => {
  const { host, http } = inTurn({});
  assert.equal((await http.head('http://a/')).body, '');
  assert.equal(host.requests[0]?.keepBody, false);
});

test('JSON that is none is an error with the place, and undefined for a path', async () => {
  const { http } = inTurn({ body: '{"a":' });
  const response = await http.get('http://a/x');
  assert.throws(() => response.json(), /the body of GET http:\/\/a\/x \(status 200\) is not JSON: /);
  assert.equal(response.json('a'), undefined);
  const discarded = await http.get('http://a/x', { responseType: 'none' });
  assert.throws(() => discarded.json(), /has no body, so that nothing can read it as JSON: it was discarded/);
});

test('what nobody answered has status 0, says why, and warns; or throws', async () => {
  const { host, http } = begin(() => ({ status: 0, error: 'dial: connection refused', errorCode: 1212 }));
  const response = await http.get('http://a/x');
  assert.deepEqual([response.status, response.error, response.error_code, response.body], [0, 'dial: connection refused', 1212, null]);
  assert.deepEqual(host.logs, ['warn: GET http://a/x: dial: connection refused']);
  await assert.rejects(http.get('http://a/x', { throw: true }), /GET http:\/\/a\/x: dial: connection refused/);
  host.http = { ...host.http, throws: true };
  await assert.rejects(http.get('http://a/x'), /refused/);
  await assert.rejects(http.batch(['http://a/x']), /refused/);
});

test('4xx and 5xx have error codes of their own, and no error', async () => {
  for (const [status, code] of [
    [404, 1404],
    [503, 1503],
    [399, 0],
  ] as const) {
    const { http } = begin(() => ({ status }));
    const { error, error_code } = await http.get('http://a/');
    assert.deepEqual([error, error_code], ['', code]);
  }
});
