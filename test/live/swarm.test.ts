/** A Swarm service's tasks as targets: chosen by the service, struck and given back, and looked at in the task that takes a dead one's place. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BASE_IMAGE } from '../../runners/docker/base-image.ts';
import { LABEL } from '../../runners/docker/labels.ts';
import { AGENT_IMAGE, openStage, until } from '../helpers/agent-stage.ts';
import { firedrill, latestReport, scratchFolder } from '../helpers/firedrill-process.ts';
import { type SecondEngine, startSecondEngine } from '../helpers/second-engine.ts';

const SERVICE = 'shop';
const TASKS = 2;
/** A first process that does not care, and a worker that nobody starts anew. */
const WORK = 'tail -f /dev/null & sleep infinity';
const ADDRESS = '127.0.0.1:2377';
const SETTLED_MS = 60_000;

let engine: SecondEngine;
let folder: string;

before(
  async () => {
    await (await openStage('swarm')).remove();
    folder = await scratchFolder('swarm');
    engine = await startSecondEngine();
    await engine.load(BASE_IMAGE, AGENT_IMAGE);
    await bringLoopbackUp();
    await engine.docker.swarmInit({ ListenAddr: ADDRESS, AdvertiseAddr: ADDRESS });
    await engine.docker.createService({
      Name: SERVICE,
      TaskTemplate: {
        ContainerSpec: { Image: BASE_IMAGE, Command: ['sh', '-c', WORK], Labels: { [LABEL.allow]: 'true' }, StopGracePeriod: 0 },
        Networks: [{ Target: 'host' }],
        RestartPolicy: { Condition: 'any', Delay: 500_000_000 },
      },
      Mode: { Replicated: { Replicas: TASKS } },
    });
    await until('its tasks run', async () => (await running()).length === TASKS, SETTLED_MS);
  },
  { timeout: 300_000 },
);

after(async () => {
  await engine.docker.getService(SERVICE).remove();
  await engine.docker.swarmLeave({ force: true });
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

/** The engine has a network namespace of its own, in which Swarm talks to itself. */
async function bringLoopbackUp(): Promise<void> {
  const container = await engine.docker.createContainer({
    Image: AGENT_IMAGE,
    Entrypoint: ['ip', 'link', 'set', 'lo', 'up'],
    HostConfig: { NetworkMode: 'host', CapAdd: ['NET_ADMIN'] },
  });
  await container.start();
  const { StatusCode } = await container.wait();
  await container.remove();
  assert.equal(StatusCode, 0);
}

/** The names of the service's containers that run. */
async function running(): Promise<readonly string[]> {
  const found = await engine.docker.listContainers({
    filters: { label: [`com.docker.swarm.service.name=${SERVICE}`], status: ['running'] },
  });
  return found.flatMap(({ Names }) => Names).sort();
}

async function drill(step: string): Promise<{ exitCode: number | null; output: string }> {
  const text = `title: A task of a Swarm service
engines: {swarm: "${engine.host}"}
targets: {shop: {engine: swarm, swarm-service: ${SERVICE}, pick: 1}}
probes: {state: {probe: container, target: shop, every: 250ms}}
method: [${step}]
objectives:
  comes-back: {good: {reading: state, tolerance: running}, recovered-within: 10s}
watch: 8s
`;
  await writeFile(join(folder, 'drill.yaml'), text);
  const { exitCode, stdout, stderr } = await firedrill(['run', 'drill.yaml', '--yes'], folder);
  return { exitCode, output: `${stdout}\n${stderr}` };
}

test('a task is paused and goes on, and Swarm has nothing to replace', async () => {
  const before = await running();
  const { exitCode, output } = await drill('{at: 2s, fault: container-pause, target: shop, duration: 3s}');
  assert.equal(exitCode, 0, output);
  assert.equal((await latestReport(folder)).faults[0]?.state, 'undone');
  assert.deepEqual(await running(), before);
});

test('a task that is killed is replaced by Swarm, and its undo starts no second one', async () => {
  const before = await running();
  const { exitCode, output } = await drill('{at: 2s, fault: container-kill, target: shop, duration: 4s}');
  assert.equal(exitCode, 0, output);
  assert.equal((await latestReport(folder)).faults[0]?.state, 'undone');
  await until('all its tasks run', async () => (await running()).length === TASKS, SETTLED_MS);
  const now = await running();
  assert.equal(now.length, TASKS);
  assert.equal(now.filter((name) => before.includes(name)).length, TASKS - 1, `${before} then ${now}`);
});

test('a worker that nobody starts anew ends its task, of which Swarm starts another', async () => {
  const before = await running();
  const { exitCode, output } = await drill('{at: 2s, fault: process-kill, target: shop, process: tail, back: restart, duration: 2s}');
  assert.equal(exitCode, 0, output);
  assert.match((await latestReport(folder)).faults[0]?.readBack ?? '', /gone/);
  await until('all its tasks run', async () => (await running()).length === TASKS, SETTLED_MS);
  const now = await running();
  assert.equal(now.filter((name) => before.includes(name)).length, TASKS - 1, `${before} then ${now}`);
});

test('what would be made anew is refused before anything is touched, since that is for Swarm to do', async () => {
  const before = await running();
  const { exitCode, output } = await drill('{at: 2s, fault: container-remove, target: shop, duration: 3s}');
  assert.notEqual(exitCode, 0);
  assert.match(output, /Tasks of a Swarm service cannot be made anew by firedrill/);
  assert.deepEqual(await running(), before);
});
