import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Evidence } from '../../../../../probes/slo/evidence.ts';
import { judgeLoad } from '../../../../../probes/slo/judge-load.ts';
import type { LoadOptions } from '../../../../../runners/load/generator/start.ts';
import { UNASKED_VALUES_MAX } from '../../../../../runners/load/recording/asked-series.ts';
import { begin, conditionOf, scenarioOf } from '../../support.ts';
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
  const judge = (selector: string, threshold: string) => judgeLoad(conditionOf(selector, threshold), evidence, 0, 600_000).state;
  return { ...load, notes, described, judge, told: () => evidence.allSeries().map(({ series }) => series.tags) };
}

/** A blocking call where JavaScript cannot wait. */
const NEEDS_QUICKJS = `import { sleep } from 'k6';\nexport class Late { constructor() { sleep(0); } }`;

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
  const { run, judge, described } = loadWith(t, SHOP, { env: { BASE: server.url }, askedTags: { region: ['eu'], part: ['home'] } });
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
    { askedTags: { name: ['missing', 'broken', 'picky', 'unasked'], method: ['GET'], status: ['500'] } },
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
});

test('conditions select whole requests by what their answers tell, and count each of them once', async (t) => {
  const server = await serve(t, ({ url }, response) => {
    response.statusCode = Number(/\d+/.exec(url)?.[0] ?? 200);
    response.end();
  });
  const source = `import http from 'k6/http';
    import { group } from 'k6';
    export const options = { vus: 2, iterations: 10, thresholds: { 'http_req_latency{status:503}': ['p(95)>0'] } };
    export default function () {
      group('all', () => {
        http.get('${server.url}/200', { tags: { kind: 'api' } });
        http.get('${server.url}/503', { tags: { kind: 'api' } });
        http.get('${server.url}/404', { responseCallback: http.expectedStatuses(404) });
        http.get('http://127.0.0.1:1/', { tags: { kind: 'dead' } });
      });
    }`;
  for (const engine of ['transform', 'quickjs'] as const) {
    const { run, judge, notes } = loadWith(t, engine === 'quickjs' ? `${source}\n${NEEDS_QUICKJS}` : source, {
      askedTags: { kind: ['api', 'dead'], status: ['503', '504', '200'], expected_response: ['true'], error_code: ['1212', '1503'] },
    });
    const totals = await run.done;
    assert.deepEqual([totals.planned, totals.ok, totals.failed, totals.dropped], [40, 20, 20, 0]);
    for (const [selector, threshold] of [
      ['http_reqs', 'count==40'],
      ['http_reqs{kind:api}', 'count==20'],
      ['http_reqs{status:503}', 'count==10'],
      ['http_reqs{kind:api,status:503}', 'count==10'],
      ['http_reqs{kind:dead,status:503}', 'count==0'],
      ['http_reqs{status:504}', 'count==0'],
      ['http_reqs{expected_response:true}', 'count==20'],
      ['http_reqs{error_code:1212}', 'count==10'],
      ['http_req_failed', 'rate==0.5'],
      ['http_req_failed{status:503}', 'rate==1'],
      ['http_req_failed{status:200}', 'rate==0'],
      ['http_req_failed{error_code:1503}', 'count==10'],
      ['http_req_duration{status:503}', 'p(95)<5000'],
      ['http_req_latency{expected_response:true}', 'p(95)<5000'],
    ] as const) {
      assert.equal(judge(selector, threshold), 'held', `${engine}: ${selector} ${threshold}`);
    }
    assert.equal(judge('http_req_latency{status:504}', 'p(95)<5000'), 'unknown', 'no sample of a trend says nothing');
    assert.deepEqual(
      notes.filter((note) => note.includes('threshold')),
      [],
      "the script's own threshold knows the answer too",
    );
  }
});

test('answers of ever new kinds make few series, and those that are asked for are told apart among them', async (t) => {
  const server = await serve(t, ({ url }, response) => {
    response.statusCode = Number(/\d+/.exec(url)?.[0] ?? 200);
    response.end();
  });
  const { run, judge, told } = loadWith(
    t,
    `import http from 'k6/http';
     export const options = { iterations: 300, vus: 10 };
     let asked = 0;
     export default function () {
       http.get('${server.url}/' + (200 + ((__VU * 31 + asked++ * 7) % 250)));
       if (asked === 30) http.get('${server.url}/599');
     }`,
    { askedTags: { status: ['599'] } },
  );
  const totals = await run.done;
  assert.ok(totals.planned >= 300);
  assert.equal(judge('http_reqs{status:599}', `count==${totals.planned - 300}`), 'held');
  assert.equal(judge('http_reqs', `count==${totals.planned}`), 'held');
  const ends = told().filter((tags) => tags['status'] !== undefined);
  assert.ok(ends.length <= UNASKED_VALUES_MAX + 1, `${ends.length} series`);
});

test('an arrival that finds no virtual user of a script is dropped, and failed', async (t) => {
  const { run, judge } = loadWith(
    t,
    `import { sleep } from 'k6';
     export const options = { scenarios: { open: {
       executor: 'constant-arrival-rate', rate: 50, duration: '1s', preAllocatedVUs: 1, maxVUs: 1, gracefulStop: '5s',
     } } };
     export default function () { sleep(2); }`,
  );
  const totals = await run.done;
  assert.deepEqual([totals.planned, totals.dropped], [49, 49]);
  assert.equal(judge('dropped_iterations{scenario:open}', 'count==49'), 'held');
  assert.equal(judge('http_req_failed{scenario:open}', 'rate==1'), 'held');
});

test('requests that are given up at the end of a script are no failures', async (t) => {
  const server = await serve(t, () => {});
  const { run, judge } = loadWith(
    t,
    `import http from 'k6/http';
     export const options = { scenarios: {
       quick: { executor: 'constant-vus', vus: 1, duration: '1s', exec: 'quick' },
       slow: { executor: 'constant-vus', vus: 3, duration: '500ms', gracefulStop: '0s', exec: 'slow' },
     } };
     export function quick() { http.get('http://127.0.0.1:1/'); }
     export function slow() { http.get('${server.url}/never'); }`,
  );
  const totals = await run.done;
  assert.equal(totals.dropped, 3);
  assert.equal(judge('http_req_failed{scenario:slow}', 'rate<1'), 'unknown', 'what was given up says nothing');
  assert.equal(judge('http_req_failed{scenario:quick}', 'rate==1'), 'held');
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
