/** However a run ends, nothing stays behind: Ctrl-C, SIGTERM, kill -9 of the runner; and a dead run can be swept and judged. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJournal } from '../../runners/journal/reader.ts';
import { until } from '../helpers/agent-stage.ts';
import { latestReport } from '../helpers/firedrill-process.ts';
import { type TinySystem, tinyExperiment, tinySystem } from '../helpers/tiny-system.ts';

/** Signals closer together than a tenth of a second count as one. */
const SIGNAL_SPACING_MS = 200;

let system: TinySystem;
let healthy: readonly string[];

before(async () => {
  system = await tinySystem('ending');
  const up = await system.run(['up', 'compose.yaml', '--yes']);
  assert.equal(up.exitCode, 0, up.stderr);
  healthy = await system.containers();
});

after(() => system.close());

/** The allowed container's state, as the engine tells it. */
async function stateOf(): Promise<string | undefined> {
  return (await system.containers()).find((each) => each.includes('allowed'))?.split(' ')[1];
}

/** The allowed container's environment. */
async function environmentOf(): Promise<readonly string[]> {
  const label = [`com.docker.compose.project=${system.project}`, 'region=here'];
  const [container] = await system.docker.listContainers({ filters: { label } });
  return container ? (await system.docker.getContainer(container.Id).inspect()).Config.Env : [];
}

/** The run's id, as its first line says it. */
function runIdIn(text: string): string {
  return /(\d{8}-\d{6}-\w{4})/.exec(text)?.[1] ?? '';
}

async function untilRunning(limitMs: number): Promise<number> {
  const startMs = performance.now();
  while ((await stateOf()) !== 'running') {
    if (performance.now() - startMs > limitMs) throw new Error(`not running again within ${limitMs} ms`);
    await sleep(20);
  }
  return performance.now() - startMs;
}

test('a run passes, and leaves the system as it was found', async () => {
  const file = await system.experiment(tinyExperiment({ duration: '2s' }));
  const outcome = await system.run(['run', file, '--yes']);
  assert.equal(outcome.exitCode, 0, outcome.stdout + outcome.stderr);
  const [fault] = (await latestReport(system.folder)).faults;
  assert.ok(fault?.undoneAtMs && fault.inEffectAtMs && fault.undoneAtMs - fault.inEffectAtMs >= 2000, JSON.stringify(fault));
  assert.deepEqual(await system.containers(), healthy);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} undoes the fault, and the run ends with exit code 5`, async () => {
    const file = await system.experiment(tinyExperiment());
    const running = system.start(['run', file, '--yes']);
    await running.until(/in effect since/);
    assert.equal(await stateOf(), 'paused');
    running.child.kill(signal);
    assert.equal((await running.ended).exitCode, 5);
    assert.equal((await latestReport(system.folder)).faults[0]?.state, 'undone');
    assert.deepEqual(await system.containers(), healthy);
  });
}

test('a second Ctrl-C does not cut the undo short, and a third names the sweep', async () => {
  const file = await system.experiment(tinyExperiment());
  const running = system.start(['run', file, '--yes']);
  const runId = runIdIn(await running.until(/in effect since/));
  const [agent] = await system.docker.listContainers({ filters: { label: ['firedrill.role=agent', `firedrill.run=${runId}`] } });
  assert.ok(agent);
  const frozen = system.docker.getContainer(agent.Id);
  await frozen.pause();
  for (let count = 0; count < 3; count += 1) {
    running.child.kill('SIGINT');
    await sleep(SIGNAL_SPACING_MS);
  }
  assert.equal(await stateOf(), 'paused', 'the undo cannot have happened while the agent stands still');
  await frozen.unpause();
  const outcome = await running.ended;
  assert.equal(outcome.exitCode, 5);
  assert.match(outcome.stderr, /not cut short/);
  assert.match(outcome.stderr, /npx firedrill sweep/);
  assert.deepEqual(await system.containers(), healthy);
});

async function eventsOf(runId: string) {
  const { events } = await readJournal(`${system.folder}/.firedrill/runs/${runId}/journal.ndjson`);
  return events;
}

test('kill -9 of the runner is undone within a second by the agent, swept, and judged afterwards', async (context) => {
  const file = await system.experiment(tinyExperiment());
  const running = system.start(['run', file, '--yes']);
  const runId = runIdIn(await running.until(/in effect since/));
  // The terminal hears of it some milliseconds before the disk.
  await until('the journal has it', async () => (await eventsOf(runId)).some((event) => event.type === 'fault.in-effect'));
  running.child.kill('SIGKILL');
  const tookMs = await untilRunning(1000);
  context.diagnostic(`running again ${Math.round(tookMs)} ms after kill -9`);
  await running.ended;

  const next = await system.run(['run', file, '--yes']);
  assert.equal(next.exitCode, 7, next.stdout + next.stderr);
  assert.match(next.stderr, /'container-pause' came as far as in-effect[\s\S]*firedrill sweep/);

  const swept = await system.run(['sweep', runId, '--yes']);
  assert.equal(swept.exitCode, 0, swept.stdout + swept.stderr);
  assert.match(swept.stdout, /undone and read back/);
  assert.deepEqual(await system.containers(), healthy);

  const again = await system.run(['sweep', runId, '--yes']);
  assert.match(again.stdout, /nothing is left behind/);
});

test('the environment that a dead runner had changed is put back by sweep', async () => {
  const found = await environmentOf();
  const file = await system.experiment(`${tinyExperiment()}variants: {other: {environment: {TINY_MODE: changed}}}\n`);
  const running = system.start(['run', file, '--yes', '--variant', 'other']);
  const runId = runIdIn(await running.until(/in effect since/));
  assert.ok((await environmentOf()).includes('MODE=changed'));
  running.child.kill('SIGKILL');
  await running.ended;
  await untilRunning(1000);
  const swept = await system.run(['sweep', runId, '--yes']);
  assert.equal(swept.exitCode, 0, swept.stdout + swept.stderr);
  assert.deepEqual(await environmentOf(), found);
  assert.ok(found.includes('MODE=plain'));
  assert.deepEqual(await system.containers(), healthy);
});

test('the journal of a run whose runner died says what the agent undid', async () => {
  const file = await system.experiment(tinyExperiment());
  const running = system.start(['run', file, '--yes']);
  const text = await running.until(/in effect since/);
  const runId = runIdIn(text);
  running.child.kill('SIGKILL');
  await running.ended;
  await untilRunning(1000);
  await system.run(['sweep', runId, '--yes']);
  const events = await eventsOf(runId);
  assert.ok(events.some((event) => event.type === 'fault.undone' && event.fault === 'container-pause'));
  const judged = await system.run(['report', runId, '--json']);
  assert.equal(JSON.parse(judged.stdout).complete, false);
  assert.notEqual(judged.exitCode, 0);
});
