import assert from 'node:assert/strict';
import { test } from 'node:test';
import { userSteps } from '../../../../runners/load/pacing/user-steps.ts';

test('going up, a virtual user begins where the line reaches a whole number; going down, it ends there', () => {
  const steps = [
    ...userSteps([
      { durationMs: 4000, from: 0, to: 4 },
      { durationMs: 1000, from: 4, to: 4 },
      { durationMs: 2000, from: 4, to: 2 },
    ]),
  ];
  assert.deepEqual(
    steps.map(({ atMs, users }) => [atMs, users]),
    [
      [0, 0],
      [1000, 1],
      [2000, 2],
      [3000, 3],
      [4000, 4],
      [6000, 3],
      [7000, 2],
    ],
  );
});

test('a segment of no length jumps in one step', () => {
  const steps = [
    ...userSteps([
      { durationMs: 1000, from: 5, to: 5 },
      { durationMs: 0, from: 5, to: 1 },
      { durationMs: 1000, from: 1, to: 1 },
    ]),
  ];
  assert.deepEqual(
    steps.map(({ atMs, users }) => [atMs, users]),
    [
      [0, 5],
      [1000, 1],
    ],
  );
});
