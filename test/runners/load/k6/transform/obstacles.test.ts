import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test } from 'node:test';
import { FiredrillError } from '../../../../../runners/failure.ts';
import { type Files, transformFiles } from './fake-host.ts';

const HEAD = `import http from 'k6/http'; import { SharedArray } from 'k6/data'; import { group } from 'k6';\n`;

/** Title, script (its head is line 1), line of the finding, and what it says. */
const OBSTACLES: readonly (readonly [string, string, number, RegExp])[] = [
  ['a constructor', `class A {\n constructor() { this.x = http.get('/'); } }\nexport default () => new A();`, 3, /in a constructor/],
  ['a function used as a constructor', `function A() {\n this.x = http.get('/'); }\nexport default () => new A();`, 3, /in a constructor/],
  ['a getter', `const a = { get x() {\n return http.get('/'); } };\nexport default () => a.x;`, 3, /in a getter/],
  ['a setter', `class A { set x(v) {\n http.get('/' + v); } }\nexport default () => { new A().x = 1; };`, 3, /in a setter/],
  [
    'a defined getter',
    `const a = {};\nObject.defineProperty(a, 'x', { get: () => http.get('/') });\nexport default () => a.x;`,
    3,
    /in a getter/,
  ],
  ['a generator', `function* all() {\n yield http.get('/'); }\nexport default () => { for (const r of all()) r; };`, 3, /in a generator/],
  ['the default of a parameter', `const f = (\n r = http.get('/')) => r;\nexport default () => f();`, 3, /default of a parameter/],
  ['a static block', `class A { static {\n A.go(); } static go() { http.get('/'); } }\nexport default () => A;`, 3, /static block/],
  ['the value of a field', `class A {\n x = http.get('/'); }\nexport default () => new A();`, 3, /value of a field/],
  ['the init code', `\nconst page = http.get('/');\nexport default () => page;`, 3, /while the script is loaded/],
  [
    'init code that calls a function',
    `function load() { return http.get('/'); }\nconst page = load();\nexport default () => page;`,
    3,
    /while the script is loaded/,
  ],
  ['init code of a CommonJS file', `\nexports.default = () => 1; require('k6/http').get('/');`, 3, /while the script is loaded/],
  ['sort', `export default () => {\n [1, 2].sort((a, b) => http.get('/' + a).status - b); };`, 3, /\.sort\(\)/],
  ['replace', `export default () => {\n 'x'.replace(/x/, () => http.get('/').url); };`, 3, /\.replace\(\)/],
  ['a reviver of JSON', `export default () => {\n JSON.parse('{}', () => http.get('/')); };`, 3, /JSON\.parse\(\)/],
  ['the executor of a promise', `export default async () => {\n await new Promise((go) => { http.get('/'); go(); }); };`, 3, /Promise/],
  ['a method reached by call', `export default () => {\n Array.prototype.forEach.call([1], () => http.get('/')); };`, 3, /\.call\(\)/],
  ['a method in brackets', `export default () => {\n [1]['map'](() => http.get('/')); };`, 3, /\.map\(\)/],
  ['toString', `const a = { toString() {\n return http.get('/').url; } };\nexport default () => String(a);`, 3, /language itself/],
  [
    'an iterator',
    `const a = { [Symbol.iterator]() {\n return [http.get('/')].values(); } };\nexport default () => [...a];`,
    3,
    /language itself/,
  ],
  [
    'the next of an iterator',
    `const a = { [Symbol.iterator]() { return {\n next() { return http.get('/'); } }; } };\nexport default () => [...a];`,
    3,
    /language itself/,
  ],
  [
    'a trap of a proxy',
    `const a = new Proxy({}, { get(t, k) {\n return http.get('/' + k); } });\nexport default () => a.x;`,
    3,
    /language itself/,
  ],
  [
    'a trap of a proxy that is an arrow function',
    `const a = new Proxy({}, {\n get: (t, k) => http.get('/' + k) });\nexport default () => a.x;`,
    3,
    /language itself/,
  ],
  ['the filling of a shared array', `\nnew SharedArray('a', () => http.get('/').json());\nexport default () => 1;`, 3, /SharedArray/],
  [
    'an async function that nobody awaits',
    `async function go() { http.get('/'); }\nexport default () => {\n go(); http.get('/2'); };`,
    4,
    /without await/,
  ],
  [
    'async functions side by side',
    `const go = async () => { http.get('/'); };\nexport default async () => {\n await Promise.all([go(), go()]); };`,
    4,
    /without await/,
  ],
  [
    'async callbacks of a list',
    `export default async () => {\n await Promise.all([1, 2].map(async (n) => { http.get('/' + n); })); };`,
    3,
    /\.map\(\)/,
  ],
  ['an async group', `export default async () => {\n group('a', async () => { http.get('/'); }); };`, 3, /without await/],
  ['text that becomes code', `export default () => {\n eval('http.get("/")'); new Function('1'); };`, 3, /only known when it runs/],
];

for (const [title, script, line, reason] of OBSTACLES) {
  test(`a call that waits in ${title} takes the other path and says where`, async () => {
    const head = script.includes('exports.') ? '\n' : HEAD;
    const { path, obstacles, code } = await transformFiles(head + script);
    assert.equal(path, 'quickjs');
    const found = obstacles.find((one) => reason.test(one.reason));
    assert.equal(`${basename(found?.file ?? '')}:${found?.line}`, `script.js:${line}`);
    assert.equal(found?.sourceLine, (head + script).split('\n')[line - 1]);
    assert.doesNotMatch(code, /\(await /);
  });
}

const CALM: Readonly<Record<string, Files | string>> = {
  'a constructor, getter and generator that do not wait': `${HEAD}
class A { #n; constructor(n) { this.#n = n; } get n() { return this.#n; } *all() { yield this.n; } static { A.made = true; } }
export default () => { for (const n of new A(1).all()) http.get('/' + n); };`,
  'sorting, replacing and parsing that do not wait': `${HEAD}
const cmp = (a, b) => a - b;
export default () => { [2, 1].sort(cmp); 'x'.replace(/x/, (m) => m); JSON.parse('1', (k, v) => v); http.get('/'); };`,
  'a map of the script beside a client with the same method names': `${HEAD}
const cache = new Map(); cache.set('a', 1);
class Client { get(path) { return http.get(path); } set(path) { return http.put(path); } }
class Store { constructor() { this.first = cache.get('a'); } get size() { return cache.get('a'); } }
export default () => { new Client().get('/'); new Client().set('/'); new Store(); };`,
  'timers with functions that wait': `${HEAD}
export default () => { setTimeout(() => http.get('/later'), 1); Promise.resolve(1).then(() => http.get('/then')); };`,
};

for (const [title, script] of Object.entries(CALM)) {
  test(`no obstacle: ${title}`, async () => {
    const { path, obstacles } = await transformFiles(script);
    assert.deepEqual(obstacles, []);
    assert.equal(path, 'transform');
  });
}

test('the path cannot be forced on a script that stands in its way', async () => {
  const script = `${HEAD}class A {\n constructor() { http.get('/'); } }\nexport default () => new A();`;
  await assert.rejects(transformFiles(script, { path: 'transform' }), (error) => {
    assert.ok(error instanceof FiredrillError);
    assert.equal(error.code, 'script-not-transformable');
    assert.match(error.message, /script\.js:3:\d+: A call that waits stands in a constructor/);
    return true;
  });
});
