import assert from 'node:assert/strict';
import { test } from 'node:test';
import { play, serve } from './play.ts';

test("handleSummary is given the whole test's figures, and writes texts and files", async (t) => {
  const { exitCode, stdout, read, stderr } = await play(
    t,
    `import { check, group } from 'k6';
     import { Trend } from 'k6/metrics';
     const steps = new Trend('steps');
     export const options = { iterations: 4, summaryTrendStats: ['max', 'p(99)', 'count'], thresholds: { steps: ['max<100'] } };
     export function setup() { return { from: 'setup' }; }
     export default function () { group('shop', () => check(1, { fine: true })); steps.add(__ITER + 1); }
     export function handleSummary(data) {
       return {
         stdout: 'steps ' + data.metrics.steps.values.max + ' of ' + data.metrics.iterations.values.count + '\\n',
         'out/summary.json': JSON.stringify(data),
         'raw.bin': new Uint8Array([1, 2, 3]).buffer,
       };
     }`,
  );
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, /steps 4 of 4\n$/);
  assert.doesNotMatch(stdout, /metrics\n/);
  const data = JSON.parse(read('out/summary.json'));
  assert.deepEqual(data.metrics.steps, {
    type: 'trend',
    contains: 'default',
    values: { max: 4, 'p(99)': 3.9699999999999998, count: 4 },
    thresholds: { 'max<100': { ok: true } },
  });
  assert.deepEqual(data.setup_data, { from: 'setup' });
  assert.equal(data.root_group.groups[0].checks[0].passes, 4);
  assert.equal(read('raw.bin').length, 3);
});

test('a handleSummary that throws is told, and the usual summary stands', async (t) => {
  const { exitCode, stdout, stderr } = await play(
    t,
    `export default function () {}
     export function handleSummary() {
       return null.nothing;
     }`,
  );
  assert.equal(exitCode, 0);
  assert.match(stderr, /handleSummary\(\): TypeError[\s\S]*script\.js:3:/);
  assert.match(stdout, /iterations\.+: 1 /);
});

test('every sample goes to a file where it is wanted, as JSON and as a table', async (t) => {
  const server = await serve(t);
  const { exitCode, read, stderr } = await play(
    t,
    `import http from 'k6/http';
     import { Counter } from 'k6/metrics';
     const carts = new Counter('carts');
     export const options = { iterations: 3 };
     export default function () { http.get('${server.url}/', { tags: { kind: 'a, "b"' } }); carts.add(2, { size: 'large' }); }`,
    { flags: ['--out', 'json=samples.json', '-o', 'csv=samples.csv'] },
  );
  assert.equal(exitCode, 0, stderr);
  const lines = read('samples.json')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const points = lines.filter(({ type, metric }) => type === 'Point' && metric === 'carts');
  assert.deepEqual(
    points.map(({ data }) => [data.value, data.tags]),
    new Array(3).fill([2, { scenario: 'default', size: 'large' }]),
  );
  assert.ok(lines.some(({ type, metric }) => type === 'Metric' && metric === 'carts'));
  assert.equal(lines.filter(({ metric }) => metric === 'http_reqs').length, 3);
  const table = read('samples.csv').trim().split('\n');
  assert.match(table[0] ?? '', /^metric_name,timestamp,metric_value,scenario,/);
  assert.match(table.find((line) => line.startsWith('http_reqs')) ?? '', /"kind=a, ""b"""$/);
});

test('groups, checks with tags, and a seeded random go as in k6', async (t) => {
  const source = `import { check, group, randomSeed, sleep, fail } from 'k6';
     import exec from 'k6/execution';
     import { Trend } from 'k6/metrics';
     const drawn = new Trend('drawn');
     export const options = {
       iterations: 3,
       thresholds: { 'checks{part:a}': ['rate==1'], 'checks{group:::outer::inner}': ['rate==0'], 'group_duration{group:::outer}': ['min>=20'], 'checks{mine:yes}': ['rate<1'] },
     };
     export default function () {
       exec.vu.metrics.tags['mine'] = 'yes';
       check(1, { one: (v) => v === 1 }, { part: 'a' });
       group('outer', () => { group('inner', () => check(1, { two: (v) => v === 2 })); sleep(0.03); });
       randomSeed(42);
       drawn.add(Math.random());
       if (exec.vu.iterationInScenario === 2) fail('third time');
     }`;
  const first = await play(t, source);
  assert.equal(first.exitCode, 0, first.stderr);
  assert.match(first.stderr, /Error: third time/);
  const drawn = first.summary.metrics['drawn'];
  assert.equal(drawn?.['min'], drawn?.['max']);
  assert.equal(first.summary.root_group.groups['outer']?.groups['inner']?.checks['two']?.fails, 3);
});

test('what a script uses and plans is told without sending anything', async (t) => {
  const server = await serve(t);
  const source = `import http from 'k6/http';
     import { sleep } from 'k6';
     export const options = { vus: 3, duration: '5s' };
     export default function () { http.get('${server.url}/'); sleep(1); }`;
  const { exitCode, stdout, stderr } = await play(t, source, { flags: ['--check'] });
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, /runs as JavaScript/);
  assert.match(stdout, /k6\/http get {2}\(script\.js:4\)/);
  assert.match(stdout, /default: constant-vus calls default, 3 virtual users for 5s/);
  assert.equal(server.asked.length, 0);

  const wrong = await play(t, "import { WebSocket } from 'k6/websockets';\nexport default function () { new WebSocket('x'); }", {
    flags: ['--check'],
  });
  assert.equal(wrong.exitCode, 107);
  assert.match(wrong.stdout, /is not supported\n {2}script\.js:1:\d+: k6\/websockets/);

  const json = await play(t, source, { flags: ['--check', '--json'] });
  assert.equal(JSON.parse(json.stdout).description.scenarios[0].vusMax, 3);
});
