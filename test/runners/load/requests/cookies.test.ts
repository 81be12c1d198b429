import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COOKIES_MAX, Cookies } from '../../../../runners/load/requests/cookies.ts';

const PAGE = 'http://shop.test/items/7';

test('what an answer sets goes back to its host and path, until it is forgotten', () => {
  const cookies = new Cookies();
  assert.equal(cookies.header(PAGE), undefined);
  cookies.keep(PAGE, ['session=a1; Path=/', 'theme=dark; Path=/items', 'gone=x; Max-Age=0']);
  assert.deepEqual(cookies.header(PAGE)?.split('; ').sort(), ['session=a1', 'theme=dark']);
  assert.equal(cookies.header('http://shop.test/'), 'session=a1');
  assert.equal(cookies.header('http://other.test/'), undefined);
  cookies.clear();
  assert.equal(cookies.header(PAGE), undefined);
});

test('what is no cookie, or another host’s to set, is ignored', () => {
  const cookies = new Cookies();
  cookies.keep(PAGE, ['', ';;', 'a=1; Domain=other.test', 'b=2; Domain=test']);
  assert.equal(cookies.header(PAGE), undefined);
});

test('a server that sets ever new cookies fills no memory; those that are kept can still be set anew', () => {
  const cookies = new Cookies();
  for (let index = 0; index < 3 * COOKIES_MAX; index += 1) cookies.keep(PAGE, [`c${index}=old; Path=/`]);
  cookies.keep(PAGE, ['c0=new; Path=/']);
  const kept = cookies.header(PAGE)?.split('; ') ?? [];
  assert.deepEqual([kept.length, kept.includes('c0=new')], [COOKIES_MAX, true]);
});
