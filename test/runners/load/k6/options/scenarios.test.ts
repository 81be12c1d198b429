import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions } from '../../../../../runners/load/k6/options/parse.ts';
import { scenariosOf } from '../../../../../runners/load/k6/options/scenarios.ts';

function scenarios(given: unknown) {
  const { options, problems } = parseOptions(given, 'test');
  assert.deepEqual(problems, []);
  return scenariosOf(options);
}

test('each shortcut stands for an executor', () => {
  const expected: readonly (readonly [unknown, string, unknown])[] = [
    [{}, 'per-vu-iterations', { vus: 1, iterations: 1 }],
    [{ iterations: 5 }, 'shared-iterations', { vus: 1, iterations: 5 }],
    [{ vus: 3, iterations: 5 }, 'shared-iterations', { vus: 3, iterations: 5 }],
    [{ vus: 3, iterations: 5, duration: '1m' }, 'shared-iterations', { vus: 3, iterations: 5, maxDuration: '60000ms' }],
    [{ vus: 3, duration: '90s' }, 'constant-vus', { vus: 3, duration: '90000ms' }],
    [{ stages: [{ duration: '5s', target: 9 }] }, 'ramping-vus', { startVUs: 1, stages: [{ duration: '5000ms', target: 9 }] }],
  ];
  for (const [given, executor, settings] of expected) {
    const [scenario, ...more] = scenarios(given).scenarios;
    assert.equal(more.length, 0);
    assert.equal(scenario?.name, 'default');
    assert.equal(scenario?.exec, 'default');
    assert.equal(scenario?.executor, executor);
    assert.deepEqual(scenario?.settings, settings);
    assert.equal(scenario?.gracefulStop.ms, 30_000);
  }
});

test('shortcuts that contradict each other are refused', () => {
  const stages = [{ duration: '5s', target: 9 }];
  const written = { a: { executor: 'per-vu-iterations' } };
  for (const given of [
    { iterations: 5, stages },
    { duration: '5s', stages },
    { iterations: 5, scenarios: written },
    { duration: '5s', scenarios: written },
    { stages, scenarios: written },
    { iterations: 5, duration: '5s', stages },
  ]) {
    assert.match(scenarios(given).problems[0] ?? '', /cannot be given together/);
  }
});

test('virtual users alone are passed over, aloud', () => {
  const { scenarios: all, warnings } = scenarios({ vus: 10 });
  assert.deepEqual(all[0]?.settings, { vus: 1, iterations: 1 });
  assert.match(warnings[0] ?? '', /vus: 10 is passed over/);
});

test('a scenario written out keeps its name, tags, environment and times', () => {
  const [scenario] = scenarios({
    scenarios: {
      buyers: {
        executor: 'ramping-arrival-rate',
        exec: 'buy',
        startTime: '5s',
        gracefulStop: '0s',
        env: { REGION: 'eu', SHARD: 3 },
        tags: { kind: 'buyer', paying: true },
        startRate: 5,
        timeUnit: '1m',
        preAllocatedVUs: 2,
        stages: [{ duration: 2000, target: 10 }],
      },
    },
  }).scenarios;
  assert.deepEqual(scenario, {
    name: 'buyers',
    executor: 'ramping-arrival-rate',
    exec: 'buy',
    startTime: { ms: 5000 },
    gracefulStop: { ms: 0 },
    env: { REGION: 'eu', SHARD: '3' },
    tags: { kind: 'buyer', paying: 'true' },
    settings: { startRate: 5, timeUnit: '60000ms', preAllocatedVUs: 2, maxVUs: 2, stages: [{ duration: '2000ms', target: 10 }] },
  });
});

test('an arrival rate must say how many virtual users are made beforehand', () => {
  const { problems } = scenarios({ scenarios: { a: { executor: 'constant-arrival-rate', rate: 5, duration: '1s' } } });
  assert.match(problems[0] ?? '', /scenario a: preAllocatedVUs is missing/);
});

test('a duration inside a scenario that is none is told with its scenario', () => {
  const { problems } = scenarios({ scenarios: { a: { executor: 'constant-vus', vus: 1, duration: 'long' } } });
  assert.match(problems[0] ?? '', /scenario a: duration must be a duration/);
});
