// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is how a request names its data
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FiredrillError } from '../../../../runners/failure.ts';
import { prepareRequest } from '../../../../runners/load/requests/request-template.ts';
import { scenarioOf } from '../support.ts';

const draws = new Map([['video', () => 'a b/ü']]);

function prepare(request: Parameters<typeof scenarioOf>[0]['requests'] extends (infer Each)[] | undefined ? Each : never) {
  const scenario = scenarioOf({ requests: [request] });
  const [first] = scenario.requests;
  assert.ok(first);
  return prepareRequest(first, scenario, draws);
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
    [{ url: 'http://h/${nothing}' }, /url uses \$\{nothing\}, which data does not declare \(declared: video\)/],
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
  assert.throws(
    () => prepare({ url: 'http://user:secret@h/' }),
    (error) => error instanceof FiredrillError && !error.message.includes('secret'),
  );
});
