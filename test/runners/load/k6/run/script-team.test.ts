import assert from 'node:assert/strict';
import { test } from 'node:test';
import { play, serve } from './play.ts';

const THREE = ['--generators', '3'];

/** What `exec` says of each request that was made for a path. */
function told(server: { readonly asked: readonly { readonly url: string }[] }, path: string): number[][] {
  return server.asked.flatMap(({ url }) => (url.startsWith(path) ? [url.slice(path.length).split('/').map(Number)] : []));
}

function upTo(count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

function sorted(numbers: Iterable<number | undefined>): (number | undefined)[] {
  return [...numbers].sort((one, other) => (one ?? 0) - (other ?? 0));
}

test('arrivals, iterations and virtual users are shared exactly, each with a number of its own', async (t) => {
  const server = await serve(t);
  const { exitCode, stderr, summary } = await play(
    t,
    `import http from 'k6/http';
     import exec from 'k6/execution';
     export const options = {
       scenarios: {
         one: { executor: 'per-vu-iterations', vus: 1, iterations: 2, exec: 'one' },
         open: { executor: 'constant-arrival-rate', rate: 100, duration: '1s', preAllocatedVUs: 5, maxVUs: 300, exec: 'open' },
         shared: { executor: 'shared-iterations', vus: 7, iterations: 50, exec: 'shared' },
         each: { executor: 'per-vu-iterations', vus: 4, iterations: 3, exec: 'each' },
       },
     };
     const tell = (path) => http.get('${server.url}/' + path + '/' + __VU + '/' + exec.scenario.iterationInTest);
     export function one() { tell('one'); }
     export function open() { tell('open'); }
     export function shared() { tell('shared'); }
     export function each() { tell('each'); }`,
    { flags: THREE },
  );
  assert.equal(exitCode, 0, stderr);
  const numbers = (path: string) => sorted(told(server, `/${path}/`).map(([, number]) => number));
  assert.deepEqual(numbers('one'), [0, 1]);
  assert.deepEqual(numbers('open'), upTo(100));
  assert.deepEqual(numbers('shared'), upTo(50));
  assert.deepEqual(numbers('each'), upTo(12));
  const users = (path: string) => sorted(new Set(told(server, `/${path}/`).map(([user]) => user)));
  assert.deepEqual([users('one'), users('shared'), users('each')], [[1], upTo(7, 7), upTo(4, 14)]);
  for (const user of users('open')) assert.ok((user && user >= 2 && user <= 6) || (user && user >= 18), `virtual user ${user}`);
  assert.equal(summary.metrics['iterations']?.['count'], 2 + 100 + 50 + 12);
});

test('in QuickJS too a test is shared exactly, its setup reaches all, and its summary is of all', async (t) => {
  const server = await serve(t);
  const { exitCode, stderr, summary } = await play(
    t,
    `import http from 'k6/http';
     import { check, sleep } from 'k6';
     import exec from 'k6/execution';
     import { Counter } from 'k6/metrics';
     class Order { constructor(number) { this.answer = http.get('${server.url}/order/' + __VU + '/' + number); } }
     const orders = new Counter('orders');
     export const options = {
       scenarios: {
         open: { executor: 'constant-arrival-rate', rate: 60, duration: '1s', preAllocatedVUs: 4, maxVUs: 60, exec: 'order' },
         each: { executor: 'per-vu-iterations', vus: 6, iterations: 2, exec: 'wait' },
       },
       thresholds: { orders: ['count==60'], checks: ['rate==1'] },
     };
     export function setup() { http.get('${server.url}/setup'); return { token: 'secret' }; }
     export function order({ token }) {
       const { answer } = new Order(exec.scenario.iterationInTest);
       check(answer, { 'it is there': ({ status }) => status === 200 && token === 'secret' });
       orders.add(1);
     }
     export function wait() { sleep(0.01); }
     export function teardown() { http.get('${server.url}/teardown'); }`,
    { flags: [...THREE, '--engine', 'quickjs'] },
  );
  assert.equal(exitCode, 0, stderr);
  const orders = told(server, '/order/');
  assert.deepEqual(sorted(orders.map(([, number]) => number)), upTo(60));
  assert.ok(new Set(orders.map(([user]) => user)).size >= 3, 'every process has had a part');
  assert.deepEqual([server.count('/setup'), server.count('/teardown')], [1, 1]);
  assert.deepEqual([summary.metrics['orders']?.['count'], summary.metrics['iterations']?.['count']], [60, 72]);
});

test('setup, teardown and handleSummary run once, and are of the whole test', async (t) => {
  const server = await serve(t);
  const startMs = performance.now();
  const { exitCode, stderr, read } = await play(
    t,
    `import http from 'k6/http';
     import { check, group } from 'k6';
     import { Trend } from 'k6/metrics';
     import exec from 'k6/execution';
     const numbers = new Trend('numbers');
     export const options = {
       vus: 9, iterations: 90,
       thresholds: { numbers: ['med==44.5', 'max==89'], 'checks{group:::shop}': ['rate==0.5'], iterations: ['count==90'], 'http_reqs{name:item}': ['count==90'] },
     };
     export function setup() { http.get('${server.url}/setup'); return { token: 'abc' }; }
     export default function ({ token }) {
       http.get('${server.url}/item/' + token, { tags: { name: 'item' } });
       numbers.add(exec.scenario.iterationInTest);
       group('shop', () => check(exec.scenario.iterationInTest, { even: (n) => n % 2 === 0 }));
     }
     export function teardown({ token }) { http.get('${server.url}/teardown/' + token); }
     export function handleSummary(data) {
       return { 'all.json': JSON.stringify(data) };
     }`,
    { flags: THREE },
  );
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual([server.count('/setup'), server.count('/item/abc'), server.count('/teardown/abc')], [1, 90, 1]);
  assert.equal(server.asked[0]?.url, '/setup');
  assert.equal(server.asked.at(-1)?.url, '/teardown/abc');
  const data = JSON.parse(read('all.json'));
  assert.equal(data.metrics.iterations.values.count, 90);
  assert.equal(data.metrics.vus_max.values.value, 9);
  assert.deepEqual([data.root_group.groups[0].checks[0].passes, data.root_group.groups[0].checks[0].fails], [45, 45]);
  assert.deepEqual(data.setup_data, { token: 'abc' });
  const share = data.state.testRunDurationMs / (performance.now() - startMs);
  assert.ok(share < 0.4, `${share} of the time is the test's: that processes start up, one after the other, is no part of it`);
});

test('a virtual user of any process may end the test, or mark it as failed', async (t) => {
  const server = await serve(t);
  const body = (act: string) => `import http from 'k6/http';
    import exec from 'k6/execution';
    import { sleep } from 'k6';
    export const options = { scenarios: { a: { executor: 'per-vu-iterations', vus: 6, iterations: 3, maxDuration: '60s' } } };
    export default function () { if (exec.vu.idInTest === 5 && __ITER === 1) ${act}; sleep(0.1); }
    export function teardown() { http.get('${server.url}/teardown'); }`;
  const aborted = await play(t, body("{ exec.test.abort('sold out'); }").replace('iterations: 3', 'iterations: 1000'), { flags: THREE });
  assert.equal(aborted.exitCode, 108, aborted.stderr);
  assert.match(aborted.stderr, /test aborted: sold out/);
  assert.equal(server.count('/teardown'), 1);
  const failed = await play(t, body("exec.test.fail('wrong total')"), { flags: THREE });
  assert.equal(failed.exitCode, 110, failed.stderr);
  assert.equal(failed.summary.metrics['iterations']?.['count'], 18);
  assert.equal(failed.stderr.match(/marked as failed: wrong total/g)?.length, 2);
});

test('a threshold that ends the test ends it in all processes', async (t) => {
  const { exitCode, stderr, summary } = await play(
    t,
    `import { check, sleep } from 'k6';
     export const options = { vus: 3, duration: '60s', thresholds: { checks: [{ threshold: 'rate>0.9', abortOnFail: true }] } };
     export default function () { check(__VU, { 'is no. 1': (vu) => vu === 1 }); sleep(0.1); }`,
    { flags: THREE },
  );
  assert.equal(exitCode, 99, stderr);
  assert.ok((summary.metrics['iterations']?.['count'] ?? 0) < 300);
});

test('what goes wrong in several processes is told once, with one count', async (t) => {
  const { exitCode, stderr } = await play(
    t,
    `export const options = { scenarios: { a: { executor: 'per-vu-iterations', vus: 6, iterations: 2 } } };
     export default function () {
       throw new Error('no cart');
     }`,
    { flags: THREE },
  );
  assert.equal(exitCode, 0, stderr);
  assert.equal(stderr.match(/Error: no cart\n\s+at/g)?.length, 1, stderr);
  assert.match(stderr, /12 times in all: Error: no cart/);
});

test('a process that is stuck ends the test and is named, and an init context that throws in one ends it', async (t) => {
  const stuck = await play(
    t,
    `export const options = { vus: 3, duration: '60s' };
     export default function () { if (__VU === 2) for (;;) Math.random(); }`,
    { flags: THREE },
  );
  assert.equal(stuck.exitCode, 102, stuck.stderr);
  assert.match(stuck.stderr, /virtual user 2, its iteration \d+\) said nothing for 5000 ms/);
  const thrown = await play(
    t,
    `if (__VU === 3) throw new Error('no third');
     export const options = { vus: 3, duration: '60s' };
     export default function () {}`,
    { flags: THREE },
  );
  assert.equal(thrown.exitCode, 107, thrown.stderr);
  assert.match(thrown.stderr, /Error: no third/);
});

test('a signal ends all processes in order, also while setup runs', async (t) => {
  const server = await serve(t);
  const running = await play(
    t,
    `import http from 'k6/http';
     import { sleep } from 'k6';
     export const options = { vus: 3, duration: '60s' };
     export default function () { console.log('at work'); sleep(30); }
     export function teardown() { http.get('${server.url}/teardown'); }`,
    { flags: THREE, signalOn: 'at work' },
  );
  assert.equal(running.exitCode, 105, running.stderr);
  assert.equal(server.count('/teardown'), 1);
  const settingUp = await play(
    t,
    `import { sleep } from 'k6';
     export const options = { vus: 3, duration: '60s' };
     export function setup() { console.log('setting up'); sleep(50); }
     export default function () {}`,
    { flags: THREE, signalOn: 'setting up' },
  );
  assert.equal(settingUp.exitCode, 105, settingUp.stderr);
});

test('samples of all processes go to one file, line by line', async (t) => {
  const { exitCode, read, stderr } = await play(
    t,
    `import { Counter } from 'k6/metrics';
     import exec from 'k6/execution';
     const carts = new Counter('carts');
     export const options = { vus: 3, iterations: 300 };
     export default function () { carts.add(1, { number: exec.scenario.iterationInTest }); }`,
    { flags: [...THREE, '--out', 'json=samples.json', '-o', 'csv=samples.csv'], files: { 'samples.json': 'of yesterday\n' } },
  );
  assert.equal(exitCode, 0, stderr);
  const points = read('samples.json')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const numbers = points.flatMap(({ type, metric, data }) => (type === 'Point' && metric === 'carts' ? [Number(data.tags.number)] : []));
  assert.deepEqual(sorted(numbers), upTo(300));
  assert.equal(points.filter(({ type, metric }) => type === 'Metric' && metric === 'carts').length, 1);
  assert.equal(
    read('samples.csv')
      .split('\n')
      .filter((line) => line.startsWith('carts')).length,
    300,
  );
  assert.equal(
    read('samples.csv')
      .split('\n')
      .filter((line) => line.startsWith('metric_name')).length,
    1,
  );
});

test('what k6/execution counts is of the whole test, a second later at most', async (t) => {
  const server = await serve(t);
  const { exitCode, stderr } = await play(
    t,
    `import http from 'k6/http';
     import exec from 'k6/execution';
     import { sleep } from 'k6';
     export const options = { scenarios: { a: { executor: 'per-vu-iterations', vus: 6, iterations: 2 } } };
     export default function () {
       sleep(__ITER === 0 ? 0.1 : 2.5);
       const { iterationsCompleted, vusInitialized, vusActive } = exec.instance;
       if (__ITER === 1) http.get('${server.url}/seen/' + iterationsCompleted + '/' + vusInitialized + '/' + vusActive);
     }`,
    { flags: THREE },
  );
  assert.equal(exitCode, 0, stderr);
  const seen = told(server, '/seen/');
  assert.equal(seen.length, 6);
  for (const [completed = 0, initialized, active] of seen) {
    assert.ok(completed >= 6 && completed < 12, `${completed} iterations completed`);
    assert.equal(initialized, 6);
    assert.ok(active !== undefined && active >= 1 && active <= 6);
  }
});

test('a number of processes that there cannot be is refused', async (t) => {
  for (const count of ['0', '1.5', 'many', '65']) {
    const { exitCode, stderr } = await play(t, 'export default function () {}', { flags: ['--generators', count] });
    assert.equal(exitCode, 104, stderr);
    assert.match(stderr, new RegExp(`--generators: '${count}' is not a whole number from 1 to 64`));
  }
});
