/** Scripts that cannot be made to await run in QuickJS, where a call really stands still. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf } from './both-paths.ts';

const HEAD = `import http from 'k6/http'; import { SharedArray } from 'k6/data'; import { group, sleep } from 'k6'; import { vu } from 'k6/execution';\n`;

/** Title, script, and what one iteration asks for and says, in order. */
const SCRIPTS: readonly (readonly [title: string, script: string, happens: readonly string[]])[] = [
  [
    'a constructor',
    `class A { constructor() { this.status = http.get('http://t/a').status; } } export default () => { console.log(new A().status); };`,
    ['GET http://t/a', 'info: 200'],
  ],
  [
    'a getter',
    `const a = { get page() { return http.get('http://t/a').url; } }; export default () => { console.log(a.page); };`,
    ['GET http://t/a', 'info: http://t/a'],
  ],
  [
    'a generator',
    `function* pages() { yield http.get('http://t/1').url; yield http.get('http://t/2').url; } export default () => { for (const page of pages()) console.log(page); };`,
    ['GET http://t/1', 'info: http://t/1', 'GET http://t/2', 'info: http://t/2'],
  ],
  [
    'the default of a parameter',
    `const f = (page = http.get('http://t/a').url) => page; export default () => { console.log(f(), f(1)); };`,
    ['GET http://t/a', 'info: http://t/a 1'],
  ],
  [
    'the comparing function of a sort',
    `export default () => { console.log([3, 1, 2].sort((a, b) => http.get('http://t/' + a + b).status - 200 + a - b)); };`,
    ['GET http://t/31', 'GET http://t/32', 'GET http://t/12', 'info: [1,2,3]'],
  ],
  [
    'a replacing function',
    `export default () => { console.log('a-b'.replace(/[ab]/g, (c) => http.get('http://t/' + c).status)); };`,
    ['GET http://t/a', 'GET http://t/b', 'info: 200-200'],
  ],
  [
    'a method that the language calls',
    `const a = { toString() { return http.get('http://t/s').url; }, [Symbol.iterator]() { return [http.get('http://t/i').url].values(); } };
     export default () => { console.log(\`\${a}\`, ...a); };`,
    ['GET http://t/s', 'GET http://t/i', 'info: http://t/s http://t/i'],
  ],
  [
    'a trap of a proxy',
    `const a = new Proxy({}, { get: (_, name) => http.get('http://t/' + String(name)).url }); export default () => { console.log(a.x); };`,
    ['GET http://t/x', 'info: http://t/x'],
  ],
  [
    'code in text',
    `export default () => { console.log(eval("http.get('http://t/e').url"), new Function('return __ENV.BASE')()); };`,
    ['GET http://t/e', 'info: http://t/e http://t'],
  ],
  [
    'async functions side by side',
    `const go = async (n) => { http.get('http://t/' + n); return n; }; export default async () => { console.log(await Promise.all([go(1), go(2)])); };`,
    ['GET http://t/1', 'GET http://t/2', 'info: [1,2]'],
  ],
  [
    'an async function that nobody awaits',
    `async function go() { await null; http.get('http://t/late'); } export default () => { go(); http.get('http://t/now'); };`,
    ['GET http://t/now', 'GET http://t/late'],
  ],
  [
    'a timer whose function waits, beside a request that waits',
    `function A() { this.page = http.get('http://t/first'); } export default () => { setTimeout(() => { http.get('http://t/timer'); http.get('http://t/again'); }, 0); new A(); };`,
    ['GET http://t/first', 'GET http://t/timer', 'GET http://t/again'],
  ],
];

for (const [title, script, happens] of SCRIPTS) {
  test(`a call that waits in ${title} runs in QuickJS, in its order`, async (t) => {
    const events = await eventsOf(t, HEAD + script);
    const seen = events.flatMap((event) => {
      const [, method, url] = /^> (\S+) (\S+) /.exec(event) ?? [];
      if (method !== undefined) return [`${method} ${url}`];
      return event.startsWith('info: ') || event.startsWith('thrown') ? [event] : [];
    });
    assert.deepEqual(seen, [...happens, ...happens]);
  });
}
