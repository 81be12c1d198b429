import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExperiment } from '../../../experiments/language/parse.ts';
import { kinds } from '../../../runners/cli/kinds.ts';

function parse(load: string) {
  const files = { resolve: (path: string) => `/experiments/${path}`, read: () => ({ ok: false, message: '', hint: '' }) as const };
  return parseExperiment(`title: A script as load\nload:\n${load}\nmethod: []\n`, { file: 'script.yaml', kinds, environment: {}, files });
}

test('a script is load, alone, with variables and options', () => {
  const parsed = parse('  script: perf/checkout.js\n  env: {BASE: http://127.0.0.1, SHARDS: 3}\n  with: {vus: 5, duration: 1m}');
  assert.ok(parsed.ok, parsed.ok ? '' : JSON.stringify(parsed.problems));
  assert.deepEqual(parsed.experiment.script, {
    path: '/experiments/perf/checkout.js',
    env: { BASE: 'http://127.0.0.1', SHARDS: '3' },
    options: { vus: 5, duration: '1m' },
  });
  assert.deepEqual(parsed.experiment.scenarios, []);
});

test('conditions may select by tags that only the script has', () => {
  const parsed = parse('  script: a.js\nstop-when: [{load: "http_req_failed{part:home}", threshold: rate>0.9}]');
  assert.ok(parsed.ok, parsed.ok ? '' : JSON.stringify(parsed.problems));
});

test('a load without scenarios and script, and keys of a script without one, are told', () => {
  const problems = (load: string) => {
    const parsed = parse(load);
    return parsed.ok ? [] : parsed.problems.map(({ code, line }) => `${code} ${line}`);
  };
  assert.deepEqual(problems('  generators: 1'), ['missing-key 3']);
  assert.deepEqual(problems('  scenarios: {}\n  env: {A: b}\n  with: {vus: 1}'), ['no-script 4', 'no-script 5']);
  assert.deepEqual(problems('  scrpt: a.js\n  scenarios: {}'), ['unknown-key 3']);
});
