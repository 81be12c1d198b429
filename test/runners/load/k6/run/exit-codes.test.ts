import assert from 'node:assert/strict';
import { test } from 'node:test';
import { play, serve } from './play.ts';

test('a threshold that is not met exits with 99, and says which', async (t) => {
  const { exitCode, stderr, summary, stdout } = await play(
    t,
    `import { check } from 'k6';
     export const options = { iterations: 4, thresholds: { checks: ['rate>0.9', 'rate>0.1'], iterations: ['count>=4'] } };
     export default function () { check(__ITER, { 'is even': (n) => n % 2 === 0 }); }`,
  );
  assert.equal(exitCode, 99);
  assert.match(stderr, /thresholds not met: checks rate>0\.9$/m);
  assert.deepEqual(summary.metrics['checks']?.thresholds, { 'rate>0.9': true, 'rate>0.1': false });
  assert.match(stdout, /✗ 'rate>0\.9' rate=50\.00%/);
});

test('a threshold with abortOnFail ends the test early, after its delay, with 99, and teardown still runs', async (t) => {
  const server = await serve(t);
  const { exitCode, stderr, summary } = await play(
    t,
    `import http from 'k6/http';
     import { check, sleep } from 'k6';
     export const options = { vus: 1, duration: '60s', thresholds: { checks: [{ threshold: 'rate>0.5', abortOnFail: true, delayAbortEval: '1s' }] } };
     export default function () { check(1, { never: false }); sleep(0.2); }
     export function teardown() { http.get('${server.url}/teardown'); }`,
  );
  assert.equal(exitCode, 99, stderr);
  assert.equal(server.count('/teardown'), 1);
  assert.ok((summary.metrics['iterations']?.['count'] ?? 0) < 100);
});

test('setup that takes too long exits with 100, and nothing runs', async (t) => {
  const server = await serve(t);
  const { exitCode, stderr } = await play(
    t,
    `import http from 'k6/http';
     import { sleep } from 'k6';
     export const options = { setupTimeout: '300ms' };
     export function setup() { sleep(60); }
     export default function () { http.get('${server.url}/'); }
     export function teardown() { http.get('${server.url}/'); }`,
  );
  assert.equal(exitCode, 100, stderr);
  assert.match(stderr, /setup\(\) took longer than 300 ms/);
  assert.equal(server.asked.length, 0);
});

test('teardown that takes too long exits with 101', async (t) => {
  const { exitCode, stderr } = await play(
    t,
    `import { sleep } from 'k6';
     export const options = { teardownTimeout: '300ms' };
     export default function () {}
     export function teardown() { sleep(60); }`,
  );
  assert.equal(exitCode, 101, stderr);
  assert.match(stderr, /teardown\(\) took longer than 300 ms/);
});

test('wrong options exit with 104, all of them told at once', async (t) => {
  const { exitCode, stderr } = await play(
    t,
    `export const options = {
       thresholds: { no_such_metric: ['rate<1'], http_reqs: ['p(95)<1'] },
       scenarios: { a: { executor: 'constant-vus', vus: 1, duration: '1s', exec: 'missing' }, b: { executor: 'sometimes' } },
     };
     export default function () {}`,
  );
  assert.equal(exitCode, 104);
  for (const expected of [
    /no metric 'no_such_metric'/,
    /'http_reqs': a counter has no p\(95\)/,
    /scenario a: the script exports no function 'missing'/,
    /scenario b: there is no executor 'sometimes'/,
  ]) {
    assert.match(stderr, expected);
  }
});

test('a wrong command line exits with 104', async (t) => {
  for (const flags of [
    ['--vus', 'many'],
    ['--stage', '10s'],
    ['--http-debug'],
    ['--out', 'influxdb=http://x'],
    ['--iterations', '0'],
    ['--nope'],
  ]) {
    const { exitCode, stderr } = await play(t, 'export default function () {}', { flags });
    assert.equal(exitCode, 104, `${flags.join(' ')}: ${stderr}`);
    assert.notEqual(stderr, '');
  }
});

test('a first signal ends the test in order with 105', async (t) => {
  const server = await serve(t);
  const { exitCode, stderr, summary } = await play(
    t,
    `import http from 'k6/http';
     import { sleep } from 'k6';
     export const options = { vus: 2, duration: '60s' };
     export default function () { console.log('at work'); sleep(30); }
     export function teardown() { http.get('${server.url}/teardown'); }`,
    { signalOn: 'at work' },
  );
  assert.equal(exitCode, 105, stderr);
  assert.equal(server.count('/teardown'), 1);
  assert.equal(summary.metrics['iterations'], undefined);
});

test('what cannot be read, found or run in the init context exits with 107, with its place', async (t) => {
  const cases: readonly (readonly [source: string, expected: RegExp])[] = [
    ['export default function () {\n  const x = ;\n}', /script\.js:2:13: [\s\S]*const x = ;\n\s+\| {13}\^/],
    [
      "import { help } from './helpers.js';\nexport default function () { help(); }",
      /script\.js:1:22: Could not resolve "\.\/helpers\.js"/,
    ],
    [
      "import { WebSocket } from 'k6/websockets';\nexport default function () { new WebSocket('x'); }",
      /script\.js:1:\d+: k6\/websockets: WebSockets with events of their own are not carried/,
    ],
    ["import fs from 'fs';\nexport default function () {}", /script\.js:1:\d+: 'fs' is a module of Node/],
    ["\nthrow new Error('bad day');\nexport default function () {}", /Error: bad day\n\s+at .*script\.js:2:7/],
    ["const text = open('missing.csv');\nexport default function () {}", /open\(\): there is no file missing\.csv[\s\S]*script\.js:1:14/],
    [
      "import http from 'k6/http';\nhttp.get('http://127.0.0.1:9/');\nexport default function () {}",
      /requests cannot be made in the init context[^\n]*\n\s+at .*script\.js:2:/,
    ],
  ];
  for (const [source, expected] of cases) {
    const { exitCode, stderr } = await play(t, source);
    assert.equal(exitCode, 107, `${source}: ${stderr}`);
    assert.match(stderr, expected, source);
  }
});

test('setup that throws exits with 107, and no iteration runs', async (t) => {
  const server = await serve(t);
  const { exitCode, stderr } = await play(
    t,
    `import http from 'k6/http';
     export function setup() {
       throw new Error('no token');
     }
     export default function () { http.get('${server.url}/'); }`,
  );
  assert.equal(exitCode, 107);
  assert.match(stderr, /setup\(\): Error: no token\n\s+at setup \(script\.js:3:/);
  assert.equal(server.asked.length, 0);
});

test('a script that aborts its test exits with 108, with its reason, and teardown runs', async (t) => {
  const server = await serve(t);
  const { exitCode, stderr } = await play(
    t,
    `import http from 'k6/http';
     import exec from 'k6/execution';
     import { sleep } from 'k6';
     export const options = { vus: 3, duration: '60s' };
     export default function () {
       if (exec.vu.idInTest === 2) {
         try { exec.test.abort('no stock left'); } catch (error) { http.get('${server.url}/caught'); }
       }
       sleep(0.1);
     }
     export function teardown() { http.get('${server.url}/teardown'); }`,
  );
  assert.equal(exitCode, 108, stderr);
  assert.match(stderr, /test aborted: no stock left/);
  assert.deepEqual(
    server.asked.map(({ url }) => url),
    ['/teardown'],
  );
});

test('a test that its script marks as failed runs to its end and exits with 110', async (t) => {
  const { exitCode, summary, stderr } = await play(
    t,
    `import exec from 'k6/execution';
     export const options = { iterations: 5 };
     export default function () { if (exec.scenario.iterationInTest === 1) exec.test.fail('wrong total'); }`,
  );
  assert.equal(exitCode, 110, stderr);
  assert.equal(summary.metrics['iterations']?.['count'], 5);
  assert.match(stderr, /marked as failed: wrong total/);
});
