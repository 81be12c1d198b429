import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseUrl } from '../../../../runners/load/transport/origin.ts';

function parsed(text: string) {
  const address = parseUrl(text);
  return 'problem' in address ? assert.fail(address.problem) : address;
}

test('a URL says where to go and what to ask for, and a fragment is left out', () => {
  const { origin, target, userinfo } = parsed('HTTPS://Example.test:443/a b/ü?q=%20#f');
  assert.deepEqual(
    [origin.secure, origin.hostname, origin.port, origin.text, origin.authority, userinfo],
    [true, 'example.test', 443, 'https://example.test', 'example.test', ''],
  );
  assert.equal(target, '/a%20b/%C3%BC?q=%20');
  assert.equal(parsed('http://h').target, '/');
  assert.equal(parsed('http://h?q').target, '/?q');
  assert.equal(parsed('http://h/\ud800').target, '/%EF%BF%BD');
});

test('IPv6 is dialled without its brackets and named with them', () => {
  const { origin } = parsed('http://[::1]:8080/x');
  assert.deepEqual([origin.hostname, origin.port, origin.authority], ['::1', 8080, '[::1]:8080']);
});

test('a user and a password are handed on, decoded', () => {
  assert.equal(parsed('http://me:p%40ss@h/').userinfo, 'me:p@ss');
});

test('a Unix socket is named by its path, each slash as %2F', () => {
  const { origin, target } = parsed('http+unix://%2Frun%2Fapp.sock/path?q');
  assert.deepEqual(
    [origin.socketPath, origin.secure, origin.authority, origin.text, target],
    ['/run/app.sock', false, 'localhost', 'http+unix://%2Frun%2Fapp.sock', '/path?q'],
  );
  assert.equal(parsed('https+unix://%2Fs').origin.secure, true);
});

test('what is no URL for load is told, with what to write', () => {
  for (const text of [
    '',
    'h/x',
    'ftp://h/',
    'http://',
    'http://h:99999/',
    'http://a b/',
    'http+unix://app.sock/',
    `http+unix://${'%2Fx'.repeat(60)}/`,
  ]) {
    const address = parseUrl(text);
    assert.ok('problem' in address && address.hint.startsWith('write it like http'), text);
  }
});
