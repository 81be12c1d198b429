/** Scripts that go through what k6 offers, so that both paths can be held against each other. */
import type { Files } from '../transform/fake-host.ts';

export const SURFACE_SCRIPTS: Readonly<Record<string, Files | string>> = {
  'requests of every kind': `
import http from 'k6/http';
export default function () {
  const base = __ENV.BASE;
  http.get(base + '/get?q=ü', { headers: { 'X-A': '1' }, tags: { kind: 'a' } });
  http.post(base + '/form', { a: 1, b: ['x', 'y'] });
  http.put(base + '/json', JSON.stringify({ a: 'ü' }), { headers: { 'Content-Type': 'application/json' } });
  http.patch(base + '/bytes', new Uint8Array([0, 255, 10]).buffer);
  http.del(base + '/gone'); http.head(base + '/head'); http.options(base + '/options'); http.request('QUERY', base + '/query', 'x');
  http.post(base + '/upload', { field: 'text', file: http.file(new Uint8Array([1, 0, 2]).buffer, 'a.bin') });
  const named = http.get(http.url\`\${base}/item/\${__ITER}\`);
  console.log(named.url, named.status, named.request.method, Object.keys(named.headers));
}`,
  'a connection by WebSocket, whose handlers wait': `
import ws from 'k6/ws';
import http from 'k6/http';
import { sleep } from 'k6';
export default function () {
  const heard = [];
  const response = ws.connect('ws://t/chat', { headers: { 'X-A': '1' }, tags: { room: 'one' }, compression: 'deflate' }, (socket) => {
    socket.on('open', () => { heard.push('open'); socket.ping(); socket.send('grüße\\0\\n'); });
    socket.on('pong', () => heard.push('pong'));
    socket.on('message', (text) => { heard.push(http.get('http://t/' + encodeURIComponent(text)).status, text); socket.sendBinary(new Uint8Array([0, 255]).buffer); });
    socket.on('binaryMessage', (bytes) => { sleep(0.001); heard.push(bytes.byteLength, new Uint8Array(bytes)[1]); socket.setTimeout(() => socket.send('bye'), 1); });
    socket.on('close', (code) => heard.push(code));
  });
  console.log(response.status, response.headers['X-A'], heard.join('|'));
}`,
  'a batch as list and as object': `
import http from 'k6/http';
export default function () {
  const list = http.batch(['http://t/1', ['POST', 'http://t/2', 'body'], { method: 'PUT', url: 'http://t/3', body: new Uint8Array([7, 8]).buffer }]);
  const map = http.batch({ one: 'http://t/one', two: { url: 'http://t/two' } });
  console.log(list.map((r) => r.json('id')), map.one.url, map.two.body.length);
}`,
  'bodies that are text, JSON, bytes and none': `
import http from 'k6/http';
export default function () {
  const res = http.get('http://t/x');
  console.log(res.body, res.json().items.length, res.json('links.1'), res.json('items.#'), res.timings.duration, res.proto, res.remote_ip);
  const bytes = http.get('http://t/x', { responseType: 'binary' }).body;
  console.log(bytes.byteLength, new Uint8Array(bytes)[0], http.get('http://t/x', { responseType: 'none' }).body);
  console.log(JSON.stringify(res));
}`,
  'checks, groups, tags and metrics': `
import { check, group, sleep, fail, randomSeed } from 'k6';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
import exec from 'k6/execution';
import http from 'k6/http';
const count = new Counter('my_count'), gauge = new Gauge('my_gauge'), rate = new Rate('my_rate'), trend = new Trend('my_trend', true);
export default function () {
  exec.vu.tags.shop = 'a';
  exec.vu.metrics.tags = { shop: 'b', other: 3 };
  group('outer', () => group('inner', () => { check(http.get('http://t/'), { ok: (r) => r.status === 200, no: () => false }, { more: 1 }); sleep(0.25); }));
  count.add(1); gauge.add(2.5, { x: 'y' }); rate.add(true); trend.add(12); count.add('no number');
  console.log(Object.keys(exec.vu.tags).sort(), exec.vu.tags.shop, exec.vu.idInTest, exec.vu.iterationInInstance, exec.scenario.name, exec.test.options, 'group' in exec.vu.tags);
  delete exec.vu.tags.other;
  try { check(1, { bad: () => { throw new Error('in a check'); } }); } catch (e) { console.log(e.message); }
  try { exec.vu.tags.bad = {}; } catch (e) { console.log(e.message); }
  randomSeed(7); console.log(Math.random(), Math.random());
  exec.test.fail('enough');
  fail('on purpose');
}`,
  'names and values of any characters': `
import { check, group } from 'k6';
import { Trend } from 'k6/metrics';
import exec from 'k6/execution';
const trend = new Trend('of_any');
export default function () {
  exec.vu.tags['a\\nb "c'] = 'x\\u0000y\\nz'; exec.vu.metrics.metadata['m\\n'] = 'ü';
  console.log(Object.entries(exec.vu.tags), 'a\\nb "c' in exec.vu.tags, exec.vu.metrics.metadata['m\\n']);
  group('sh\\nop ü', () => check(1, { 'a\\u0000b\\n': true, 'ü😀': () => 0, '': 1 }, { 'k\\n': 'v\\u0000', __proto__: null }));
  for (const value of [0.1, -1e-7, 123456789.123, 5e21]) trend.add(value, { 't\\n': 'x' });
  trend.add(1 / 3);
  delete exec.vu.tags['a\\nb "c']; console.log(Object.keys(exec.vu.tags));
  check(null, { twice: (value) => value === null }); check(null, { twice: (value) => value !== null }, null);
  try { check(1, { 'a::b': true, never: () => console.log('not called') }); } catch (error) { console.log(error.message); }
}`,
  'shared data, files and the environment': {
    'script.js': `import { SharedArray } from 'k6/data';
import users from './users.json';
const shared = new SharedArray('users', () => JSON.parse(open('./users.json')));
const bytes = open('./users.json', 'b');
const stray = open('./zero.txt');
export function setup() { return { from: 'setup', list: [1, 2] }; }
export default function (data) {
  console.log(shared.length, shared[1].name, users[0].name, bytes.byteLength, stray.length, stray.charCodeAt(1), data.from, data.list.length, __ENV.BASE, __VU, __ITER);
  try { open('./users.json'); } catch (e) { console.log(e.message); }
  try { shared.push(1); } catch (e) { console.log(e.name); }
}
export function teardown(data) { console.log('down', data.from); }
export function handleSummary() { return { stdout: 'done', 'a.bin': new Uint8Array([1, 2]).buffer, 'b.json': JSON.stringify({ a: 1 }) }; }`,
    'users.json': '[{"name":"ann"},{"name":"bob"}]',
    'zero.txt': 'a\0b',
  },
  'digests, encodings and random bytes': `
import crypto, { hmac, createHash, createHMAC, sha256 } from 'k6/crypto';
import encoding from 'k6/encoding';
export default function () {
  console.log(sha256('hello', 'hex'), crypto.md5('a', 'base64'), hmac('sha256', 'key', 'ü', 'base64url'), crypto.sha1(new Uint8Array([1, 2]).buffer, 'hex'));
  const hash = createHash('sha512'); hash.update('a'); hash.update('b'); console.log(hash.digest('hex'));
  const keyed = createHMAC('sha1', 'key'); keyed.update('a'); console.log(keyed.digest('base64rawurl'));
  console.log(encoding.b64encode('hällo'), encoding.b64decode('aMOkbGxv', 'std', 's'), new Uint8Array(encoding.b64decode('AAEC')).length);
  console.log(crypto.randomBytes(12).byteLength, crypto.hexEncode('ab'));
  try { crypto.hmac('nonsense', 'a', 'b'); } catch (e) { console.log(e.message); }
}`,
  'pages and their forms': `
import http from 'k6/http';
import { parseHTML } from 'k6/html';
export default function () {
  const page = parseHTML('<ul><li class="a">one &amp; &uuml;</li><li>two</li></ul><form action="/send"><input name="q" value="v"></form>');
  console.log(page.find('li').size(), page.find('li.a').text(), page.find('li').toArray().map((li) => li.text()), page.find('form').attr('action'));
  page.find('li').each((i, li) => console.log(i, li.textContent()));
  http.get('http://t/').html('p').size();
}`,
  'timers, promises and requests beside each other': `
import http from 'k6/http';
import { setTimeout as later } from 'k6/timers';
export default async function () {
  const both = await Promise.all([http.asyncRequest('GET', 'http://t/1'), http.asyncRequest('POST', 'http://t/2', 'b')]);
  console.log(both.map((r) => r.url));
  await new Promise((resolve) => later(resolve, 1));
  let ticks = 0;
  const id = setInterval(() => { ticks += 1; if (ticks === 3) { clearInterval(id); console.log('ticked'); setTimeout(() => console.log('after'), 1); } }, 1);
  const gone = setTimeout(() => console.log('never'), 1); clearTimeout(gone);
  console.log('returned');
}`,
  'an error that leaves the script': `
import http from 'k6/http';
export default function () { http.get('http://t/1'); throw new RangeError('too far'); }`,
  'redirects, cookies and a digest challenge': {
    'script.js': `import http from 'k6/http';
export default function () {
  http.cookieJar().set('http://t/', 'sid', '1');
  const res = http.get('http://t/a', { cookies: { other: '2' } });
  console.log(res.url, res.request.headers, res.request.cookies, Object.keys(res.cookies));
  console.log(http.get('http://me:pw@t/secret', { auth: 'digest' }).status, http.get('not a url').error_code);
}`,
  },
};
