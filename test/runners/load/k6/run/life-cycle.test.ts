import assert from 'node:assert/strict';
import { test } from 'node:test';
import { play, serve } from './play.ts';

test('setup runs once, its data reaches every iteration as a copy, and teardown comes last', async (t) => {
  const server = await serve(t);
  const { exitCode, summary, stderr } = await play(
    t,
    `import http from 'k6/http';
     import { check } from 'k6';
     export const options = { vus: 3, iterations: 12 };
     export function setup() {
       http.get('${server.url}/setup');
       return { tokens: ['a', 'b'], at: 5 };
     }
     export default function (data) {
       check(data, { 'has its own copy': (d) => d.tokens.length === 2 });
       if (__ITER === 0) http.get('${server.url}/first?vu=' + __VU);
       http.get('${server.url}/buy');
     }
     export function teardown(data) {
       http.post('${server.url}/teardown', JSON.stringify(data));
       console.log('goodbye', data.at);
     }`,
  );
  assert.equal(exitCode, 0, stderr);
  assert.equal(server.count('/setup'), 1);
  assert.equal(server.count('/buy'), 12);
  assert.equal(server.asked.at(-1)?.url, '/teardown');
  assert.deepEqual(JSON.parse(server.asked.at(-1)?.body ?? ''), { tokens: ['a', 'b'], at: 5 });
  assert.deepEqual(
    server.asked
      .filter(({ url }) => url.startsWith('/first'))
      .map(({ url }) => url)
      .sort(),
    ['/first?vu=1', '/first?vu=2', '/first?vu=3'],
  );
  assert.equal(summary.root_group.checks['has its own copy']?.passes, 12);
  assert.equal(summary.metrics['iterations']?.['count'], 12);
  assert.equal(summary.metrics['http_reqs']?.['count'], 12 + 3 + 2);
  assert.match(stderr, /INFO\[\d+\] goodbye 5 {2}source=console/);
});

test('the init context runs once for each virtual user, with files and variables of its own', async (t) => {
  const server = await serve(t);
  const { exitCode, stderr } = await play(
    t,
    `import http from 'k6/http';
     import { SharedArray } from 'k6/data';
     const users = new SharedArray('users', () => open('./users.csv').trim().split('\\n'));
     const pixel = open('pixel.bin', 'b');
     let mine = 0;
     export const options = { scenarios: { each: { executor: 'per-vu-iterations', vus: 2, iterations: 3 } } };
     export default function () {
       mine += 1;
       http.get(\`${server.url}/\${users[__VU - 1]}/\${mine}/\${pixel.byteLength}\`);
     }`,
    { files: { 'users.csv': 'ada\ngrace\n', 'pixel.bin': Uint8Array.of(1, 2, 255) } },
  );
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(server.asked.map(({ url }) => url).sort(), [
    '/ada/1/3',
    '/ada/2/3',
    '/ada/3/3',
    '/grace/1/3',
    '/grace/2/3',
    '/grace/3/3',
  ]);
});

test('an iteration lasts until its timers and requests are done', async (t) => {
  const server = await serve(t);
  const { exitCode, summary, stderr } = await play(
    t,
    `import http from 'k6/http';
     import { setTimeout as later } from 'k6/timers';
     import { Counter } from 'k6/metrics';
     const ended = new Counter('ended');
     export const options = { iterations: 2 };
     export default function () {
       later(() => { http.get('${server.url}/late'); ended.add(1); }, 50);
       http.asyncRequest('GET', '${server.url}/aside').then(() => ended.add(1));
       const every = setInterval(() => { ended.add(1); clearInterval(every); }, 10);
     }`,
  );
  assert.equal(exitCode, 0, stderr);
  assert.equal(server.count('/late'), 2);
  assert.equal(server.count('/aside'), 2);
  assert.equal(summary.metrics['ended']?.['count'], 6);
  assert.ok((summary.metrics['iteration_duration']?.['min'] ?? 0) >= 49);
});

test('scenarios call the functions they name, with tags and environment of their own', async (t) => {
  const server = await serve(t);
  const { exitCode, summary, stderr } = await play(
    t,
    `import http from 'k6/http';
     import exec from 'k6/execution';
     export const options = {
       tags: { run: 'nightly' },
       thresholds: { 'http_reqs{kind:buyer}': ['count==4'], 'http_reqs{scenario:browse}': ['count==6'], 'http_reqs{run:nightly}': ['count==10'] },
       scenarios: {
         browse: { executor: 'shared-iterations', vus: 2, iterations: 6, exec: 'look', env: { REGION: 'eu' } },
         buy: { executor: 'per-vu-iterations', vus: 2, iterations: 2, exec: 'order', startTime: '200ms', tags: { kind: 'buyer' } },
       },
     };
     export function look() { http.get('${server.url}/' + __ENV.REGION + '/' + exec.scenario.name + '/' + exec.scenario.startTime); }
     export function order() { http.get('${server.url}/' + (__ENV.REGION || 'none') + '/' + exec.scenario.executor + '/' + exec.scenario.startTime); }`,
  );
  assert.equal(exitCode, 0, stderr);
  const startsOf = (path: string) => server.asked.flatMap(({ url }) => (url.startsWith(path) ? [Number(url.slice(path.length))] : []));
  const [browse, buy] = [startsOf('/eu/browse/'), startsOf('/none/per-vu-iterations/')];
  assert.deepEqual([browse.length, buy.length], [6, 4]);
  assert.deepEqual([new Set(browse).size, new Set(buy).size], [1, 1]);
  assert.ok((buy[0] ?? 0) - (browse[0] ?? 0) >= 199);
  assert.deepEqual(summary.metrics['http_reqs{kind:buyer}']?.thresholds, { 'count==4': false });
});

test('an arrival rate starts its iterations by the clock, and drops those for which nobody is free', async (t) => {
  const server = await serve(t);
  const { exitCode, summary, stderr } = await play(
    t,
    `import http from 'k6/http';
     import { sleep } from 'k6';
     export const options = {
       scenarios: {
         open: { executor: 'constant-arrival-rate', rate: 50, duration: '1s', preAllocatedVUs: 5, maxVUs: 50, exec: 'quick' },
         full: { executor: 'constant-arrival-rate', rate: 20, duration: '1s', preAllocatedVUs: 2, exec: 'slow' },
       },
     };
     export function quick() { http.get('${server.url}/quick'); }
     export function slow() { sleep(5); }`,
    { flags: ['--no-thresholds'] },
  );
  assert.equal(exitCode, 0, stderr);
  assert.equal(server.count('/quick'), 50);
  assert.equal(summary.metrics['iterations']?.['count'], 52);
  assert.equal(summary.metrics['dropped_iterations']?.['count'], 18);
});

test('what gracefulStop cuts short neither counts as an iteration nor runs on', async (t) => {
  const server = await serve(t);
  const { exitCode, summary, stderr } = await play(
    t,
    `import http from 'k6/http';
     import { sleep } from 'k6';
     export const options = { scenarios: { a: { executor: 'constant-vus', vus: 2, duration: '500ms', gracefulStop: '100ms' } } };
     export default function () {
       try { http.get('${server.url}/begin'); sleep(30); http.get('${server.url}/never'); }
       catch (error) { http.get('${server.url}/caught'); }
       finally { http.get('${server.url}/finally'); }
     }`,
  );
  assert.equal(exitCode, 0, stderr);
  assert.equal(server.count('/begin'), 2);
  assert.equal(server.count('/never') + server.count('/caught') + server.count('/finally'), 0);
  assert.equal(summary.metrics['iterations'], undefined);
});
