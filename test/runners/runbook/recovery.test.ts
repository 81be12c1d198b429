import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchNeededMs } from '../../../runners/runbook/recovery.ts';
import { exampleExperiment } from '../../helpers/example-run.ts';
import { load, objective } from '../../probes/slo/synthetic-load.ts';

const MARGIN_MS = 2000;
const good = load('http_req_failed', 'rate<0.01');

function needed(clauses: Parameters<typeof objective>[0]): number {
  return watchNeededMs({ ...exampleExperiment(), objectives: { one: objective(clauses) } }) - MARGIN_MS;
}

test('the watch lasts as long as a recovery, a steady state or a stretch afterwards may take', () => {
  assert.equal(needed({ good, throughout: true }), 0);
  assert.equal(needed({ good, 'recovered-within': { ms: 7000 }, 'steady-within': { ms: 9000 } }), 9000);
  assert.equal(needed({ after: { within: { ms: 5000 }, condition: load('http_req_failed', 'rate<0.01', { overMs: 3000 }) } }), 8000);
});

test('a detection is waited for after the undo only as far as its limit outlasts the fault', () => {
  const step = exampleExperiment().method.find(({ type }) => type === 'fault');
  assert.ok(step?.type === 'fault' && step.duration);
  const beyond = (ms: number) => needed({ 'detected-by': good, 'detected-within': { ms: (step.duration?.ms ?? 0) + ms } });
  assert.deepEqual([-500, 0, 4000].map(beyond), [0, 0, 4000]);
});
