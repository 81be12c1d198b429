// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is how a request names its data
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FiredrillError } from '../../../../runners/failure.ts';
import type { Source } from '../../../../runners/load/requests/data.ts';
import { prepareRequest } from '../../../../runners/load/requests/request-template.ts';
import { Slots, Values } from '../../../../runners/load/requests/values.ts';
import { scenarioOf } from '../support.ts';

const video: Source = { columns: [''], unique: undefined, draw: () => ['a b/ü'] };
const user: Source = { columns: ['email', 'address.city'], unique: undefined, draw: () => ['"q"@example.test', 'São Paulo'] };
const slots = new Slots(
  new Map([
    ['video', video],
    ['user', user],
  ]),
  ['token'],
);
const values = new Values(slots, 3);

function prepare(request: Parameters<typeof scenarioOf>[0]['requests'] extends (infer Each)[] | undefined ? Each : never) {
  const scenario = scenarioOf({ requests: [request] });
  const [first] = scenario.requests;
  assert.ok(first);
  const prepared = prepareRequest(first, { name: scenario.name, timeoutMs: 5000, redirects: 0, cookies: false }, slots);
  return { ...prepared, message: () => prepared.message(values) };
}

test('a request without data is one buffer for the whole run', () => {
  const prepared = prepare({ url: 'http://127.0.0.1:8080/manifest?x=1#fragment', headers: { 'x-region': 'sa' } });
  assert.equal(
    String(prepared.message().http1),
    'GET /manifest?x=1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: firedrill\r\nx-region: sa\r\n\r\n',
  );
  assert.equal(prepared.message().http1, prepared.message().http1);
});

test('data is escaped in the URL, kept in one line in headers, and as it is in the body, whose length is its own', () => {
  const prepared = prepare({
    url: 'http://h/v/${video}',
    method: 'POST',
    headers: { 'x-video': '${video}', 'user-agent': 'mine' },
    body: '{"video":"${video}"}',
  });
  assert.equal(
    String(prepared.message().http1),
    'POST /v/a%20b%2F%C3%BC HTTP/1.1\r\nHost: h\r\nx-video: a b/ü\r\nuser-agent: mine\r\nContent-Length: 18\r\n\r\n{"video":"a b/ü"}',
  );
});

test('a POST without a body says so, a GET says nothing', () => {
  assert.match(prepare({ url: 'http://h', method: 'POST' }).message().http1?.toString() ?? '', /^POST \/ .*Content-Length: 0\r\n\r\n$/s);
  assert.doesNotMatch(prepare({ url: 'http://h?q' }).message().http1?.toString() ?? '', /Content-Length/);
});

test('the origin holds what is dialled: default ports, and IPv6 without its brackets', () => {
  assert.deepEqual(prepare({ url: 'https://[::1]/x' }).origin, {
    secure: true,
    hostname: '::1',
    port: 443,
    text: 'https://[::1]',
    authority: '[::1]',
    socketPath: undefined,
  });
  assert.equal(prepare({ url: 'http://example.test' }).origin.port, 80);
});

test('what cannot be sent is refused with the reason', () => {
  const refused: [Parameters<typeof prepare>[0], RegExp][] = [
    [{ url: 'not a url' }, /'not a url' is not a URL/],
    [{ url: 'ftp://h/x' }, /is not a URL that load can be sent to/],
    [{ url: 'http://h:99999/' }, /is not a URL/],
    [{ url: 'http://${video}/' }, /is not a URL/],
    [{ url: 'http://user:secret@h/' }, /holds a user name/],
    [{ url: 'http://h/', headers: { 'bad name': 'x' } }, /'bad name' is not a header/],
    [{ url: 'http://h/', headers: { x: 'a\r\nInjected: 1' } }, /'x' is not a header/],
    [{ url: 'http://h/', headers: { 'Content-Length': '3' } }, /Content-Length is set by firedrill/],
  ];
  for (const [request, message] of refused) {
    assert.throws(
      () => prepare(request),
      (error) => error instanceof FiredrillError && error.exitCode === 3 && message.test(error.message),
      String(message),
    );
  }
});

test('a password in a URL does not appear in the refusal', () => {
  for (const url of ['http://user:secret@h/', 'http://user:to/secret@h/', 'http://user:p$@secret@h/']) {
    assert.throws(
      () => prepare({ url }),
      (error) => error instanceof FiredrillError && !error.message.includes('secret'),
      url,
    );
  }
});

test('a column comes by its name, what was extracted as long as the iteration lasts, and numbers are the virtual user’s own', () => {
  values.begin(7);
  const prepared = prepare({ url: 'http://h/${user.address.city}/${__VU}/${__ITER}', headers: { authorization: 'Bearer ${token}' } });
  assert.match(String(prepared.message().http1), /^GET \/S%C3%A3o%20Paulo\/3\/7 HTTP.*authorization: Bearer \r\n/s);
  values.keep('token', 'abc');
  assert.match(String(prepared.message().http1), /authorization: Bearer abc\r\n/);
  values.begin(8);
  assert.match(String(prepared.message().http1), /\/3\/8 HTTP.*authorization: Bearer \r\n/s);
});

test('what is no name of the scenario was escaped, and is sent as it is', () => {
  const prepared = prepare({ url: 'http://h/', method: 'POST', body: '${nothing} of ${video}' });
  assert.match(String(prepared.message().http1), /\r\n\r\n\$\{nothing\} of a b\/ü$/);
});

test('JSON stays JSON whatever the data, and has its own Content-Type', () => {
  const prepared = prepare({
    url: 'http://h/',
    method: 'POST',
    json: { to: '${user.email}', tags: ['a', 1, null], deep: { '${video}': true } },
  });
  const [head = '', body = ''] = String(prepared.message().http1).split('\r\n\r\n');
  assert.deepEqual(JSON.parse(body), { to: '"q"@example.test', tags: ['a', 1, null], deep: { 'a b/ü': true } });
  assert.match(head, /Content-Type: application\/json\r\n/);
});

test('the fields of a form are escaped, data and text alike', () => {
  const prepared = prepare({ url: 'http://h/', method: 'POST', form: { 'e mail': '${user.email}', note: 'a+b & c' } });
  const [head = '', body = ''] = String(prepared.message().http1).split('\r\n\r\n');
  assert.deepEqual(
    [...new URLSearchParams(body)],
    [
      ['e mail', '"q"@example.test'],
      ['note', 'a+b & c'],
    ],
  );
  assert.match(head, /Content-Type: application\/x-www-form-urlencoded\r\n/);
});

test('text that UTF-8 cannot hold, as a target may send it, is sent with a sign in its place', () => {
  values.begin(0);
  values.keep('token', 'half \ud83d pair');
  const sent = String(prepare({ url: 'http://h/${token}', method: 'POST', form: { token: '${token}' } }).message().http1);
  assert.match(sent, /^POST \/half%20%EF%BF%BD%20pair .*\r\n\r\ntoken=half\+%EF%BF%BD\+pair$/s);
});

test('a Content-Type that is written counts', () => {
  const prepared = prepare({ url: 'http://h/', method: 'POST', headers: { 'content-type': 'application/vnd.api+json' }, json: [] });
  assert.equal(String(prepared.message().http1).match(/content-type/gi)?.length, 1);
});

test('a file is sent as it is, and its bytes are not copied', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'firedrill-body-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'logo.bin'), Buffer.from([0, 255, 13, 10]));
  const prepared = prepare({ url: 'http://h/', method: 'PUT', 'body-file': join(folder, 'logo.bin') });
  const { body, http1 } = prepared.message();
  assert.deepEqual([body && [...Buffer.from(body)], http1], [[0, 255, 13, 10], undefined]);
  assert.equal(prepared.message().body, body);
});

test('a body of a gigabyte is refused, with the limit', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'firedrill-body-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'huge.bin');
  writeFileSync(path, '');
  truncateSync(path, 2 ** 30);
  assert.throws(
    () => prepare({ url: 'http://h/', method: 'PUT', 'body-file': path }),
    (error) => error instanceof FiredrillError && error.exitCode === 3 && /huge.bin has 1 GiB; the limit is 16 MiB/.test(error.message),
  );
});

test('what is looked at decides how much of the answer is kept', () => {
  const keep = (request: Parameters<typeof prepare>[0]) => prepare({ url: 'http://h/', ...request }).keep;
  assert.deepEqual(
    [
      keep({}),
      keep({ checks: { fine: { status: 200 } } }),
      keep({ redirects: 3 }),
      keep({ extract: { id: { header: 'Location' } } }),
      keep({ extract: { id: { json: '$.id' } } }),
      keep({ checks: { fine: { 'body-matches': 'ok' } } }),
    ],
    ['nothing', 'head', 'head', 'head', 'body', 'body'],
  );
});
