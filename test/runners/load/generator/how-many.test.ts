import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExecutorPlan } from '../../../../runners/load/executors/executor.ts';
import { demandOfAll, processesFor, RATE_PER_PROCESS_MAX, VUS_PER_PROCESS_MAX } from '../../../../runners/load/generator/how-many.ts';

function open(perSecond: number, laterPerSecond = perSecond): ExecutorPlan {
  const segments = [{ durationMs: 1000, fromPerMs: perSecond / 1000, toPerMs: laterPerSecond / 1000 }];
  return { model: 'open', durationMs: 1000, segments, planned: 1, preAllocatedVUs: 1, maxVUs: 100, text: '' };
}

function closed(vus: number): ExecutorPlan {
  return {
    model: 'closed',
    durationMs: 1000,
    users: [],
    vus,
    iterations: undefined,
    gracefulRampDownMs: 0,
    thinkTime: { fromMs: 0, toMs: 0 },
    text: '',
  };
}

test('one process carries what one is meant for, and more share what is more', () => {
  assert.equal(processesFor(demandOfAll([open(RATE_PER_PROCESS_MAX)]), 0, 16), 1);
  assert.equal(processesFor(demandOfAll([open(RATE_PER_PROCESS_MAX + 1)]), 0, 16), 2);
  assert.equal(processesFor(demandOfAll([open(1, 3.5 * RATE_PER_PROCESS_MAX)]), 0, 16), 4);
  assert.equal(processesFor(demandOfAll([closed(VUS_PER_PROCESS_MAX), open(RATE_PER_PROCESS_MAX)]), 0, 16), 2);
});

test('one core is left free, and there is always one process', () => {
  assert.equal(processesFor(demandOfAll([open(50_000)]), 0, 4), 3);
  assert.equal(processesFor(demandOfAll([open(50_000)]), 0, 2), 1);
  assert.equal(processesFor(demandOfAll([open(50_000)]), 0, 1), 1);
  assert.equal(processesFor(demandOfAll([]), 0, 16), 1);
  assert.equal(processesFor(5, 2, 8), 5);
  assert.equal(processesFor(5, 4, 8), 3);
  assert.equal(processesFor(5, 9, 8), 1);
});
