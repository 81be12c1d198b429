import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf, sent } from '../../fake-host.ts';
import { begin, inTurn, redirectTo } from './support.ts';

const PRIVATE = { headers: { Authorization: 'Bearer t', 'X-Mine': '1' } };

for (const [status, method, becomes, body] of [
  [301, 'POST', 'GET', undefined],
  [302, 'POST', 'GET', undefined],
  [303, 'PUT', 'GET', undefined],
  [302, 'HEAD', 'HEAD', undefined],
  [302, 'GET', 'GET', undefined],
  [307, 'POST', 'POST', 'b'],
  [308, 'DELETE', 'DELETE', 'b'],
] as const) {
  test(`after ${status} ${method} goes on as ${becomes}${body ? ' with its body' : ''}`, async () => {
    const { host, http } = inTurn(redirectTo('/y', status), {});
    const response = await http.request(method, 'http://a/x', method === 'HEAD' || method === 'GET' ? null : 'b', {
      headers: { 'Content-Type': 'text/x' },
    });
    assert.deepEqual([host.requests[1]?.method, host.requests[1]?.url, bodyOf(host.requests[1])], [becomes, 'http://a/y', body]);
    assert.deepEqual(sent(host.requests[1], 'content-type'), body ? ['text/x'] : []);
    assert.deepEqual([response.url, response.request.method, response.status], ['http://a/y', becomes, 200]);
  });
}

test('each request of a chain is counted, with its own status', async () => {
  const { host, http } = inTurn(redirectTo('/y'), redirectTo('/z', 301), {});
  await http.get('http://a/x');
  assert.deepEqual(
    host.requestedAll.map(({ tags, failed }) => [tags['url'], tags['status'], failed]),
    [
      ['http://a/x', '302', false],
      ['http://a/y', '301', false],
      ['http://a/z', '200', false],
    ],
  );
});

test('ten redirects are followed; the answer is then the redirect, with a warning', async () => {
  const { host, http } = inTurn(redirectTo('/again'));
  const response = await http.get('http://a/x');
  assert.deepEqual([host.requests.length, response.status], [11, 302]);
  assert.match(host.logs.join(), /gave up after 10 redirects/);
});

test('a script says how many redirects to follow, and hears no warning', async () => {
  const { host, http } = inTurn(redirectTo('/again'));
  assert.equal((await http.get('http://a/x', { redirects: 0 })).status, 302);
  assert.equal(host.requests.length, 1);
  await http.get('http://a/x', { redirects: 2 });
  assert.equal(host.requests.length, 4);
  assert.deepEqual(host.logs, []);
});

test('what is for one host is not told to another, and comes along within it', async () => {
  const { host, http } = inTurn(redirectTo('http://b.example/'), {}, redirectTo('http://sub.a.example/'), {});
  await http.get('http://a.example/', PRIVATE);
  await http.get('http://a.example/', PRIVATE);
  assert.deepEqual(
    host.requests.map((request) => sent(request, 'authorization')),
    [['Bearer t'], [], ['Bearer t'], ['Bearer t']],
  );
  for (const request of host.requests) assert.deepEqual(sent(request, 'x-mine'), ['1']);
});

test('the page before is the Referer, without its password, and not from https to http', async () => {
  const { host, http } = inTurn(redirectTo('https://a/y'), redirectTo('http://a/z'), {});
  await http.get('http://me:pw@a/x');
  assert.deepEqual(
    host.requests.map((request) => sent(request, 'referer')),
    [[], ['http://a/x'], []],
  );
});

test('cookies set on the way are kept and sent on', async () => {
  const { host, http } = inTurn(redirectTo('/y', 302, ['Set-Cookie', 'sid=1; Path=/']), { headers: [['set-cookie', 'late=2']] });
  const response = await http.get('http://a/x');
  assert.deepEqual(sent(host.requests[1], 'cookie'), ['sid=1']);
  assert.deepEqual(Object.keys(response.cookies), ['late']);
  assert.deepEqual(http.cookieJar().cookiesForURL('http://a/'), { sid: ['1'], late: ['2'] });
});

test('an answer that points nowhere is the last', async () => {
  for (const answer of [{ status: 302 }, redirectTo(''), redirectTo('mailto:me@a'), redirectTo('/y', 304), redirectTo('/y', 300)]) {
    const { host, http } = begin(() => answer);
    assert.equal((await http.get('http://a/x')).status, answer.status);
    assert.equal(host.requests.length, 1);
  }
});
