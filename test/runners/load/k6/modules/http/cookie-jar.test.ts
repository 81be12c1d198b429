import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSetCookie } from '../../../../../../runners/load/k6/modules/http/cookie.ts';
import { CookieJar } from '../../../../../../runners/load/k6/modules/http/cookie-jar.ts';
import { parseUrl } from '../../../../../../runners/load/k6/modules/http/url.ts';

function jarWith(url: string, ...headers: string[]): CookieJar {
  const jar = new CookieJar();
  add(jar, url, ...headers);
  return jar;
}

function add(jar: CookieJar, url: string, ...headers: string[]): void {
  for (const header of headers) {
    const cookie = parseSetCookie(header);
    if (cookie) jar.keep(parseUrl(url) ?? assert.fail(), cookie);
  }
}

test('a cookie goes back to its host alone, unless it says a domain', () => {
  const jar = jarWith('http://www.example.org/', 'own=1', 'wide=2; Domain=.example.org');
  assert.deepEqual(jar.cookiesForURL('http://www.example.org/'), { own: ['1'], wide: ['2'] });
  assert.deepEqual(jar.cookiesForURL('http://api.example.org/'), { wide: ['2'] });
  assert.deepEqual(jar.cookiesForURL('http://example.com/'), {});
});

test('a host cannot set a cookie for another, nor an address for a part of itself', () => {
  assert.deepEqual(jarWith('http://evil.example/', 'a=1; Domain=example.org').cookiesForURL('http://example.org/'), {});
  assert.deepEqual(jarWith('http://127.0.0.1/', 'a=1; Domain=0.0.1').cookiesForURL('http://10.0.0.1/'), {});
  assert.deepEqual(jarWith('http://127.0.0.1/', 'a=1; Domain=127.0.0.1').cookiesForURL('http://127.0.0.1/'), { a: ['1'] });
});

test('a path holds for what is below it, and without one for the directory of the page', () => {
  const jar = jarWith('http://a/shop/cart', 'said=1; Path=/shop', 'own=2');
  assert.deepEqual(jar.cookiesForURL('http://a/shop'), { said: ['1'], own: ['2'] });
  assert.deepEqual(jar.cookiesForURL('http://a/shop/x'), { said: ['1'], own: ['2'] });
  assert.deepEqual(jar.cookiesForURL('http://a/shopping'), {});
  assert.deepEqual(jar.cookiesForURL('http://a/'), {});
});

test('cookies of the longest path come first', () => {
  const jar = jarWith('http://a/x/y', 'wide=1; Path=/', 'near=2; Path=/x');
  assert.deepEqual(jar.sentTo(parseUrl('http://a/x/y') ?? assert.fail()), [
    ['near', '2'],
    ['wide', '1'],
  ]);
});

test('a secure cookie goes over https only', () => {
  const jar = jarWith('https://a/', 's=1; Secure');
  assert.deepEqual(jar.cookiesForURL('http://a/'), {});
  assert.deepEqual(jar.cookiesForURL('https://a/'), { s: ['1'] });
});

test('a cookie ends by Max-Age before Expires, and one that has ended deletes its forerunner', () => {
  const jar = jarWith(
    'http://a/',
    'a=1',
    'b=2; Expires=Wed, 21-Oct-2015 07:28:00 GMT',
    'c=3; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60',
  );
  assert.deepEqual(jar.cookiesForURL('http://a/'), { a: ['1'], c: ['3'] });
  add(jar, 'http://a/', 'a=; Max-Age=0', 'c=3; Max-Age=-1');
  assert.deepEqual(jar.cookiesForURL('http://a/'), {});
});

test('scripts set, clear and delete cookies by URL', () => {
  const jar = new CookieJar();
  jar.set('http://a/x', 'one', '1', { path: '/', max_age: 60 });
  jar.set('http://a/x', 'two', '2');
  jar.set('http://b/', 'three', '3');
  jar.set('http://a/', 'gone', '4', { expires: 'Thu, 01 Jan 1970 00:00:00 GMT' });
  assert.deepEqual(jar.cookiesForURL('http://a/x'), { one: ['1'], two: ['2'] });
  jar.delete('http://a/', 'one');
  assert.deepEqual(jar.cookiesForURL('http://a/x'), { two: ['2'] });
  jar.clear('http://a/x');
  assert.deepEqual(jar.cookiesForURL('http://a/x'), {});
  assert.deepEqual(jar.cookiesForURL('http://b/'), { three: ['3'] });
});

test('what is no cookie is refused', () => {
  const jar = new CookieJar();
  assert.throws(() => jar.set('nowhere', 'a', '1'), /'nowhere' is no URL/);
  assert.throws(() => jar.set('http://a/', 'a b', '1'), /'a b' is no name for a cookie/);
  assert.throws(() => jar.set('http://a/', 'a', '1', { expires: 'soon' }), /expires 'soon' is no date/);
  for (const header of ['', '=x', 'no pair', 'a b=1', `a=${'x'.repeat(5000)}`]) assert.equal(parseSetCookie(header), undefined);
});

test('a jar holds 3000 cookies and lets the first go', () => {
  const jar = new CookieJar();
  for (let index = 0; index < 3001; index += 1) jar.set('http://a/', `c${index}`, 'x');
  const cookies = jar.cookiesForURL('http://a/');
  assert.equal(Object.keys(cookies).length, 3000);
  assert.equal(cookies['c0'], undefined);
});
