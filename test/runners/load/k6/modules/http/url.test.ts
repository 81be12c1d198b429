import assert from 'node:assert/strict';
import { test } from 'node:test';
import { credentialsOf, parseUrl, resolveUrl, urlText } from '../../../../../../runners/load/k6/modules/http/url.ts';

const textOf = (text: string) => {
  const url = parseUrl(text);
  return url && urlText(url);
};

test('a URL keeps its path as it is written, dots and escapes included', () => {
  for (const text of ['http://a/b/../c?x=%41&y=1', 'https://a.example:8443/', 'http://[::1]:8080/x', 'http://a/?q', 'http://a/b//c'])
    assert.equal(textOf(text), text);
  assert.equal(textOf('http://a'), 'http://a/');
  assert.equal(textOf('http://a?x=1'), 'http://a/?x=1');
  assert.equal(textOf('HTTP://A.Example/B#fragment'), 'http://a.example/B');
});

test('what a request line cannot hold is percent-encoded, lone surrogates too', () => {
  assert.equal(textOf('http://a/ä b?c=d e'), 'http://a/%C3%A4%20b?c=d%20e');
  assert.equal(textOf('http://a/\ud800'), 'http://a/%EF%BF%BD');
  assert.equal(textOf('http://a/x\r\nHost: b'), 'http://a/x%0D%0AHost:%20b');
});

test('what no web server can be asked for is no URL', () => {
  const wrong = [
    '',
    'a',
    '/path',
    'ftp://a/',
    'http://',
    'http:///x',
    'http://a:99999/',
    'http://a b/',
    'http://a\\@b/',
    'javascript:alert(1)',
    'http://[x]/',
  ];
  for (const text of wrong) assert.equal(parseUrl(text), undefined, text);
});

test('name and password are taken out of the URL and decoded', () => {
  const url = parseUrl('http://me%40home:se%3Acret@a/x');
  assert.ok(url);
  assert.equal(urlText(url), 'http://a/x');
  assert.deepEqual(credentialsOf(url), { name: 'me@home', password: 'se:cret' });
  assert.deepEqual(credentialsOf(parseUrl('http://me@a/') ?? assert.fail()), { name: 'me', password: '' });
  assert.equal(credentialsOf(parseUrl('http://a/@') ?? assert.fail()), undefined);
});

test('references resolve as RFC 3986, 5.4 has them', () => {
  const base = parseUrl('http://a/b/c/d;p?q') ?? assert.fail();
  const expected: Record<string, string> = {
    g: 'http://a/b/c/g',
    './g': 'http://a/b/c/g',
    'g/': 'http://a/b/c/g/',
    '/g': 'http://a/g',
    '//g': 'http://g/',
    '?y': 'http://a/b/c/d;p?y',
    'g?y': 'http://a/b/c/g?y',
    '#s': 'http://a/b/c/d;p?q',
    ';x': 'http://a/b/c/;x',
    '': 'http://a/b/c/d;p?q',
    '.': 'http://a/b/c/',
    './': 'http://a/b/c/',
    '..': 'http://a/b/',
    '../g': 'http://a/b/g',
    '../..': 'http://a/',
    '../../../g': 'http://a/g',
    '/./g': 'http://a/g',
    'g;x=1/../y': 'http://a/b/c/y',
    'http://b/x': 'http://b/x',
  };
  for (const [reference, text] of Object.entries(expected)) {
    const url = resolveUrl(base, reference);
    assert.equal(url && urlText(url), text, `'${reference}'`);
  }
  assert.equal(resolveUrl(base, 'mailto:me@a'), undefined);
});

test('credentials stay for a reference on the same host and go for an absolute one', () => {
  const base = parseUrl('http://me:pw@a/b') ?? assert.fail();
  assert.equal(resolveUrl(base, '/c')?.credentials, 'me:pw');
  assert.equal(resolveUrl(base, 'http://a/c')?.credentials, undefined);
});
