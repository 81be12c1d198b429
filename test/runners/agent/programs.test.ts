import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startProgram } from '../../../runners/agent/programs.ts';

/** Longer than any test, so that only a kill ends it. */
const SLEEP = 'sleep 300';

test('a program that has ended is not waited for because somebody that it started still holds its output', async () => {
  const program = startProgram(['sh', '-c', `${SLEEP} & echo $!; exit 3`]);
  const pid = Number(await program.line());
  const { code, stdout } = await program.ended;
  assert.deepEqual([code, stdout], [3, `${pid}\n`]);
  assert.ok(process.kill(pid, 'SIGKILL'), 'it was still there');
});

test('a program that does not say its word in time is ended, and who waited is told', async () => {
  const program = startProgram(['sh', '-c', `echo first; exec ${SLEEP}`]);
  assert.equal(await program.line(60_000), 'first');
  await assert.rejects(program.line(20), /ended \(null\)/);
  assert.equal(program.alive(), false);
});
