import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TIMINGS } from '../../fake-host.ts';
import { begin, inTurn } from './support.ts';

test('a request is told with its timings and k6’s tags', async () => {
  const { host, http } = inTurn({ tlsVersion: 'tls1.3' });
  await http.get('https://me:pw@a/x?y=1', { tags: { kind: 'api', retry: 1 } });
  assert.deepEqual(host.requestedAll, [
    {
      timings: TIMINGS,
      failed: false,
      tags: {
        method: 'GET',
        url: 'https://a/x?y=1',
        name: 'https://a/x?y=1',
        status: '200',
        proto: 'HTTP/1.1',
        tls_version: 'tls1.3',
        expected_response: 'true',
        kind: 'api',
        retry: '1',
      },
    },
  ]);
});

test('a failure carries error and code, and what it lacks is left out', async () => {
  const { host, http } = begin(() => ({ status: 0, protocol: '', error: 'request timeout', errorCode: 1050 }));
  await http.get('http://a/');
  const tags = {
    method: 'GET',
    url: 'http://a/',
    name: 'http://a/',
    status: '0',
    expected_response: 'false',
    error: 'request timeout',
    error_code: '1050',
  };
  assert.deepEqual(host.requestedAll[0]?.tags, tags);
  assert.equal(host.requestedAll[0]?.failed, true);
});

test('a name takes the place of the URL, from tags or from http.url', async () => {
  const { host, http } = begin();
  await http.get('http://a/1', { tags: { name: 'item' } });
  await http.get(http.url`http://a/${2}/x/${'y'}`);
  await http.get(http.url`http://a/${3}`, { tags: { name: 'said' } });
  assert.deepEqual(
    host.requests.map(({ url }) => url),
    ['http://a/1', 'http://a/2/x/y', 'http://a/3'],
  );
  assert.deepEqual(
    host.requestedAll.map(({ tags }) => [tags['name'], tags['url']]),
    [
      ['item', 'item'],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: what k6 calls such a URL
      ['http://a/${}/x/${}', 'http://a/${}/x/${}'],
      ['said', 'said'],
    ],
  );
});

test('only the system tags that the test wants are there; its own always are', async () => {
  const { host, http } = begin(() => ({ status: 500 }));
  host.http = { ...host.http, systemTags: new Set(['status', 'ip']) };
  await http.get('http://a/', { tags: { mine: 'x' } });
  assert.deepEqual(host.requestedAll[0]?.tags, { status: '500', ip: '127.0.0.1', mine: 'x' });
});

test('equal tags are one object, and a change of the wanted tags is seen', async () => {
  const { host, http } = begin();
  await http.get('http://a/');
  await http.get('http://a/');
  host.http = { ...host.http, systemTags: new Set(['status']) };
  await http.get('http://a/');
  const [first, second, third] = host.requestedAll.map(({ tags }) => tags);
  assert.equal(first, second);
  assert.deepEqual(third, { status: '200' });
});

test('a script says which statuses it expects, for all requests or for one', async () => {
  const { host, http } = begin(({ url }) => ({ status: Number(url.slice(-3)) }));
  const odd = http.expectedStatuses(418, { min: 500, max: 502 });
  http.setResponseCallback(odd);
  for (const status of [418, 500, 502, 503, 200]) await http.get(`http://a/${status}`);
  await http.get('http://a/503', { responseCallback: http.expectedStatuses(503) });
  assert.deepEqual(
    host.requestedAll.map(({ failed }) => failed),
    [false, false, false, true, true, false],
  );
  assert.equal(host.requestedAll[0]?.tags['expected_response'], 'true');
});

test('the host is told beforehand what is known of the tags, and what is expected', async () => {
  const { host, http } = begin(() => ({ status: 401, headers: [['WWW-Authenticate', 'Digest realm="r", nonce="n", qop="auth"']] }));
  await http.get('http://a/1', {
    tags: { name: 'item', kind: 'api' },
    responseCallback: http.expectedStatuses(200, { min: 400, max: 404 }),
  });
  await http.post('http://a/2', 'x', { responseCallback: null });
  await http.get('http://me:pw@a/3', { auth: 'digest' });
  host.http = { ...host.http, systemTags: new Set(['status', 'method']) };
  await http.get('http://a/4');
  assert.deepEqual(
    host.requests.map(({ tags, expected }) => ({ tags, expected })),
    [
      {
        tags: { method: 'GET', name: 'item', url: 'item', kind: 'api' },
        expected: [
          [200, 200],
          [400, 404],
        ],
      },
      { tags: { method: 'POST', name: 'http://a/2', url: 'http://a/2' }, expected: undefined },
      {
        tags: { method: 'GET', name: 'http://a/3', url: 'http://a/3' },
        expected: [
          [200, 399],
          [401, 401],
        ],
      },
      { tags: { method: 'GET', name: 'http://a/3', url: 'http://a/3' }, expected: [[200, 399]] },
      { tags: { method: 'GET' }, expected: [[200, 399]] },
    ],
  );
});

test('with null nothing is expected, nor the contrary', async () => {
  const { host, http } = begin(() => ({ status: 500 }));
  await http.get('http://a/', { responseCallback: null });
  http.setResponseCallback(null);
  await http.get('http://a/');
  for (const { failed, tags } of host.requestedAll) {
    assert.equal(failed, undefined);
    assert.equal(tags['expected_response'], undefined);
  }
});

test('statuses that are none are refused', () => {
  const { http } = begin();
  assert.throws(() => http.expectedStatuses(), /needs at least one status/);
  assert.throws(() => http.expectedStatuses(200, '404'), /argument 2 is neither a status/);
  assert.throws(() => http.expectedStatuses({ min: 200 }), /argument 1/);
  assert.throws(() => http.setResponseCallback(() => true), /what http.expectedStatuses\(\) gives, or null/);
});
