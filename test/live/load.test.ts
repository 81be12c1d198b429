/** Load of all kinds in one drill, on a real server that is paused: a k6 script beside YAML scenarios, one that waits for the fault, and a threshold that ends it all. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { LoadCell } from '../../probes/slo/load-cells.ts';
import { agentImage } from '../../runners/agent/image.ts';
import { ensureImages, tagOf } from '../../runners/docker/images.ts';
import type { Event, EventOf, EventType } from '../../runners/journal/events.ts';
import { until } from '../helpers/agent-stage.ts';
import { latestEvents, latestReport } from '../helpers/firedrill-process.ts';
import { type TinySystem, tinySystem } from '../helpers/tiny-system.ts';

const SERVER = `require('node:http').createServer((request, response) => response.end('fine')).listen(8000, '0.0.0.0');`;
const SCRIPT = `import http from 'k6/http';
import { Counter } from 'k6/metrics';
const pages = new Counter('pages_read');
export const options = {
  scenarios: { readers: { executor: 'constant-arrival-rate', rate: 20, duration: '2m', preAllocatedVUs: 5, maxVUs: 60 } },
};
export default function () {
  const { status } = http.get(__ENV.BASE + '/api', { timeout: '1s', tags: { kind: 'api' } });
  if (status === 200) pages.add(1);
}
`;
/** Requests of the rush time out after 1 s, and thresholds are judged every 2 s; the rest is for a busy machine. */
const BROKEN_MS_MAX = 6000;
/** What is under way when the load is ended gets 2 s. */
const ENDED_MS_MAX = 8000;

let system: TinySystem;
let base: string;

before(async () => {
  system = await tinySystem('load');
  await ensureImages(system.docker, { recipes: [agentImage], environment: process.env, log: () => {} });
  await writeFile(
    join(system.folder, 'compose.yaml'),
    `services:
  web:
    image: ${tagOf(agentImage)}
    entrypoint: ${JSON.stringify(['node', '-e', SERVER])}
    init: true
    stop_grace_period: 1s
    labels: {firedrill.allow: "true"}
    ports: ["127.0.0.1::8000"]
`,
  );
  await writeFile(join(system.folder, 'readers.js'), SCRIPT);
  const up = await system.run(['up', 'compose.yaml', '--yes']);
  assert.equal(up.exitCode, 0, up.stderr);
  const [web] = await system.docker.listContainers({ filters: { label: [`com.docker.compose.project=${system.project}`] } });
  base = `http://127.0.0.1:${web?.Ports.find(({ PrivatePort }) => PrivatePort === 8000)?.PublicPort}`;
  await until('the server answers', () =>
    fetch(base).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
});

after(() => system?.close());

function experiment(): Promise<string> {
  return system.experiment(`title: A rush on a server that stands still
system: compose.yaml
targets: {web: {service: web}}
load:
  script: readers.js
  env: {BASE: "${base}"}
  scenarios:
    viewers: {rate: 20, duration: 2m, timeout: 1s, requests: [{url: "${base}/page"}], tags: {kind: page}}
    rush: {startTime: fault+5s, rate: 40, duration: 1m, timeout: 1s, requests: [{url: "${base}/rush"}], tags: {kind: rush}}
  thresholds:
    "http_req_failed{kind:rush}": {threshold: rate<0.5, abortOnFail: true}
    pages_read: count>0
steady-state-hypothesis:
  - {load: "http_req_failed{kind:page}", threshold: rate<0.01, over: 1s}
  - {load: "http_req_failed{kind:api}", threshold: rate<0.01, over: 1s}
method:
  - {at: 4s, fault: container-pause, target: web, duration: 1m}
limits: {max-share: 100%}
`);
}

function only<Type extends EventType>(events: readonly Event[], type: Type): EventOf<Type> {
  const found = events.filter((event): event is EventOf<Type> => event.type === type);
  const [first] = found;
  assert.ok(first && found.length === 1, `${found.length} events ${type}`);
  return first;
}

/** The cells of one scenario in which requests were planned. */
function plannedOf(events: readonly Event[], scenario: string): readonly LoadCell[] {
  const ids = new Set(
    events.flatMap((event) => (event.type === 'load.series' && event.series.scenario === scenario ? [event.series.id] : [])),
  );
  return events.flatMap((event) =>
    event.type === 'load.frame' ? event.cells.filter(({ series, planned = 0 }) => ids.has(series) && planned > 0) : [],
  );
}

test('a script and scenarios share a drill, one of them begins 5 s after the fault, and a broken threshold ends everything', async (t) => {
  const healthy = await system.containers();
  const file = await experiment();
  const { stdout } = await system.run(['plan', file]);
  assert.match(
    stdout,
    /Load by 1 process .*\n +viewers: .*\n +rush: .*, from fault:[\w-]+\+5s\nLoad by .*readers\.js, 1 process .*\n +readers: /,
  );
  const outcome = await system.run(['run', file, '--yes']);
  const report = await latestReport(system.folder);
  const events = await latestEvents(system.folder);
  assert.equal(outcome.exitCode, 1, outcome.stdout + outcome.stderr);
  assert.equal(report.verdict, 'failed', report.why.join(' '));
  assert.deepEqual(await system.containers(), healthy);

  const { inEffectAtMs } = only(events, 'fault.in-effect');
  const stop = only(events, 'stop');
  const { undoneAtMs } = only(events, 'fault.undone');
  const ended = only(events, 'load.ended');
  t.diagnostic(JSON.stringify({ inEffectAtMs, stopMs: stop.atMs, undoneAtMs, endedMs: ended.atMs, planned: ended.planned }));

  const rushMs = plannedOf(events, 'rush').map(({ bucketMs }) => bucketMs);
  const firstMs = Math.min(...rushMs);
  assert.ok(firstMs > inEffectAtMs + 4900 && firstMs < inEffectAtMs + 5500, `the rush began ${firstMs - inEffectAtMs} ms after the proof`);
  assert.deepEqual([stop.because, /http_req_failed\{kind:rush\}/.test(stop.detail)], ['threshold', true], stop.detail);
  assert.ok(stop.atMs - firstMs < BROKEN_MS_MAX, `${stop.atMs - firstMs} ms from the beginning of the rush to the stop`);
  assert.ok(undoneAtMs >= stop.atMs && ended.atMs - stop.atMs < ENDED_MS_MAX, `the load ended ${ended.atMs - stop.atMs} ms after the stop`);
  assert.deepEqual(
    report.thresholds?.map(({ text, state }) => `${text} ${state}`),
    ['http_req_failed{kind:rush} rate<0.5 broken', 'pages_read count>0 held'],
  );

  assert.deepEqual(
    report.load.scenarios
      .map(({ name }) => name)
      .filter((name) => name !== 'outside scenarios')
      .toSorted(),
    ['readers', 'rush', 'viewers'],
  );
  for (const name of ['readers', 'viewers']) {
    const before = plannedOf(events, name).filter(({ bucketMs }) => bucketMs < inEffectAtMs - 100);
    const during = report.load.scenarios.find((scenario) => scenario.name === name);
    assert.ok(before.length > 20, `${name} sent in ${before.length} cells before the fault`);
    assert.ok(during && during.failed > 50 && during.failed < during.planned, `${name}: ${during?.failed} of ${during?.planned} failed`);
  }
  const parts = ended.ok + ended.failed + ended.dropped;
  assert.equal(parts, ended.planned, 'every request came to one end');
});
