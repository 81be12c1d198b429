/** Scripts in QuickJS from the command line: as others see them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { play, serve } from '../run/play.ts';

const BLOCKING_CONSTRUCTOR = (url: string): string => `import http from 'k6/http';
import { check, sleep } from 'k6';
import { Counter } from 'k6/metrics';
const pages = new Counter('pages');
class Page {
  constructor(path) {
    this.response = http.get('${url}' + path);
    pages.add(1, { path });
  }
}
export const options = { vus: 3, iterations: 12, thresholds: { checks: ['rate==1'], pages: ['count==12'] } };
export function setup() { return { path: '/shop' }; }
export default function (data) {
  const page = new Page(data.path);
  check(page, { 'is there': (p) => p.response.json('ok') === true });
  sleep(0.01);
}
export function teardown(data) { http.post('${url}/end', data.path); }`;

test('a script with one obstacle runs to its end, with the same counts as elsewhere', async (t) => {
  const server = await serve(t);
  const { exitCode, stderr, summary } = await play(t, BLOCKING_CONSTRUCTOR(server.url));
  assert.equal(exitCode, 0, stderr);
  assert.equal(server.count('/shop'), 12);
  assert.deepEqual(
    server.asked.filter(({ url }) => url === '/end').map(({ body }) => body),
    ['/shop'],
  );
  assert.equal(summary.metrics['http_reqs']?.['count'], 13);
  assert.equal(summary.metrics['iterations']?.['count'], 12);
  assert.equal(summary.metrics['pages']?.['count'], 12);
  assert.deepEqual(summary.root_group.checks['is there']?.passes, 12);
});

test('in a batch each redirect is followed as soon as it comes, while others are still to be answered', async (t) => {
  let release: () => void = () => {};
  const server = await serve(t, ({ url }, response) => {
    if (url === '/slow') release = () => response.end('late');
    else if (url === '/moved') response.writeHead(302, { Location: '/there' }).end();
    else {
      response.end('{}');
      if (url === '/there') release();
    }
  });
  const { exitCode, stderr } = await play(
    t,
    `import http from 'k6/http';
     export default function () { console.log(http.batch(['${server.url}/slow', '${server.url}/moved']).map((each) => each.status + each.body)); }`,
    { flags: ['--engine', 'quickjs', '-i', '1'] },
  );
  assert.equal(exitCode, 0, stderr);
  assert.match(stderr, /200late/);
});

test('virtual users begin alike and share nothing', async (t) => {
  const server = await serve(t);
  const { exitCode, stderr } = await play(
    t,
    `import http from 'k6/http';
     const mine = [];
     globalThis.seen = 0;
     export const options = { scenarios: { all: { executor: 'per-vu-iterations', vus: 3, iterations: 2 } } };
     export default function () { mine.push(__VU); globalThis.seen += 1; http.post('${server.url}/' + __VU, mine.join() + ' ' + globalThis.seen); }`,
    { flags: ['--engine', 'quickjs'] },
  );
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(server.asked.map(({ url, body }) => `${url} ${body}`).sort(), [
    '/1 1 1',
    '/1 1,1 2',
    '/2 2 1',
    '/2 2,2 2',
    '/3 3 1',
    '/3 3,3 2',
  ]);
});

test('what QuickJS cannot read is said with its place', async (t) => {
  const { exitCode, stderr } = await play(t, `\nexport default function () {\n  using nothing = null;\n}`, {
    flags: ['--engine', 'quickjs'],
  });
  assert.equal(exitCode, 107, stderr);
  assert.match(stderr, /SyntaxError: [^\n]+\n\s+at .*script\.js:3:/);
});

test('--check says the path, and why; --engine asks for one', async (t) => {
  const { exitCode, stdout } = await play(t, BLOCKING_CONSTRUCTOR('http://127.0.0.1:9'), { flags: ['--check'] });
  assert.equal(exitCode, 0);
  assert.match(stdout, /script\.js: runs in QuickJS/);
  assert.match(stdout, /script\.js:7:\d+: A call that waits stands in a constructor/);
  assert.match(stdout, /default: shared-iterations calls default/);
  const forced = await play(t, BLOCKING_CONSTRUCTOR('http://127.0.0.1:9'), { flags: ['--check', '--engine', 'transform'] });
  assert.equal(forced.exitCode, 107);
  assert.match(forced.stderr, /cannot be made async/);
  const plain = await play(t, 'export default function () {}', { flags: ['--check', '--engine', 'quickjs'] });
  assert.match(plain.stdout, /runs in QuickJS/);
  const unknown = await play(t, 'export default function () {}', { flags: ['--engine', 'goja'] });
  assert.equal(unknown.exitCode, 104);
});

test('a library that is too large to follow runs in QuickJS', async (t) => {
  const library = fileURLToPath(import.meta.resolve('zod'));
  const source = `import { z } from '${library}';
     const shape = z.object({ name: z.string().min(2) });
     export default function () { console.log(shape.safeParse({ name: 'ab' }).success, shape.safeParse({ name: 1 }).success); }`;
  assert.match((await play(t, source, { flags: ['--check'] })).stdout, /runs in QuickJS[\s\S]*too large to follow/);
  const { exitCode, stderr } = await play(t, source, { flags: ['-i', '1'] });
  assert.equal(exitCode, 0, stderr);
  assert.match(stderr, /true false/);
});

test('a loop without an end is ended, and its line named, while teardown and summary still come', async (t) => {
  const server = await serve(t);
  const { exitCode, stderr } = await play(
    t,
    `import http from 'k6/http';
     export const options = { scenarios: { buyers: { executor: 'constant-vus', vus: 2, duration: '60s' } } };
     let total = 0;
     function spin() {
       for (;;) total += 1;
     }
     export default function () { http.get('${server.url}/'); if (__VU === 2) { try { spin(); } catch { http.get('${server.url}/caught'); } finally { http.get('${server.url}/finally'); } } }
     export function teardown() { http.get('${server.url}/down'); }`,
    { flags: ['--engine', 'quickjs'] },
  );
  assert.equal(exitCode, 102, stderr);
  assert.match(stderr, /script\.js \(scenario buyers, virtual user 2, its iteration \d+\): the script ran for 4000 ms without waiting/);
  assert.match(stderr, /at spin \(script\.js:4/);
  assert.match(stderr, /hint: a loop that neither ends nor waits/);
  assert.equal(server.count('/caught') + server.count('/finally'), 0);
  assert.equal(server.count('/down'), 1);
});

test('a loop without an end in the init context, in setup and in a promise is ended as well', async (t) => {
  const init = await play(t, `for (;;);\nexport default function () {}`, { flags: ['--engine', 'quickjs'] });
  assert.equal(init.exitCode, 102, init.stderr);
  assert.match(init.stderr, /ran for 4000 ms/);
  const setup = await play(t, `export function setup() { for (;;); }\nexport default function () {}`, { flags: ['--engine', 'quickjs'] });
  assert.equal(setup.exitCode, 102, setup.stderr);
  const promise = await play(t, `export default async function () { await null; for (;;); }`, { flags: ['--engine', 'quickjs'] });
  assert.equal(promise.exitCode, 102, promise.stderr);
});

test('a list that grows without an end takes a bounded memory, and is told', async (t) => {
  const { exitCode, stderr } = await play(
    t,
    `import { sleep } from 'k6';
     const kept = [];
     export const options = { duration: '60s' };
     export default function () { kept.push(new Array(1000000).fill(1.5)); sleep(0.001); }`,
    { flags: ['--engine', 'quickjs'] },
  );
  assert.equal(exitCode, 102, stderr);
  assert.match(stderr, /a virtual user took more than 256 MB of memory/);
  assert.match(stderr, /hint: look for a list that grows/);
});

test('functions that call each other without an end fail their iteration only', async (t) => {
  const { exitCode, stderr, summary } = await play(
    t,
    `import { sleep } from 'k6';
     export const options = { iterations: 3 };
     function deeper(n) {
       return deeper(n + 1) + 1;
     }
     export default function () { sleep(0.01); deeper(0); }`,
    { flags: ['--engine', 'quickjs'] },
  );
  assert.equal(exitCode, 0, stderr);
  assert.equal(summary.metrics['iterations']?.['count'], 3);
  assert.match(stderr, /stack overflow[^\n]*\n\s+at deeper \(script\.js:4/);
  assert.match(stderr, /3 times in all/);
});

test('calls within calls may wait as deep as calls can go', async (t) => {
  const server = await serve(t);
  const { exitCode, stderr } = await play(
    t,
    `import http from 'k6/http';
     export const options = { iterations: 1 };
     let deepest = 0;
     function probe(n) { deepest = n; probe(n + 1); }
     function walk(n) { return n === 0 ? http.get('${server.url}/deep').status : walk(n - 1); }
     export default function () {
       try { probe(1); } catch {}
       for (const share of [0.2, 0.4, 0.6, 0.8, 0.95]) if (walk(Math.floor(deepest * share)) !== 200) throw new Error('not answered');
     }`,
    { flags: ['--engine', 'quickjs'] },
  );
  assert.equal(exitCode, 0, stderr);
  assert.doesNotMatch(stderr, /error/i);
  assert.equal(server.count('/deep'), 5);
});

test('what an iteration throws is told with the author’s file and line', async (t) => {
  const { exitCode, stderr } = await play(
    t,
    `import { order } from './shop.ts';
     export const options = { iterations: 2 };
     export default function () { order(); }`,
    {
      flags: ['--engine', 'quickjs'],
      files: {
        'shop.ts': `interface Cart { readonly full: boolean }\n\nexport function order(): Cart {\n  throw new TypeError('no cart');\n}\n`,
      },
    },
  );
  assert.equal(exitCode, 0, stderr);
  assert.match(stderr, /TypeError: no cart\n\s+at order \(shop\.ts:4/);
  assert.match(stderr, /2 times in all/);
});

test('an iteration that is given up is not answered again, and the virtual user goes on with its variables', async (t) => {
  const server = await serve(t, ({ url }, response) => {
    if (url !== '/never') response.end('{}');
  });
  const { exitCode, stderr } = await play(
    t,
    `import http from 'k6/http';
     let count = 0;
     export const options = { scenarios: {
       first: { executor: 'constant-vus', vus: 1, duration: '0.3s', gracefulStop: '0s' },
     } };
     export default function () {
       count += 1;
       try { http.get('${server.url}/never'); } catch { http.get('${server.url}/caught'); } finally { http.get('${server.url}/finally'); }
     }
     export function teardown() { http.get('${server.url}/down'); }`,
    { flags: ['--engine', 'quickjs'] },
  );
  assert.equal(exitCode, 0, stderr);
  assert.equal(server.count('/never'), 1);
  assert.equal(server.count('/caught') + server.count('/finally'), 0);
  assert.equal(server.count('/down'), 1);
});

test('a script ends the test from within', async (t) => {
  const { exitCode, stderr } = await play(
    t,
    `import exec from 'k6/execution';
     export const options = { vus: 2, duration: '30s' };
     export default function () { try { exec.test.abort('enough'); } catch { console.log('caught'); } finally { console.log('finally'); } }`,
    { flags: ['--engine', 'quickjs'] },
  );
  assert.equal(exitCode, 108, stderr);
  assert.match(stderr, /test aborted: enough/);
  assert.doesNotMatch(stderr, /caught|finally/);
});
