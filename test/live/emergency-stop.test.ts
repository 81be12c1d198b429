/** The emergency stop: a file, or a word from another terminal; before anything is touched, in the middle, and with a runner that does not hear. */
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { lockHolder } from '../../runners/docker/lock.ts';
import { firedrill, latestEvents, latestReport, scratchFolder } from '../helpers/firedrill-process.ts';
import { type TinySystem, tinyExperiment, tinySystem } from '../helpers/tiny-system.ts';

let system: TinySystem;
let healthy: readonly string[];
let stopFile: string;

before(async () => {
  system = await tinySystem('emergency');
  stopFile = join(system.folder, '.firedrill', 'STOP');
  const up = await system.run(['up', 'compose.yaml', '--yes']);
  assert.equal(up.exitCode, 0, up.stderr);
  healthy = await system.containers();
});

after(() => system.close());

async function stateOf(): Promise<string | undefined> {
  return (await system.containers()).find((each) => each.includes('allowed'))?.split(' ')[1];
}

/** The id of the run that holds the system's lock, once one does. */
async function runningId(): Promise<string> {
  for (;;) {
    const holder = await lockHolder(system.docker, `firedrill-lock-${system.project}`);
    if (holder) return holder.runId;
  }
}

async function writeStopFile(): Promise<void> {
  await mkdir(join(system.folder, '.firedrill'), { recursive: true });
  await writeFile(stopFile, '');
}

test('no run begins while the stop file is there, and a plan still does', async () => {
  const file = await system.experiment(tinyExperiment());
  await writeStopFile();
  const refused = await system.run(['run', file, '--yes']);
  assert.equal(refused.exitCode, 7);
  assert.match(refused.stderr, /stop file .*STOP[\s\S]*hint: .*rm /);
  assert.equal((await system.run(['plan', file])).exitCode, 0);
  await rm(stopFile);
  assert.deepEqual(await system.containers(), healthy);
});

test('a stop file that appears in the middle undoes the fault, and the run ends with exit code 5', async () => {
  const file = await system.experiment(tinyExperiment());
  const running = system.start(['run', file, '--yes']);
  await running.until(/in effect since/);
  assert.equal(await stateOf(), 'paused');
  await writeStopFile();
  const outcome = await running.ended;
  await rm(stopFile);
  assert.equal(outcome.exitCode, 5, outcome.stderr);
  const report = await latestReport(system.folder);
  assert.equal(report.faults[0]?.state, 'undone');
  assert.match(report.why.join(' '), /emergency stop ended it: the stop file/);
  assert.deepEqual(await system.containers(), healthy);
});

test('firedrill stop from another folder ends the run, everything undone, and says so', async () => {
  const file = await system.experiment(tinyExperiment());
  const running = system.start(['run', file, '--yes']);
  await running.until(/in effect since/);
  const elsewhere = await scratchFolder('elsewhere');
  const stopped = await firedrill(['stop', await runningId(), '--json'], elsewhere);
  assert.equal((await running.ended).exitCode, 5);
  assert.equal(stopped.exitCode, 0, stopped.stderr);
  assert.equal(JSON.parse(stopped.stdout).runs[0].state, 'stopped');
  assert.deepEqual(await system.containers(), healthy);
  await rm(elsewhere, { recursive: true });
});

test('a run that has not begun to touch anything is stopped before it does', async () => {
  const file = await system.experiment(tinyExperiment().replace('at: 3s', 'at: 40s').replace('duration: 20s}', 'duration: 5s}'));
  const running = system.start(['run', file, '--yes']);
  const stopped = await system.run(['stop', await runningId()]);
  const outcome = await running.ended;
  assert.equal(stopped.exitCode, 0, stopped.stdout);
  assert.equal(outcome.exitCode, 5, outcome.stderr);
  assert.ok(!(await latestEvents(system.folder)).some((event) => event.type === 'fault.intended'));
  assert.deepEqual(await system.containers(), healthy);
});

test('a runner that does not hear is passed over: its agent undoes, and the runner learns of it', async () => {
  const file = await system.experiment(tinyExperiment());
  const running = system.start(['run', file, '--yes', '--lease', '60s']);
  await running.until(/in effect since/);
  running.child.kill('SIGSTOP');
  const stopped = await system.run(['stop', await runningId()]);
  assert.equal(stopped.exitCode, 0, stopped.stdout + stopped.stderr);
  assert.match(stopped.stdout, /runner did not hear/);
  assert.equal(await stateOf(), 'running');
  running.child.kill('SIGCONT');
  assert.equal((await running.ended).exitCode, 5);
  assert.deepEqual(await system.containers(), healthy);
});

test('of two runs at once one plays, and the other is refused and touches nothing', async () => {
  const file = await system.experiment(tinyExperiment({ duration: '3s' }));
  const outcomes = await Promise.all([system.run(['run', file, '--yes']), system.run(['run', file, '--yes'])]);
  assert.deepEqual(outcomes.map(({ exitCode }) => exitCode).sort(), [0, 7], outcomes.map(({ stderr }) => stderr).join('\n'));
  const refused = outcomes.find(({ exitCode }) => exitCode === 7);
  assert.match(refused?.stderr ?? '', /locked by run|A dead run may have left/);
  assert.deepEqual(await system.containers(), healthy);
});

test('with nothing to stop it says so', async () => {
  const stopped = await system.run(['stop', 'no-such-run']);
  assert.equal(stopped.exitCode, 0);
  assert.match(stopped.stdout, /no run no-such-run is on/);
});
