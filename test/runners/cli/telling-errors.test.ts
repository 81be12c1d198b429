import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../../runners/cli/main.ts';

/** Runs `list`, whose first word out ends in an error of the operating system. */
async function endingIn(code: string): Promise<{ readonly exitCode: number; readonly said: string }> {
  let said = '';
  const exitCode = await main({
    args: ['list'],
    environment: {},
    workingDirectory: '/',
    stdout: {
      write() {
        throw Object.assign(new Error(`${code}: it failed`), { code });
      },
    },
    stderr: { write: (text: string) => (said += text) },
    onSignal: () => () => {},
  });
  return { exitCode, said };
}

test('a full disk is told as one, with what to type, and is no bug of ours', async () => {
  const { exitCode, said } = await endingIn('ENOSPC');
  assert.equal(exitCode, 7);
  assert.match(said, /The disk is full: .*\n {2}hint: .*firedrill report/);
});

test('a connection to the engine that breaks is told as one, with what to type, and is no bug of ours', async () => {
  const { exitCode, said } = await endingIn('ECONNRESET');
  assert.equal(exitCode, 7);
  assert.match(said, /The connection to the engine broke: .*\n {2}hint: .*firedrill sweep/);
});

test('whatever else fails is a bug of ours', async () => {
  const { exitCode, said } = await endingIn('EISDIR');
  assert.equal(exitCode, 70);
  assert.match(said, /this is a bug of ours/);
});
