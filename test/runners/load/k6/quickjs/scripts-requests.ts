/** Scripts that go through what a request can say and a response can tell, and what answers them. */
import type { Answering } from './both-paths.ts';

const HEAD = `import http from 'k6/http';
const shown = (error) => error.name + ' ' + (error instanceof TypeError) + ' ' + (error instanceof Error) + ' ' + error.message;
const attempt = (call) => { try { return call(); } catch (error) { console.log(shown(error)); } };
`;

/** By the path: a redirect, a refusal, a challenge, a body with a zero, a page; else what came, as JSON. */
export const answering: Answering = ({ url, headers, body }) => {
  const path = new URL(url).pathname;
  if (path === '/moved') return { status: 302, headers: [['Location', '/there'], ...cookie('moved=1; Path=/')] };
  if (path === '/refused') return { status: 0, error: 'connection refused', errorCode: 1212, body: '' };
  if (path === '/missing') return { status: 404, body: 'nothing' };
  if (path === '/zero') return { body: 'a\0b', headers: [['X-List', 'a'], ['x-list', 'b'], ...cookie('z=1; Max-Age=60; HttpOnly')] };
  if (path === '/text') return { body: '{not json' };
  if (path === '/number') return { body: '-0', headers: cookie(`set=${headers.length}`) };
  if (path === '/page') return { body: '<a href="/1">one</a><form action="/send" method="post"><input name="q" value="ü"></form>' };
  if (path === '/secret' && !headers.some(([name]) => name === 'Authorization'))
    return { status: 401, headers: [['WWW-Authenticate', 'Digest realm="r", nonce="n", qop="auth"']] };
  return { headers: cookie('sid=1'), body: JSON.stringify({ headers, length: body?.length ?? 0, deep: { list: [1, { a: 'ü' }] } }) };
};

function cookie(text: string): [string, string][] {
  return [['Set-Cookie', text]];
}

export const REQUEST_SCRIPTS: Readonly<Record<string, string>> = {
  'params of every kind, by getters and by what makes texts': `${HEAD}
export default function () {
  const read = [];
  const params = {
    get headers() { read.push('headers'); return { 'X-A': 1, 'X-B': { toString: () => 'made' }, 'X-C': ['x', 'y'], 'X-D': undefined, 'X-E': null }; },
    get tags() { read.push('tags'); return { kind: 'a', count: 2, truth: true, name: 'called' }; },
    cookies: { plain: 1, replaced: { value: 'v', replace: true } },
    redirects: '3', timeout: '1m30s', auth: 'basic', compression: 'gzip, deflate', responseType: 'text', throw: false,
  };
  const response = http.post('http://me:pw@t/x?q=ü#f', 'body', params);
  console.log(read, response.request.headers, response.request.cookies, response.url);
  http.get('http://t/null', null);
  http.get('http://t/nothing', { headers: null, tags: null, cookies: null, jar: null, timeout: null, redirects: null, auth: null, compression: '' });
  class Params { constructor() { this.tags = { own: 1 }; } get headers() { return { inherited: 'yes' }; } }
  console.log(http.get('http://t/class', new Params()).request.headers);
}`,
  'params and bodies that are none': `${HEAD}
export default function () {
  const get = (params) => attempt(() => http.get('http://t/', params));
  get('text'); get({ headers: { 'a b': 1 } }); get({ headers: { a: 'x\\ny' } }); get({ cookies: { 'a;b': 1 } });
  get({ tags: { a: null } }); get({ tags: { a: {} } }); get({ tags: { a: Symbol.iterator } });
  get({ redirects: -1 }); get({ redirects: Infinity }); get({ timeout: 'soon' }); get({ timeout: NaN }); get({ auth: 'ntlm' }); get({ auth: 'other' });
  get({ compression: 'zip' }); get({ responseType: 'json' }); get({ responseCallback: 200 }); get({ headers: { a: Symbol.iterator } });
  get({ get tags() { throw new RangeError('from a getter'); } });
  attempt(() => http.post('http://t/', 5)); attempt(() => http.request('A B', 'http://t/')); attempt(() => http.batch('x')); attempt(() => http.batch([7]));
  attempt(() => http.expectedStatuses()); attempt(() => http.expectedStatuses('200')); attempt(() => http.setResponseCallback(200));
  attempt(() => http.cookieJar().set('nowhere', 'a', 'b')); attempt(() => http.cookieJar().set('http://t/', 'a b', 'b'));
  attempt(() => http.cookieJar().set('http://t/', 'a', 'b', { expires: 'never' })); attempt(() => http.cookieJar().clear('nowhere'));
}`,
  'a jar and a response callback of the init context': `${HEAD}
const jar = new http.CookieJar();
jar.set('http://t/', 'early', '1');
http.setResponseCallback(http.expectedStatuses(404));
export default function () { console.log(http.get('http://t/missing', { jar }).request.cookies); http.get('http://t/x'); }`,
  'what counts as expected': `${HEAD}
export default function () {
  http.setResponseCallback(http.expectedStatuses(404, { min: 500, max: 599 }));
  http.get('http://t/missing'); http.get('http://t/x');
  http.get('http://t/missing', { responseCallback: http.expectedStatuses({ min: 200, max: 299 }) });
  http.get('http://t/missing', { responseCallback: null });
  http.setResponseCallback(null); http.get('http://t/missing');
  http.get('http://t/x', { responseCallback: http.expectedStatuses(200) });
  http.get('http://me:pw@t/secret', { auth: 'digest', responseCallback: http.expectedStatuses(200) });
}`,
  'names and tags': `${HEAD}
export default function () {
  const id = 7;
  http.get(http.url\`http://t/items/\${id}/of/\${'a'}\`, { tags: { kind: 'a' } });
  http.get(http.url\`http://t/items/\${id}\`, { tags: { name: 'other' } });
  http.batch([http.url\`http://t/batched/\${id}\`, ['GET', http.url\`http://t/listed/\${id}\`], { url: http.url\`http://t/object/\${id}\`, params: { tags: { name: 'third' } } }]);
  const tags = { kind: 'before' }, headers = { 'X-Kind': 'before' }, params = { tags, headers };
  const response = http.get('http://t/kept', params);
  tags.kind = 'after'; headers['X-Kind'] = 'after'; params.tags = null;
  console.log(response.request.headers['X-Kind'], response.json('headers').length);
  http.get('http://t/kept', params);
}`,
  'bodies of every kind': `${HEAD}
export default function () {
  http.post('http://t/a', { text: 'ü &=', list: [1, null, 'x'], none: null, truth: true, nested: { a: 1 }, made: { toString: () => 'no' } });
  http.post('http://t/b', { text: 'x', list: ['a', 'b'], file: http.file('content', 'ü".txt', 'text/plain'), more: http.file(new Uint8Array([0, 1, 255]), 'b.bin') });
  const bytes = new Uint8Array([9, 8, 7, 6]);
  const sent = http.put('http://t/c', bytes.subarray(1, 3));
  bytes[1] = 0;
  console.log(sent.request.body.length, sent.json('length'));
  http.patch('http://t/d', new DataView(new ArrayBuffer(2))); http.post('http://t/e', ''); http.post('http://t/f', null); http.post('http://t/g');
  http.post('http://t/h', 'a\\u0000b\\ud83d\\ude00 \\ud83d', { compression: 'gzip', headers: { 'Content-Encoding': 'none', 'Content-Type': 'own/type' } });
  http.batch([['POST', 'http://t/i', new Uint8Array([1, 2]).buffer], ['POST', 'http://t/j', 'text'], ['POST', 'http://t/k', new Uint8Array([3]).buffer], ['POST', 'http://t/l', { a: 1 }]]);
  console.log(http.post('http://t/m', 'the body', { tags: { a: 'b' } }).request.body);
}`,
  'all that a response tells': `${HEAD}
export default function () {
  const response = http.get('http://t/zero');
  console.log(Object.keys(response), response.body.length, response.headers, response.cookies, response.timings, response.ocsp.status, response.status_text, response.remote_port);
  console.log(JSON.stringify(response), response.headers === response.headers, response.timings === response.timings, response.toString());
  const json = http.get('http://t/x');
  console.log(json.json('deep.list.1.a'), json.json('deep.none'), json.json() === json.json(), json.json('deep') === json.json().deep, 1 / http.get('http://t/number').json(''), 1 / http.get('http://t/number').json());
  json.json().deep.list = 'changed'; console.log(json.json('deep.list'));
  try { http.get('http://t/text').json(); } catch (error) { console.log(shown(error).split(' is not JSON: ')[0]); } console.log(http.get('http://t/text').json('a'));
  const binary = http.get('http://t/x', { responseType: 'binary' });
  console.log(binary.body instanceof ArrayBuffer, binary.body.byteLength > 2, binary.json('deep.list.0'), binary.body === binary.body);
  const none = http.get('http://t/x', { responseType: 'none' });
  console.log(none.body); attempt(() => none.json()); attempt(() => none.html);
  const own = http.get('http://t/x'); own.status = 7; own.mine = 'kept'; console.log(own.status, own.mine, Object.keys(own).length);
}`,
  'requests that nothing answers': `${HEAD}
export default function () {
  const refused = http.get('http://t/refused', { tags: { name: 'quiet' } });
  console.log(refused.status, refused.error, refused.error_code, refused.body, refused.headers, refused.request.url); attempt(() => refused.json());
  const none = http.get('nowhere\\n\\u0000at all \\ud83d');
  console.log(none.status, none.error_code, none.url, none.error, none.request, none.timings);
  attempt(() => http.get('http://t/refused', { throw: true })); attempt(() => http.get('no\\u0000where\\n', { throw: true }));
  attempt(() => http.batch(['http://t/1', ['GET', 'http://t/refused', null, { throw: true }]]));
  console.log(http.batch(['nowhere', 'http://t/2', 'http://t/refused']).map((each) => each.error_code));
}`,
  'jars of cookies': `${HEAD}
const kept = new http.CookieJar();
let before;
export default function () {
  const own = http.cookieJar(), jar = new http.CookieJar();
  console.log(before ? before.cookiesForURL('http://t/') : '-', kept.cookiesForURL('http://t/'), own === http.cookieJar(), own instanceof http.CookieJar, Object.keys(jar), JSON.stringify(jar));
  jar.set('http://t/', 'mine', 'v w', { path: '/deep', secure: false, max_age: 60 }); own.set('http://t/', 'ours', 2);
  console.log(http.get('http://t/deep/x', { jar }).request.headers.Cookie, http.get('http://t/deep/x').request.headers.Cookie, jar.cookiesForURL('http://t/deep'));
  http.get('http://t/moved', { jar: kept }); http.batch([['GET', 'http://t/x', null, { jar }], ['GET', 'http://t/moved']]);
  console.log(kept.cookiesForURL('http://t/'), own.cookiesForURL('http://t/'), jar.cookiesForURL('http://t/'), before && http.get('http://t/y', { jar: before }).request.cookies);
  jar.delete('http://t/', 'sid'); own.clear('http://t/'); console.log(jar.cookiesForURL('http://t/'), own.cookiesForURL('http://t/'), http.get('http://t/x').request.cookies);
  http.get('http://t/odd', { jar: { set: 1 } });
  before = own;
}`,
  'a jar that requests and a connection have in common': `import ws from 'k6/ws';
import http from 'k6/http';
export default function () {
  const jar = new http.CookieJar();
  http.get('http://t/x', { jar }); http.get('http://t/x');
  for (const params of [{}, { jar }]) ws.connect('ws://t/chat', params, (socket) => { socket.on('open', () => socket.close()); });
}`,
  'responses that are kept from one iteration to the next': `${HEAD}
const kept = [];
let count = 0;
export default function () {
  count += 1;
  for (const each of kept) console.log(each.json('deep.list.1.a'), each.request.url, each.headers['Set-Cookie'], each.cookies.sid[0].value, each.timings.duration);
  for (let i = 0; i < 20; i += 1) { const response = http.get('http://t/' + count + '/' + i); if (i % 7 === 3) kept.push(response); }
}`,
  'promises of requests': `${HEAD}
export default async function () {
  const first = http.asyncRequest('GET', 'http://t/moved', null, { tags: { kind: 'later' } });
  const [one, none, bytes] = await Promise.all([first, http.asyncRequest('GET', 'nowhere'), http.asyncRequest('POST', 'http://t/b', new Uint8Array([1, 2]).buffer)]);
  console.log(one.url, one.request.headers, none.error_code, bytes.json('length'));
  for (const given of [['GET', 'http://t/', null, 'text'], ['GET', 'http://t/refused', null, { throw: true }], ['GET', 'nowhere', null, { throw: true }]])
    await http.asyncRequest(...given).catch((error) => console.log(shown(error)));
  const kept = await http.asyncRequest('GET', 'http://t/zero'); await null; console.log(kept.body.length, http.get('http://t/x').status, kept.headers['X-List']);
}`,
  'pages, their links and their forms': `${HEAD}
export default function () {
  const page = http.get('http://t/page');
  console.log(page.html('a').text(), page.submitForm({ fields: { more: '1' } }).request.body, page.clickLink({ params: { tags: { kind: 'link' } } }).url);
  attempt(() => page.submitForm({ formSelector: '#none' })); attempt(() => http.get('http://t/page', { responseType: 'none' }).html());
}`,
};
