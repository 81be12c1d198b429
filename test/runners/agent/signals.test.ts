import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catches, ignores, isHarmless, signalProblem } from '../../../runners/agent/signals.ts';

test('a signal is caught or ignored where its bit is set, signal 1 being the lowest', () => {
  const masks = { caught: 0b1n, ignored: 0b10n };
  assert.deepEqual([catches(masks, 'SIGHUP'), catches(masks, 'SIGINT')], [true, false]);
  assert.deepEqual([ignores(masks, 'SIGHUP'), ignores(masks, 'SIGINT')], [false, true]);
  assert.equal(catches(masks, 'SIGNONE'), false);
});

test('signals that stop, and names that are none, are no faults; those that do nothing by themselves are harmless', () => {
  assert.equal(signalProblem('SIGTERM'), undefined);
  assert.match(signalProblem('SIGTSTP') ?? '', /container-pause/);
  assert.match(signalProblem('KILL') ?? '', /write it like SIGKILL/);
  assert.deepEqual([isHarmless('SIGURG'), isHarmless('SIGHUP')], [true, false]);
});
