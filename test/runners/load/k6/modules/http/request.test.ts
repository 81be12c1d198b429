import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { bodyOf, sent } from '../../fake-host.ts';
import { begin } from './support.ts';

const URL = 'http://a.example/x';

test('each verb sends its method, and those without a body take params second', async () => {
  const { host, http } = begin();
  const params = { headers: { X: '1' } };
  await http.get(URL, params);
  await http.head(URL, params);
  await http.post(URL, 'b', params);
  await http.put(URL, 'b', params);
  await http.patch(URL, 'b', params);
  await http.del(URL, 'b', params);
  await http.options(URL, 'b', params);
  await http.query(URL, 'b', params);
  await http.request('report', URL, 'b', params);
  await http.asyncRequest('GET', URL, null, params);
  assert.deepEqual(
    host.requests.map(({ method, body }) => [method, body]),
    [
      ['GET', undefined],
      ['HEAD', undefined],
      ['POST', 'b'],
      ['PUT', 'b'],
      ['PATCH', 'b'],
      ['DELETE', 'b'],
      ['OPTIONS', 'b'],
      ['QUERY', 'b'],
      ['REPORT', 'b'],
      ['GET', undefined],
    ],
  );
  for (const request of host.requests) assert.deepEqual(sent(request, 'x'), ['1']);
});

test('an object goes as a form, sorted by name, with lists repeated and nothing as empty', async () => {
  const { host, http } = begin();
  await http.post(URL, { tag: ['one', null, 2], name: 'Ann & Bob', café: undefined, ok: true });
  assert.equal(bodyOf(host.requests[0]), 'caf%C3%A9=&name=Ann+%26+Bob&ok=true&tag=one&tag=&tag=2');
  assert.deepEqual(sent(host.requests[0], 'content-type'), ['application/x-www-form-urlencoded']);
  assert.deepEqual(host.logs, []);
});

test('a form cannot carry objects: they are sent empty, with a warning', async () => {
  const { host, http } = begin();
  await http.post(URL, { a: { deep: 1 }, b: [[1], 'x'] });
  assert.equal(bodyOf(host.requests[0]), 'a=&b=&b=x');
  assert.deepEqual(
    host.logs.map((line) => line.slice(0, 28)),
    ["warn: the field 'a' of a for", "warn: the field 'b' of a for"],
  );
});

test("a script's own Content-Type wins over the form's", async () => {
  const { host, http } = begin();
  await http.post(URL, { a: 1 }, { headers: { 'content-type': 'text/odd' } });
  assert.deepEqual(sent(host.requests[0], 'content-type'), ['text/odd']);
});

test('bytes go as they are, from a buffer and from a view of a part of one', async () => {
  const { host, http } = begin();
  const bytes = Uint8Array.from([0, 255, 1, 2]);
  await http.post(URL, bytes.buffer);
  await http.post(URL, bytes.subarray(1, 3));
  assert.deepEqual(
    host.requests.map(({ body }) => [...(body as Uint8Array)]),
    [
      [0, 255, 1, 2],
      [255, 1],
    ],
  );
});

test('a file makes the form multipart', async () => {
  const { host, http } = begin();
  await http.post(URL, { title: 'My "photo"', 'a"b': ['1', '2'], photo: http.file(Uint8Array.from([1, 2]).buffer, 'p.png', 'image/png') });
  const boundary = `firedrill-${'ab'.repeat(16)}`;
  assert.deepEqual(sent(host.requests[0], 'content-type'), [`multipart/form-data; boundary=${boundary}`]);
  const part = (head: string, content: string) => `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
  assert.equal(
    bodyOf(host.requests[0]),
    [
      part('name="title"', 'My "photo"'),
      part('name="a%22b"', '1'),
      part('name="a%22b"', '2'),
      part('name="photo"; filename="p.png"\r\nContent-Type: image/png', '\u0001\u0002'),
      `--${boundary}--\r\n`,
    ].join(''),
  );
  const { filename, content_type } = http.file('text');
  assert.match(filename, /^\d+$/);
  assert.equal(content_type, 'application/octet-stream');
});

test('a body is compressed once for each encoding, and says so', async () => {
  const { host, http } = begin();
  await http.post(URL, 'text', { compression: 'gzip', headers: { 'Content-Encoding': 'wrong' } });
  await http.post(URL, 'text', { compression: 'br, zstd' });
  await http.post(URL, null, { compression: 'gzip' });
  assert.equal(gunzipSync(host.requests[0]?.body as Uint8Array).toString(), 'text');
  assert.equal(bodyOf(host.requests[1]), 'zstd:br:text');
  assert.deepEqual(
    host.requests.map((request) => sent(request, 'content-encoding')),
    [['gzip'], ['br, zstd'], []],
  );
});

test('the user agent is the test’s, the script’s, or none', async () => {
  const { host, http } = begin();
  await http.get(URL);
  await http.get(URL, { headers: { 'user-agent': 'mine' } });
  host.http = { ...host.http, userAgent: '' };
  await http.get(URL);
  assert.deepEqual(
    host.requests.map((request) => sent(request, 'user-agent')),
    [['firedrill'], ['mine'], []],
  );
});

test('a timeout is 60 s, ms, or a duration, and spans the redirects', async () => {
  const { host, http } = begin((_, index) => {
    host.facts = { ...host.facts, testMs: host.facts.testMs + 100 };
    return index === 3 ? { status: 302, headers: [['Location', '/y']] } : {};
  });
  await http.get(URL);
  await http.get(URL, { timeout: 500 });
  await http.get(URL, { timeout: '1m30s' });
  await http.get(URL, { timeout: '250ms' });
  assert.deepEqual(
    host.requests.map(({ timeoutMs }) => timeoutMs),
    [60_000, 500, 90_000, 250, 150],
  );
});

test('the name and password of a URL become Basic, unless the script sends an Authorization', async () => {
  const { host, http } = begin();
  await http.get('http://me:p%40ss@a.example/x');
  await http.get('http://me:pw@a.example/x', { headers: { Authorization: 'Bearer t' } });
  assert.equal(host.requests[0]?.url, URL);
  assert.deepEqual(sent(host.requests[0], 'authorization'), [`Basic ${Buffer.from('me:p@ss').toString('base64')}`]);
  assert.deepEqual(sent(host.requests[1], 'authorization'), ['Bearer t']);
});

test('parameters that are none are refused by name', async () => {
  const { http } = begin();
  const refused: [Record<string, unknown>, RegExp][] = [
    [{ timeout: 'soon' }, /timeout 'soon' is no duration/],
    [{ redirects: -1 }, /redirects '-1' is no count/],
    [{ auth: 'ntlm' }, /auth 'ntlm' is not supported/],
    [{ auth: 'magic' }, /auth 'magic' is not known/],
    [{ compression: 'gzip, zip' }, /compression 'zip' is not known; use gzip, deflate, br, zstd/],
    [{ responseType: 'json' }, /responseType 'json' is not known; use text, binary, none/],
    [{ responseCallback: 200 }, /what http.expectedStatuses\(\) gives/],
    [{ headers: { 'a b': '1' } }, /'a b' is not a header that HTTP can carry/],
    [{ headers: { a: '1\r\nHost: b' } }, /the header 'a' holds a line break/],
    [{ cookies: { 'a;b': '1' } }, /'a;b' is no name for a cookie/],
    [{ tags: { a: {} } }, /the tag 'a' must be/],
  ];
  for (const [params, message] of refused) await assert.rejects(http.get(URL, params), message);
  await assert.rejects(http.get(URL, 'params'), /params are an object, not a string/);
  await assert.rejects(http.post(URL, 5), /body is a text, an ArrayBuffer or an object, not a number/);
  await assert.rejects(http.request('GET /', URL), /'GET \/' is not a method/);
});

test('nothing is sent in the init context', async () => {
  const { host, http } = begin();
  host.inInit = true;
  await assert.rejects(http.get(URL), /requests cannot be made in the init context/);
  assert.equal(host.requests.length, 0);
});

test('a URL that is none is an answer without a request: status 0 and error code 1020, or an error where the test throws', async () => {
  const { host, http } = begin();
  const response = await http.get('nowhere');
  assert.deepEqual([response.status, response.error_code, response.body], [0, 1020, null]);
  assert.match(response.error, /'nowhere' is not a URL/);
  assert.deepEqual([host.requests.length, host.requestedAll.length, host.logs.length], [0, 0, 1]);
  host.http = { ...host.http, throws: true };
  await assert.rejects(http.get('nowhere'), /'nowhere' is not a URL/);
});

test('a batch gives a list for a list and an object for an object', async () => {
  const { host, http } = begin(({ url }) => ({ body: url }));
  const list = await http.batch([
    'http://a/1',
    ['POST', 'http://a/2', 'b', { headers: { X: '1' } }],
    { url: http.url`http://a/${3}` },
    'nowhere',
  ]);
  assert.ok(Array.isArray(list));
  assert.deepEqual(
    list.map(({ body }) => body),
    ['http://a/1', 'http://a/2', 'http://a/3', null],
  );
  assert.deepEqual(
    host.requests.map(({ method, body }) => [method, body]),
    [
      ['GET', undefined],
      ['POST', 'b'],
      ['GET', undefined],
    ],
  );
  const named = await http.batch({ front: 'http://a/front', back: { method: 'DELETE', url: 'http://a/back' } });
  assert.ok(!Array.isArray(named));
  assert.deepEqual(Object.keys(named), ['front', 'back']);
  assert.equal(named['back']?.request.method, 'DELETE');
  await assert.rejects(http.batch(['http://a/', 5]), /request '1' is neither a URL/);
  await assert.rejects(http.batch('http://a/'), /takes a list or an object/);
});
