import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseSelector, parseThreshold } from '../../../../../experiments/language/threshold.ts';
import { Evidence } from '../../../../../probes/slo/evidence.ts';
import { judgeLoad } from '../../../../../probes/slo/judge-load.ts';
import type { LoadOptions } from '../../../../../runners/load/generator/start.ts';
import { begin, scenarioOf } from '../../support.ts';
import { serve } from './play.ts';

function scriptFile(t: TestContext, source: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'firedrill-k6-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'shop.js'), source);
  return join(folder, 'shop.js');
}

function loadWith(
  t: TestContext,
  source: string,
  more: Partial<LoadOptions> & { env?: Record<string, string>; with?: Record<string, unknown> } = {},
) {
  const { env = {}, with: options = {}, scenarios = [], ...rest } = more;
  const evidence = new Evidence();
  const notes: string[] = [];
  const described: string[] = [];
  const startNs = process.hrtime.bigint();
  const load = begin(t, scenarios, {
    startNs,
    script: { path: scriptFile(t, source), env, options },
    onScript: ({ file, sha256, scenarios: all }) => described.push(`${file} ${sha256.length} ${all.map(({ name }) => name).join()}`),
    onNote: (level, text) => notes.push(`${level} ${text}`),
    onSeries: (series) => evidence.addSeries(series),
    onMetric: (metric) => evidence.addMetric(metric),
    onCells: (cells) => evidence.addCells(cells),
    ...rest,
  });
  const judge = (selector: string, threshold: string) => {
    const condition = { load: parseSelector(selector), threshold: parseThreshold(threshold) } as Parameters<typeof judgeLoad>[0];
    return judgeLoad(condition, evidence, 0, 600_000).state;
  };
  return { ...load, notes, described, judge };
}

const SHOP = `import http from 'k6/http';
  import { check } from 'k6';
  import { Trend } from 'k6/metrics';
  const steps = new Trend('steps');
  export const options = { iterations: 10, tags: { region: 'eu' } };
  export default function () {
    const response = http.get(__ENV.BASE + '/ok', { tags: { part: 'home' } });
    check(response, { fine: (r) => r.status === 200 });
    http.get(__ENV.BASE + '/missing');
    steps.add(__ITER);
  }`;

test('what a script sends counts as load: requests, checks, iterations and metrics of its own', async (t) => {
  const server = await serve(t, ({ url }, response) => {
    response.statusCode = url === '/missing' ? 404 : 200;
    response.end();
  });
  const { run, judge, described } = loadWith(t, SHOP, { env: { BASE: server.url }, scriptTags: { region: ['eu'], part: ['home'] } });
  const totals = await run.done;
  assert.deepEqual([totals.planned, totals.sent, totals.ok, totals.failed, totals.iterations], [20, 20, 10, 10, 10]);
  assert.match(described[0] ?? '', /^shop\.js 64 default$/);
  for (const [selector, threshold] of [
    ['http_reqs', 'count==20'],
    ['http_req_failed', 'rate==0.5'],
    ['http_req_failed{region:eu}', 'count==10'],
    ['http_req_failed{part:home}', 'rate==0'],
    ['http_reqs{part:home}', 'count==10'],
    ['http_req_duration{part:home,region:eu}', 'p(95)<5000'],
    ['http_req_latency{scenario:default}', 'p(95)<5000'],
    ['checks{check:fine}', 'rate==1'],
    ['iterations', 'count==10'],
    ['steps', 'max==9'],
    ['iteration_duration', 'min>0'],
  ] as const) {
    assert.equal(judge(selector, threshold), 'held', `${selector} ${threshold}`);
  }
  assert.equal(judge('steps', 'max<9'), 'broken');
});

test('conditions select by what a request is called, however many URLs there are, and count what the script expects', async (t) => {
  const server = await serve(t, ({ url }, response) => {
    response.statusCode = url.startsWith('/missing') ? 404 : url.startsWith('/broken') ? 500 : 200;
    response.end();
  });
  const { run, judge } = loadWith(
    t,
    `import http from 'k6/http';
     export const options = { iterations: 600, vus: 20 };
     http.setResponseCallback(http.expectedStatuses(200, 404));
     export default function () {
       http.get('${server.url}/item/' + __VU + '/' + __ITER);
       if (__ITER > 0) return;
       http.get('${server.url}/missing', { tags: { name: 'missing' } });
       http.get('${server.url}/broken', { tags: { name: 'broken' } });
       http.get('${server.url}/fine', { tags: { name: 'picky' }, responseCallback: http.expectedStatuses(204) });
       http.get('${server.url}/broken', { tags: { name: 'unasked' }, responseCallback: null });
     }`,
    { scriptTags: { name: ['missing', 'broken', 'picky', 'unasked'], method: ['GET'], status: ['500'] } },
  );
  const totals = await run.done;
  assert.deepEqual([totals.planned, totals.ok, totals.failed], [680, 620, 60]);
  for (const [selector, threshold] of [
    ['http_reqs', 'count==680'],
    ['http_reqs{name:missing}', 'count==20'],
    ['http_req_failed{name:missing}', 'rate==0'],
    ['http_req_failed{name:broken}', 'rate==1'],
    ['http_req_failed{name:picky}', 'rate==1'],
    ['http_req_failed{name:unasked}', 'rate==1'],
    ['http_req_failed{method:GET}', 'count==60'],
    ['http_req_waiting{status:500}', 'min>=0'],
  ] as const) {
    assert.equal(judge(selector, threshold), 'held', `${selector} ${threshold}`);
  }
  assert.equal(judge('http_req_failed{status:500}', 'rate<=1'), 'unknown');
});

test('a script runs beside scenarios, and its options can be laid over', async (t) => {
  const server = await serve(t);
  const scenarios = [scenarioOf({ name: 'yaml', url: `${server.url}/yaml`, settings: { rate: 20, duration: '500ms' } })];
  const { run, judge } = loadWith(t, SHOP, { env: { BASE: server.url }, with: { iterations: 3 }, scenarios });
  const totals = await run.done;
  assert.deepEqual([server.count('/yaml'), server.count('/ok'), server.count('/missing')], [10, 3, 3]);
  assert.equal(totals.planned, 16);
  assert.equal(judge('http_reqs{scenario:yaml}', 'count==10'), 'held');
  assert.equal(judge('http_reqs{scenario:default}', 'count==6'), 'held');
});

test('a script on several processes is planned, sent and counted exactly, beside scenarios that are shared too', async (t) => {
  const server = await serve(t);
  const scenarios = [scenarioOf({ name: 'yaml', url: `${server.url}/yaml`, settings: { rate: 40, duration: '500ms' } })];
  const script = `import http from 'k6/http';
    export const options = { scenarios: { open: { executor: 'constant-arrival-rate', rate: 101, duration: '1s', preAllocatedVUs: 9, maxVUs: 300 } } };
    export default function () { http.get('${server.url}/script'); }`;
  const { run, judge, facts } = loadWith(t, script, { scenarios, generators: 2 });
  const totals = await run.done;
  assert.equal(run.pids.length, 4);
  assert.deepEqual([server.count('/yaml'), server.count('/script'), totals.planned, totals.ok, totals.processes], [20, 101, 121, 121, 4]);
  assert.equal(judge('http_reqs{scenario:open}', 'count==101'), 'held');
  assert.equal(judge('iterations{scenario:open}', 'count==101'), 'held');
  assert.equal(facts.at(-1)?.processes, 4);
});

test('a stop ends the script in order, its teardown included', async (t) => {
  const server = await serve(t);
  const { run } = loadWith(
    t,
    `import http from 'k6/http';
     import { sleep } from 'k6';
     export const options = { vus: 2, duration: '10m' };
     export default function () { http.get('${server.url}/'); sleep(0.05); }
     export function teardown() { http.get('${server.url}/teardown'); }`,
  );
  while (server.asked.length < 4) await new Promise((resolve) => setTimeout(resolve, 50));
  await run.stop();
  await run.done;
  assert.equal(server.asked.at(-1)?.url, '/teardown');
});

test('a script that cannot run to its end fails the load, and says why', async (t) => {
  const { run } = loadWith(t, "export function setup() { throw new Error('no token'); }\nexport default function () {}");
  await assert.rejects(run.done, /shop\.js did not run to its end: setup\(\): Error: no token/);
});

test("a script's own thresholds and words are told, and leave the verdict to the objectives", async (t) => {
  const { run, notes } = loadWith(
    t,
    `export const options = { iterations: 2, thresholds: { iterations: ['count>5'] } };
     export default function () { console.warn('low stock'); }`,
  );
  assert.equal((await run.done).iterations, 2);
  assert.deepEqual(notes, [
    'warning script: low stock',
    'warning script: low stock',
    'error script: thresholds not met: iterations count>5',
  ]);
});
