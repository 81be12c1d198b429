import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadText } from '../../../runners/cli/load-text.ts';
import type { ScriptDescription } from '../../../runners/load/k6/run/messages.ts';
import { scenarioOf } from '../load/support.ts';

const script: ScriptDescription = {
  file: 'perf/shop.js',
  sha256: '',
  options: {},
  exports: ['default'],
  scenarios: [
    {
      name: 'buyers',
      executor: 'constant-vus',
      exec: 'default',
      text: '40 virtual users for 1m',
      startMs: 5000,
      endMs: 65_000,
      vusMax: 40,
    },
  ],
  demand: 0.04,
};

test('the plan tells how many processes share the load, and why, and what each scenario does from when on', () => {
  const scenarios = [
    scenarioOf({ name: 'viewers', settings: { rate: 150, duration: '90s' } }),
    scenarioOf({
      name: 'rush',
      startTime: { ms: 5000, after: { of: 'undo', fault: 'dark' } },
      settings: { rate: 24_000, duration: '20s' },
    }),
  ];
  const lines = (generators?: number, cores = 8) => loadText({ scenarios, generators }, script, cores).split('\n');
  assert.deepEqual(
    lines().map((line) => line.replace(/: (\d+) iterations.*?(?=, from|$)/, ': …')),
    [
      'Load by 3 processes (one for each 10000 requests a second, as far as 8 cores go)',
      '  viewers: constant-arrival-rate, 150 in each 1s for 1m30s: …',
      '  rush: constant-arrival-rate, 24000 in each 1s for 20s: …, from undo:dark+5s',
      'Load by perf/shop.js, 1 process (up to 10000 requests a second each)',
      '  buyers: constant-vus, 40 virtual users for 1m, from 5s',
    ],
  );
  assert.match(lines(undefined, 2)[0] ?? '', /^Load by 1 process \(one for each 10000 requests a second, as far as 2 cores go\)$/);
  assert.deepEqual(
    lines(4).filter((line) => line.startsWith('Load')),
    ['Load by 4 processes (load: generators: 4)', 'Load by perf/shop.js, 4 processes (load: generators: 4)'],
  );
});

test('what a script would take beside scenarios is what their processes leave, and never more than its virtual users', () => {
  const busy = [scenarioOf({ settings: { rate: 30_000, duration: '10s' } })];
  const count = (cores: number, vusMax: number) => {
    const scenarios = script.scenarios.map((each) => ({ ...each, vusMax }));
    const text = loadText({ scenarios: busy, generators: undefined }, { ...script, scenarios, demand: 5 }, cores);
    return /shop\.js, (\d+) process/.exec(text)?.[1];
  };
  assert.deepEqual([count(16, 5000), count(6, 5000), count(4, 5000), count(16, 2)], ['5', '2', '1', '2']);
});

test('without load there is nothing to tell', () => {
  assert.equal(loadText({ scenarios: [], generators: undefined }), '');
  assert.doesNotMatch(loadText({ scenarios: [], generators: undefined }, script, 4), /Load by \d/);
});
