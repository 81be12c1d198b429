import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FiredrillError } from '../../../../runners/failure.ts';
import { executors, planExecutor } from '../../../../runners/load/executors/index.ts';

const context = { timeoutMs: 10_000 };
const JUMP_AT_THE_END = [
  { duration: '10s', target: 0 },
  { duration: '0s', target: 5 },
];

test('every executor of k6 that a load may need is there, and explains itself', () => {
  assert.deepEqual(
    executors.map(({ name }) => name),
    ['constant-arrival-rate', 'ramping-arrival-rate', 'constant-vus', 'ramping-vus', 'per-vu-iterations', 'shared-iterations'],
  );
  for (const { summary } of executors) assert.match(summary, /\((open|closed) loop\)\.$/);
});

test('stages of an arrival rate become lines from rate to rate; a stage of no length jumps', () => {
  const plan = planExecutor(
    'ramping-arrival-rate',
    {
      startRate: 100,
      stages: [
        { duration: '10s', target: 200 },
        { duration: '0s', target: 50 },
        { duration: '10s', target: 50 },
      ],
    },
    context,
  );
  assert.equal(plan.model, 'open');
  assert.deepEqual(plan.model === 'open' && plan.segments, [
    { durationMs: 10_000, fromPerMs: 0.1, toPerMs: 0.2 },
    { durationMs: 10_000, fromPerMs: 0.05, toPerMs: 0.05 },
  ]);
  assert.deepEqual([plan.durationMs, plan.model === 'open' && plan.planned], [20_000, 2000]);
});

test('a rate counts in its timeUnit, in ramps too', () => {
  const plan = planExecutor('ramping-arrival-rate', { timeUnit: '1m', startRate: 60, stages: [{ duration: '60s', target: 60 }] }, context);
  assert.equal(plan.model === 'open' && plan.planned, 60);
});

test('stages of virtual users start from startVUs, which is 1', () => {
  const stages = [
    { duration: '2s', target: 4 },
    { duration: '1s', target: 0 },
  ];
  const plan = planExecutor('ramping-vus', { stages }, context);
  assert.ok(plan.model === 'closed');
  assert.deepEqual(plan.users, [
    { durationMs: 2000, from: 1, to: 4 },
    { durationMs: 1000, from: 4, to: 0 },
  ]);
  assert.deepEqual([plan.vus, plan.durationMs, plan.gracefulRampDownMs], [4, 3000, 30_000]);
});

test('iterations default to one, within ten minutes', () => {
  for (const executor of ['per-vu-iterations', 'shared-iterations']) {
    const plan = planExecutor(executor, {}, context);
    assert.ok(plan.model === 'closed');
    assert.deepEqual([plan.vus, plan.iterations?.count, plan.durationMs], [1, 1, 600_000]);
  }
});

test('by default an arrival rate drops nothing: there are as many virtual users as can be busy within the timeout', () => {
  const plan = planExecutor('constant-arrival-rate', { rate: 200, duration: '20s' }, context);
  assert.deepEqual(plan.model === 'open' && [plan.maxVUs, plan.preAllocatedVUs], [2200, 4]);
});

test('settings that do not fit together are refused, with the setting to mend', () => {
  const wrong: [string, Record<string, unknown>, string, RegExp][] = [
    ['constant-arrival-rate', { rate: 1, duration: '0s' }, 'duration', /duration is 0ms, must be above 0 and at most 24h/],
    ['constant-arrival-rate', { rate: 1, duration: '25h' }, 'duration', /at most 24h/],
    ['constant-arrival-rate', { rate: 1, duration: '1s', timeUnit: '0s' }, 'timeUnit', /timeUnit is 0ms/],
    ['constant-arrival-rate', { rate: 600_000, duration: '1s' }, 'rate', /600000 iterations a second, the limit is 50000/],
    ['constant-arrival-rate', { rate: 1, duration: '1s', preAllocatedVUs: 9, maxVUs: 3 }, 'preAllocatedVUs', /more than maxVUs, 3/],
    ['ramping-arrival-rate', { stages: [{ duration: '1s', target: 0 }] }, 'stages', /nothing would be started/],
    ['ramping-arrival-rate', { stages: JUMP_AT_THE_END }, 'stages', /nothing would be started/],
    ['ramping-vus', { startVUs: 0, stages: JUMP_AT_THE_END }, 'stages', /nobody would be at work/],
    ['ramping-arrival-rate', { stages: [{ duration: '0s', target: 5 }] }, 'stages', /stages last 0ms/],
    ['ramping-arrival-rate', { stages: [{ duration: '1s', target: 60_000 }] }, 'stages', /the highest target comes to 60000/],
    ['constant-vus', { vus: 3, duration: '0s' }, 'duration', /must be above 0/],
    ['ramping-vus', { startVUs: 0, stages: [{ duration: '1s', target: 0 }] }, 'stages', /nobody would be at work/],
    ['per-vu-iterations', { vus: 4000, iterations: 10_000_000 }, 'iterations', /the limit is 10000000/],
    ['per-vu-iterations', { maxDuration: '0s' }, 'maxDuration', /must be above 0/],
    ['shared-iterations', { vus: 3, iterations: 2 }, 'iterations', /iterations is 2, fewer than vus, 3/],
    ['shared-iterations', { vus: 3 }, 'vus', /iterations is 1, fewer than vus, 3/],
  ];
  for (const [name, settings, key, message] of wrong) {
    const executor = executors.find((each) => each.name === name);
    const [misfit] = executor?.misfits(settings) ?? [];
    assert.deepEqual([misfit?.key, message.test(misfit?.message ?? '')], [key, true], `${name}: ${misfit?.message}`);
    assert.throws(
      () => planExecutor(name, settings, context),
      (error) =>
        error instanceof FiredrillError && error.exitCode === 3 && error.message.startsWith(`${name}: `) && error.hint !== undefined,
    );
  }
  assert.deepEqual(
    executors.flatMap(({ misfits }) => misfits({ nonsense: 1 })),
    [],
    'what the schema refuses is the schema’s to tell',
  );
});

test('an executor that there is not is refused with those that there are', () => {
  assert.throws(
    () => planExecutor('externally-controlled', {}, context),
    (error) => error instanceof FiredrillError && error.exitCode === 3 && /shared-iterations/.test(error.hint ?? ''),
  );
});
