import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReportFault } from '../../../reports/report.ts';
import { exitCodeOfRun } from '../../../runners/cli/run-exit.ts';
import { EXIT, type ExitCode, FiredrillError } from '../../../runners/failure.ts';

const FULL = new FiredrillError('disk-full', 'the disk is full', { exitCode: EXIT.groundUnfit });

function exitOf(state: ReportFault['state'], exitCode: ExitCode, failure: unknown, complete = false): ExitCode {
  const faults = [{ state } as ReportFault];
  return exitCodeOfRun({ exitCode, report: { complete, faults } }, failure);
}

test('a run that broke something is judged by its evidence, whatever went wrong after that', () => {
  assert.equal(exitOf('undone', EXIT.inconclusive, FULL, true), EXIT.inconclusive);
  assert.equal(exitOf('undone', EXIT.failed, FULL, true), EXIT.failed);
  assert.equal(exitOf('undone', EXIT.failed, FULL), EXIT.failed);
});

test('a run that touched nothing ends by what went wrong, also where its journal does not say so', () => {
  assert.equal(exitOf('not-injected', EXIT.groundUnfit, FULL, true), EXIT.groundUnfit);
  assert.equal(exitOf('not-injected', EXIT.inconclusive, FULL), EXIT.groundUnfit);
});

test('something that is not known to be undone, and a bug, outweigh a full disk', () => {
  assert.equal(exitOf('in-effect', EXIT.notUndone, FULL), EXIT.notUndone);
  assert.equal(exitOf('undone', EXIT.failed, new Error('never meant to happen')), EXIT.bug);
  assert.equal(exitOf('in-effect', EXIT.notUndone, new Error('never meant to happen')), EXIT.notUndone);
});

test('without a failure the verdict stands', () => {
  assert.equal(exitOf('undone', EXIT.passed, undefined, true), EXIT.passed);
});
