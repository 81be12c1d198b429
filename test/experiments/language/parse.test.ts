import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { experimentOf, parse } from './support.ts';

const fixture = (name: string): string => readFileSync(new URL(`../../fixtures/experiments/${name}`, import.meta.url), 'utf8');

const LOADED = `
title: A drill
targets:
  primary: {labels: {role: primary, firedrill.allow: true}}
  replica: {service: replica}
load:
  scenarios:
    viewers: {executor: constant-vus, vus: 3, duration: 10m, requests: [{url: "http://127.0.0.1/"}], tags: {region: eu, shard: 7}}
`;

describe('a right file', () => {
  test("design's example is parsed as it stands", () => {
    const experiment = experimentOf(fixture('design-example.yaml'), { environment: { video: 'v-1' } });
    assert.equal(experiment.title, 'South America goes dark');
    assert.deepEqual(experiment.system, { compose: 'fabric/compose.yaml', environment: {} });
    assert.deepEqual(experiment.targets, { 'sa-east-1': { labels: { region: 'sa-east-1' }, pick: 'all' } });
    assert.deepEqual(
      experiment.scenarios.map(({ name, executor, tags, settings }) => ({ name, executor, tags, settings })),
      [
        {
          name: 'south-american-viewers',
          executor: 'constant-arrival-rate',
          tags: { region: 'sa-east-1' },
          settings: { rate: 150, duration: '90s' },
        },
        {
          name: 'other-viewers',
          executor: 'constant-arrival-rate',
          tags: { region: 'eu-central-1' },
          settings: { rate: 50, duration: '90s' },
        },
      ],
    );
    assert.deepEqual(experiment.method, [
      {
        type: 'fault',
        onRecreate: 'follow',
        at: { ms: 20_000 },
        name: 'network-blackout',
        fault: 'network-blackout',
        target: 'sa-east-1',
        duration: { ms: 30_000 },
        settings: {},
      },
      { type: 'gate', at: { ms: 25_000 }, name: 'gate', gate: 'Did the pager ring?' },
    ]);
    assert.equal(experiment.objectives['failover']?.budget, 0.12);
    assert.deepEqual(experiment.objectives['failover']?.['mitigated-within'], { ms: 10_000 });
    assert.equal(experiment.objectives['others-unaware']?.throughout, true);
    assert.deepEqual(experiment.stopWhen[0]?.for, { ms: 20_000 });
  });

  test('defaults are filled in, and are the safe ones', () => {
    const experiment = experimentOf('title: Nothing yet');
    assert.deepEqual(experiment, {
      title: 'Nothing yet',
      engines: {},
      targets: {},
      scenarios: [],
      probes: [],
      hypothesis: [],
      method: [],
      objectives: {},
      stopWhen: [],
      watch: { ms: 30_000 },
      limits: { maxTargets: 50, maxShare: 0.5, maxDuration: { ms: 1_800_000 } },
      variants: {},
    });
    const [scenario] = experimentOf(LOADED).scenarios;
    assert.deepEqual([scenario?.startTime, scenario?.gracefulStop, scenario?.timeout], [{ ms: 0 }, { ms: 30_000 }, { ms: 10_000 }]);
    assert.deepEqual(scenario?.requests, [{ url: 'http://127.0.0.1/', method: 'GET', headers: {}, weight: 1, checks: {} }]);
  });

  test('a probe looks every second, and its timeout is never shorter than its interval', () => {
    const { probes } = experimentOf('title: x\nprobes: {a: {probe: noop}, b: {probe: noop, every: 20s}, c: {probe: noop, timeout: 100ms}}');
    assert.deepEqual(
      probes.map(({ name, every, timeout }) => [name, every.ms, timeout.ms]),
      [
        ['a', 1000, 5000],
        ['b', 20_000, 20_000],
        ['c', 1000, 100],
      ],
    );
  });

  test("a kind's settings stay as they were written, beside the step's own keys", () => {
    const { method } = experimentOf(`${LOADED}
method:
  - {at: 20s, fault: network-latency, target: replica, duration: 45s, delay: 5s, to: primary, ports: [5432]}
`);
    assert.deepEqual(method[0], {
      type: 'fault',
      onRecreate: 'follow',
      at: { ms: 20_000 },
      name: 'network-latency',
      fault: 'network-latency',
      target: 'replica',
      duration: { ms: 45_000 },
      settings: { delay: '5s', to: 'primary', ports: [5432] },
    });
  });

  test('steps without a name are named after their kind, numbered when there are several, around the names that are taken', () => {
    const { method } = experimentOf(`${LOADED}
method:
  - {at: 1s, fault: noop, target: replica}
  - {at: 2s, fault: noop, target: replica, name: noop-1}
  - {at: 3s, fault: noop, target: replica}
  - {at: 4s, gate: Ready?}
`);
    assert.deepEqual(
      method.map(({ name }) => name),
      ['noop-2', 'noop-1', 'noop-3', 'gate'],
    );
  });

  test('numbers and booleans stand for their text where text is wanted', () => {
    const experiment = experimentOf(LOADED);
    assert.deepEqual(experiment.targets['primary']?.labels, { role: 'primary', 'firedrill.allow': 'true' });
    assert.deepEqual(experiment.scenarios[0]?.tags, { region: 'eu', shard: '7' });
  });

  test('an alias stands for what its anchor holds', () => {
    const { targets } = experimentOf('title: x\ntargets: {a: &a {service: web}, b: *a}');
    assert.deepEqual(targets['b'], { service: 'web', pick: 'all' });
  });

  test('a pick is a number, a share or all, also from the environment', () => {
    const text =
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the language's own
      'title: x\ntargets: {a: {service: w, pick: 2}, b: {service: w, pick: 30%}, c: {service: w, pick: "${PICK}"}, d: {service: w}}';
    const { targets } = experimentOf(text, { environment: { PICK: '3' } });
    assert.deepEqual(
      Object.values(targets).map(({ pick }) => pick),
      [{ count: 2 }, { share: 0.3 }, { count: 3 }, 'all'],
    );
  });

  test('a step of a kind that cannot be undone parses with its consent', () => {
    const { method } = experimentOf(`${LOADED}
method: [{at: 1s, fault: cache-evict, target: replica, share: 80%, consent: not-undone, name: eviction}]
objectives:
  once: {since: {probe: http, url: "http://127.0.0.1/", threshold: delta<=1, per: eviction.evicted}}
`);
    assert.deepEqual(method[0]?.type === 'fault' && [method[0].consent, method[0].settings], ['not-undone', { share: '80%' }]);
  });
});

describe('inline probes', () => {
  const text = `
title: x
targets: {cache: {service: cache}}
probes:
  http: {probe: http, url: "http://127.0.0.1/named"}
steady-state-hypothesis:
  - {probe: http, url: "http://127.0.0.1/a", tolerance: 200}
  - {probe: redis, command: [PING], target: cache, every: 2s, tolerance: {matches: PONG}, over: 3s}
  - {reading: http, tolerance: {range: [200, 204]}}
method: [{at: 1s, fault: noop, target: cache}]
objectives:
  up: {good: {tolerance: 200, url: "http://127.0.0.1/a", probe: http}, throughout: true}
  later: {after: {within: 5s, condition: {probe: http, url: "http://127.0.0.1/b", threshold: p(95)<3}}}
stop-when: [{probe: http, url: "http://127.0.0.1/a", tolerance: 500, for: 3s}]
`;

  test('become named probes, one for all that are identical, beside those with a name', () => {
    assert.deepEqual(
      experimentOf(text).probes.map(({ name, settings, target, every }) => ({ name, settings, target, every: every.ms })),
      [
        { name: 'http', settings: { url: 'http://127.0.0.1/named' }, target: undefined, every: 1000 },
        { name: 'http-1', settings: { url: 'http://127.0.0.1/a' }, target: undefined, every: 1000 },
        { name: 'redis', settings: { command: ['PING'] }, target: 'cache', every: 2000 },
        { name: 'http-2', settings: { url: 'http://127.0.0.1/b' }, target: undefined, every: 1000 },
      ],
    );
  });

  test('that are written as one with a name are that one, so that it is looked at once', () => {
    const { probes, hypothesis } = experimentOf(`
title: x
probes:
  front-page: {probe: http, every: 2s, url: "http://127.0.0.1/a"}
steady-state-hypothesis:
  - {probe: http, url: "http://127.0.0.1/a", every: 2s, tolerance: 200}
  - {probe: http, url: "http://127.0.0.1/a", tolerance: 200}
`);
    assert.deepEqual(
      probes.map(({ name, every }) => [name, every.ms]),
      [
        ['front-page', 2000],
        ['http', 1000],
      ],
    );
    assert.deepEqual(
      hypothesis.map((condition) => 'reading' in condition && condition.reading),
      ['front-page', 'http'],
    );
  });

  test('leave a condition on readings of that probe wherever a condition may stand', () => {
    const experiment = experimentOf(text);
    assert.deepEqual(experiment.hypothesis, [
      { reading: 'http-1', tolerance: { equals: 200 } },
      { reading: 'redis', tolerance: { matches: 'PONG' }, over: { ms: 3000 } },
      { reading: 'http', tolerance: { range: [200, 204] } },
    ]);
    assert.deepEqual(experiment.objectives['up']?.good, { reading: 'http-1', tolerance: { equals: 200 } });
    assert.deepEqual(experiment.objectives['later']?.after?.condition, {
      reading: 'http-2',
      threshold: { aggregation: 'p', percentile: 95, operator: '<', bound: 3, text: 'p(95)<3' },
    });
    assert.deepEqual(experiment.stopWhen, [{ reading: 'http-1', tolerance: { equals: 500 }, for: { ms: 3000 } }]);
  });
});

describe('variants', () => {
  const text = `${LOADED}
system: {compose: compose.yaml, environment: {MUTEX: on, FAILOVER: on}}
method: [{at: 1s, fault: noop, target: replica}]
objectives:
  fast: {good: {load: http_req_latency, threshold: p(95)<100}, throughout: true}
variants:
  unprotected: {environment: {MUTEX: off}}
  slow:
    load: {scenarios: {viewers: {vus: 9, tags: {shard: 8}}}}
    objectives: {fast: {good: {threshold: p(99)<5}}, cheap: {good: {load: http_req_failed, threshold: rate<0.1}, budget: 1%}}
`;

  test('change nothing until they are asked for', () => {
    const experiment = experimentOf(text);
    assert.deepEqual(experiment.system?.environment, { MUTEX: 'on', FAILOVER: 'on' });
    assert.deepEqual(Object.keys(experiment.objectives), ['fast']);
    assert.deepEqual(Object.keys(experiment.variants), ['unprotected', 'slow']);
  });

  test("put their environment over the system's, key by key", () => {
    const experiment = experimentOf(text, { variant: 'unprotected' });
    assert.deepEqual(experiment.system, { compose: 'compose.yaml', environment: { MUTEX: 'off', FAILOVER: 'on' } });
    assert.deepEqual(experiment.scenarios, experimentOf(text).scenarios);
  });

  test('reach into load and objectives as deep as they are written', () => {
    const experiment = experimentOf(text, { variant: 'slow' });
    assert.deepEqual(experiment.scenarios[0]?.settings, { vus: 9, duration: '10m' });
    assert.deepEqual(experiment.scenarios[0]?.tags, { region: 'eu', shard: '8' });
    const good = experiment.objectives['fast']?.good;
    assert.deepEqual(good && 'load' in good && [good.load.metric, good.threshold.text], ['http_req_latency', 'p(99)<5']);
    assert.deepEqual(Object.keys(experiment.objectives), ['fast', 'cheap']);
  });

  test('make a system that was written as its path one with an environment', () => {
    const experiment = experimentOf('title: x\nsystem: compose.yaml\nvariants: {off: {environment: {A: 1}}}', { variant: 'off' });
    assert.deepEqual(experiment.system, { compose: 'compose.yaml', environment: { A: '1' } });
  });
});

test('a file that was parsed without a problem has no secrets unless it says so', () => {
  const result = parse('title: x');
  assert.deepEqual(result.ok && result.secrets, []);
});
