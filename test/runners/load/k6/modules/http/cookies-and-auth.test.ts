import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { sent } from '../../fake-host.ts';
import { begin, inTurn } from './support.ts';

const hash = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');

test("cookies of the jar, of the request and of the script's own header go in one header", async () => {
  const { host, http } = begin();
  http.cookieJar().set('http://a/', 'both', 'jar');
  http.cookieJar().set('http://a/', 'kept', 'jar');
  await http.get('http://a/', { cookies: { both: 'request', new: { value: 'x' } }, headers: { Cookie: 'raw=1' } });
  await http.get('http://a/', { cookies: { both: { value: 'request', replace: true } } });
  assert.deepEqual(sent(host.requests[0], 'cookie'), ['raw=1; both=jar; kept=jar; both=request; new=x']);
  assert.deepEqual(sent(host.requests[1], 'cookie'), ['kept=jar; both=request']);
  assert.deepEqual(http.cookieJar().cookiesForURL('http://a/'), { both: ['jar'], kept: ['jar'] });
});

test('a cookie cannot smuggle in another, nor a header', async () => {
  const { host, http } = begin();
  await http.get('http://a/', { cookies: { a: 'x; b=1\r\nHost: c', d: 'e f' } });
  assert.deepEqual(sent(host.requests[0], 'cookie'), ['a="x b=1Host: c"; d="e f"']);
});

test('a jar of the script takes the place of the virtual user’s', async () => {
  const { host, http } = inTurn({ headers: [['Set-Cookie', 'sid=1']] });
  const jar = new http.CookieJar();
  await http.get('http://a/', { jar });
  await http.get('http://a/');
  await http.get('http://a/', { jar });
  assert.deepEqual(
    host.requests.map((request) => sent(request, 'cookie')),
    [[], [], ['sid=1']],
  );
});

test('cookies are gone with the iteration', async () => {
  const { host, http, endIteration } = inTurn({ headers: [['Set-Cookie', 'sid=1']] });
  const before = http.cookieJar();
  await http.get('http://a/');
  endIteration();
  await http.get('http://a/');
  assert.deepEqual(sent(host.requests[1], 'cookie'), []);
  assert.notEqual(http.cookieJar(), before);
});

test('a response tells its cookies with all that was said of them', async () => {
  const { http } = inTurn({
    headers: [
      ['Set-Cookie', 'a=1; Domain=.A; Path=/x; Max-Age=5; HttpOnly; Secure'],
      ['set-cookie', 'a=2'],
    ],
  });
  const { cookies } = await http.get('http://a/');
  assert.deepEqual(cookies['a']?.[0], {
    name: 'a',
    value: '1',
    domain: 'a',
    path: '/x',
    httpOnly: true,
    http_only: true,
    secure: true,
    maxAge: 5,
    max_age: 5,
    expires: 0,
  });
  assert.deepEqual(
    cookies['a']?.map(({ value }) => value),
    ['1', '2'],
  );
});

test('digest: the challenge is answered as RFC 7616 says, and the refusal before it is expected', async () => {
  const challenge = 'Digest realm="r, s", qop="auth-int, auth", algorithm=SHA-256, nonce="n\\"1", opaque="o"';
  const { host, http } = inTurn({ status: 401, headers: [['WWW-Authenticate', challenge]] }, {});
  const response = await http.get('http://me:pw@a/x?y=1', { auth: 'digest' });
  assert.equal(response.status, 200);
  assert.deepEqual(sent(host.requests[0], 'authorization'), []);
  const cnonce = 'ab'.repeat(16);
  const answer = hash('sha256', `${hash('sha256', 'me:r, s:pw')}:n"1:00000001:${cnonce}:auth:${hash('sha256', 'GET:/x?y=1')}`);
  assert.deepEqual(sent(host.requests[1], 'authorization'), [
    `Digest username="me", realm="r, s", nonce="n\\"1", uri="/x?y=1", response="${answer}", algorithm=SHA-256, opaque="o", qop=auth, nc=00000001, cnonce="${cnonce}"`,
  ]);
  assert.deepEqual(
    host.requestedAll.map(({ tags, failed }) => [tags['status'], failed]),
    [
      ['401', false],
      ['200', false],
    ],
  );
});

test('digest: MD5 is the default, and RFC 2069 holds where no quality is asked for', async () => {
  const { host, http } = inTurn(
    {
      status: 401,
      headers: [
        ['www-authenticate', 'Basic realm="b"'],
        ['WWW-Authenticate', 'Digest realm="r", nonce=n'],
      ],
    },
    {},
  );
  await http.post('http://me:pw@a/x', 'body', { auth: 'digest' });
  const answer = hash('md5', `${hash('md5', 'me:r:pw')}:n:${hash('md5', 'POST:/x')}`);
  assert.deepEqual(sent(host.requests[1], 'authorization'), [`Digest username="me", realm="r", nonce="n", uri="/x", response="${answer}"`]);
  assert.equal(host.requests[1]?.body, 'body');
});

test('digest: MD5-sess and auth-int', async () => {
  const { host, http } = inTurn(
    { status: 401, headers: [['WWW-Authenticate', 'Digest realm="r", nonce="n", qop="auth-int", algorithm=MD5-sess']] },
    {},
  );
  await http.post('http://me:pw@a/x', 'body', { auth: 'digest' });
  const cnonce = 'ab'.repeat(16);
  const first = hash('md5', `${hash('md5', 'me:r:pw')}:n:${cnonce}`);
  const answer = hash('md5', `${first}:n:00000001:${cnonce}:auth-int:${hash('md5', `POST:/x:${hash('md5', 'body')}`)}`);
  assert.match(sent(host.requests[1], 'authorization')[0] ?? '', new RegExp(`response="${answer}", algorithm=MD5-sess, qop=auth-int`));
});

test('digest: a second refusal is the answer, and fails', async () => {
  const { host, http } = inTurn({ status: 401, headers: [['WWW-Authenticate', 'Digest realm="r", nonce="n", qop="auth"']] });
  assert.equal((await http.get('http://me:pw@a/', { auth: 'digest' })).status, 401);
  assert.deepEqual(
    host.requestedAll.map(({ failed }) => failed),
    [false, true],
  );
});

test('digest: a challenge that cannot be answered is the answer', async () => {
  for (const challenge of [
    'Basic realm="r"',
    'Digest realm="r"',
    'Digest nonce="n", algorithm=SHA-3',
    'Digest nonce="n", qop="magic"',
    `Digest nonce="n", ${'a'.repeat(100_000)}`,
  ]) {
    const { host, http } = inTurn({ status: 401, headers: [['WWW-Authenticate', challenge]] });
    assert.equal((await http.get('http://me:pw@a/', { auth: 'digest' })).status, 401);
    assert.equal(host.requests.length, 1, challenge);
  }
});
