import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScriptFailure } from '../../../../../runners/load/k6/exit-codes.ts';
import { ALL_MB_MAX, QuickJsEngine } from '../../../../../runners/load/k6/quickjs/engine.ts';

const MB = 1024 * 1024;

test('virtual users that take too much memory together end the test, with what to do', () => {
  const seen = { nowMs: 0, residentMb: ALL_MB_MAX };
  const itsProcess = { nowMs: () => seen.nowMs, residentBytes: () => seen.residentMb * MB };
  const engine = new QuickJsEngine(() => Promise.reject(new Error('nothing is instantiated here')), {}, itsProcess);
  engine.look();
  seen.residentMb += 1;
  engine.look();
  seen.nowMs = 500;
  assert.throws(
    () => engine.look(),
    (error) =>
      error instanceof ScriptFailure &&
      error.exitCode === 102 &&
      /more than 2048 MB/.test(error.message) &&
      /--generators/.test(error.hint ?? ''),
  );
});
