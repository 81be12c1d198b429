/** Whoever dies while resources are taken, nothing of it stays: no stressor, no full disk, no limit. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { AgentClient } from '../../runners/agent/client.ts';
import type { FaultOperations, Orders } from '../../runners/agent/orders.ts';
import { findAgents, readOrders, startSweeper, sweepAgent } from '../../runners/agent/remains.ts';
import { cpuStress } from '../../runners/faults/cpu-stress.ts';
import { cpuThrottle } from '../../runners/faults/cpu-throttle.ts';
import { diskFill } from '../../runners/faults/disk-fill.ts';
import type { Fault } from '../../runners/faults/fault.ts';
import { ioStress } from '../../runners/faults/io-stress.ts';
import { ioThrottle } from '../../runners/faults/io-throttle.ts';
import { memoryLimit } from '../../runners/faults/memory-limit.ts';
import { memoryPressure } from '../../runners/faults/memory-pressure.ts';
import { killAgentAndWait } from '../helpers/agent-kill.ts';
import { type Actor, AGENT_IMAGE, hostMs, inside, openStage, type Stage, targetOf, until } from '../helpers/agent-stage.ts';
import { groupFile, groupStateOf, ONLY_VERSION_2, stressorsFor } from '../helpers/resources.ts';

const LABEL = 'resources-death';
const MIB = 1024 * 1024;
/** From the death of who started them. */
const STRESSORS_GONE_MS = 1_000;
const STRESSORS = 4;

/** All of them at once on one container; none of these limits is run into, so that the container lives. */
const FAULTS = {
  burn: [cpuStress, { workers: 1, load: '10%' }],
  press: [memoryPressure, { bytes: '32MiB' }],
  churn: [ioStress, { bytes: '2MiB', workers: 1 }],
  full: [diskFill, { path: '/small' }],
  starve: [cpuThrottle, { cpus: 0.2 }],
  cut: [memoryLimit, { bytes: '200MiB' }],
  slow: [ioThrottle, { 'write-bytes': '1MiB', 'read-operations': 100 }],
} as const satisfies Record<string, readonly [Fault, object]>;
const NAMES = Object.keys(FAULTS);

let stage: Stage;

before(async () => {
  stage = await openStage(LABEL);
});

after(() => stage?.remove());

/** One that has started both its processes, so that who is in its groups stays the same. */
async function targetNamed(name: string): Promise<Actor> {
  const target = await stage.start(name, {
    Entrypoint: ['sleep', '600'],
    HostConfig: { Init: true, Memory: 256 * MIB, MemorySwap: 256 * MIB, Tmpfs: { '/small': 'size=8m' } },
  });
  const members = async () => Object.entries(await groupStateOf(target)).find(([file]) => file.endsWith('cgroup.procs'))?.[1] ?? '';
  await until('it runs both its processes', async () => (await members()).trim().split('\n').length === 2);
  return target;
}

function operationsOn(target: Actor): readonly FaultOperations[] {
  const context = { targets: [targetOf(target)], select: () => [], seed: 1 };
  return Object.entries(FAULTS).map(([fault, [kind, settings]]) => ({ fault, operations: [...kind.plan(settings, context).operations] }));
}

/** Takes everything; the container is left without room, and with other limits than before. */
async function breakAll(agent: AgentClient): Promise<void> {
  for (const move of ['arm', 'inject'] as const) {
    for (const name of NAMES) for (const result of await agent[move](name)) assert.equal(result.error, undefined, `${name} ${move}`);
  }
}

async function assertBroken(target: Actor, state: Readonly<Record<string, string>>): Promise<void> {
  assert.equal((await stressorsFor(target)).length, STRESSORS);
  assert.match(await writeInto(target), /No space left/);
  const changed = Object.entries(await groupStateOf(target)).filter(([file, text]) => state[file] !== text);
  assert.ok(changed.length >= 4, `only ${changed.map(([file]) => file).join(', ')} changed`);
}

function writeInto(target: Actor): Promise<string> {
  return inside(stage.docker, target.container, ['sh', '-c', 'dd if=/dev/zero of=/small/mine bs=64k count=2 2>&1; rm -f /small/mine']);
}

async function assertAllBack(target: Actor, state: Readonly<Record<string, string>>): Promise<void> {
  assert.deepEqual(await stressorsFor(target), []);
  assert.doesNotMatch(await writeInto(target), /No space left/);
  assert.deepEqual(await groupStateOf(target), state);
}

test('an agent that is killed takes its stressors with it, and puts the limits back when it is restarted', async () => {
  const target = await targetNamed('agent-killed');
  const state = await groupStateOf(target);
  const agent = await stage.agent('agent-killed', operationsOn(target));
  await breakAll(agent);
  await assertBroken(target, state);
  await killAgentAndWait(stage, agent);
  await assertAllBack(target, state);
});

test('an agent that is removed by force takes its stressors with it at once; a sweeper without any memory puts the limits back', async (t) => {
  const target = await targetNamed('agent-removed');
  const state = await groupStateOf(target);
  const agent = await stage.agent('agent-removed', operationsOn(target));
  await breakAll(agent);
  await assertBroken(target, state);
  const orders = await readOrders(stage.docker, agent.containerId);
  await stage.docker.getContainer(agent.containerId).remove({ force: true });
  const removedMs = hostMs();
  await until('the stressors are gone', async () => (await stressorsFor(target)).length === 0);
  t.diagnostic(`the last stressor was gone ${(hostMs() - removedMs).toFixed(0)} ms after the removal`);
  assert.ok(hostMs() - removedMs < STRESSORS_GONE_MS);
  assert.doesNotMatch(await writeInto(target), /No space left/);
  const swept = await startSweeper(stage.docker, AGENT_IMAGE, orders, undefined);
  assert.equal(swept.clean, true, JSON.stringify(swept.notices));
  await assertAllBack(target, state);
});

test('when the runner is killed, the agent gives everything back', async () => {
  const target = await targetNamed('runner-killed');
  const state = await groupStateOf(target);
  const runId = `live-${process.pid}-runner-killed`;
  // Limits come last, and a limit on memory that is not run into could not be proven.
  const faults = operationsOn(target).filter(({ fault }) => fault !== 'cut');
  const orders: Orders = { runId, leaseMs: 10_000, lock: `firedrill-lock-${runId}`, faults: [...faults] };
  await stage.lock(orders.lock, runId);
  const program = fileURLToPath(new URL('../helpers/agent-runner.ts', import.meta.url));
  const asked = { name: `firedrill-agent-${runId}`, label: LABEL, orders, faults: faults.map(({ fault }) => fault) };
  const runner = spawn(process.execPath, [program, JSON.stringify(asked)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[] = [];
  createInterface({ input: runner.stdout }).on('line', (line) => said.push(line));
  await until('the runner has taken everything', () => said.length > 0);
  assert.deepEqual(said, ['broken']);
  assert.equal((await stressorsFor(target)).length, STRESSORS);
  runner.kill('SIGKILL');
  await once(runner, 'exit');
  const [agent] = (await findAgents(stage.docker)).filter((each) => each.runId === runId);
  assert.ok(agent);
  await until('the agent has left', async () => !(await stage.docker.getContainer(agent.id).inspect()).State.Running);
  await assertAllBack(target, state);
  await sweepAgent(stage.docker, AGENT_IMAGE, agent.id);
});

test('a container that is stopped meanwhile stops at once, starts again, and keeps nothing of it', async () => {
  const target = await targetNamed('stopped');
  const state = await groupStateOf(target);
  const agent = await stage.agent('stopped', operationsOn(target));
  await breakAll(agent);
  await target.container.stop({ t: 0 });
  await until('the stressors in its groups are gone', async () => (await stressorsFor(target)).length <= 1);
  const mend = async () => {
    for (const name of NAMES.toReversed()) {
      for (const result of [...(await agent.undo(name)), ...(await agent.readBack(name))]) assert.equal(result.error, undefined, name);
    }
  };
  await mend();
  assert.deepEqual(await stressorsFor(target), []);
  assert.equal((await target.container.inspect()).State.Running, false, 'stopped by somebody else, and left so');
  await target.container.start();
  await mend();
  const ours = ({ ...each }: Readonly<Record<string, string>>) => Object.entries(each).filter(([file]) => !file.endsWith('cgroup.procs'));
  assert.deepEqual(ours(await groupStateOf(target)), ours(state));
  await agent.leave();
});

test('a limit that somebody else sets meanwhile is left alone, byte for byte', async () => {
  const target = await targetNamed('foreign');
  const agent = await stage.agent('foreign', operationsOn(target));
  for (const move of ['arm', 'inject'] as const) {
    for (const name of ['starve', 'cut']) for (const result of await agent[move](name)) assert.equal(result.error, undefined);
  }
  await target.container.update({ Memory: 150 * MIB, MemorySwap: 150 * MIB });
  const [file, theirs] = ONLY_VERSION_2 ? ['cpu.max', '70000 100000'] : ['cpu.cfs_quota_us', '70000'];
  writeFileSync(await groupFile(target, 'cpu', file), theirs);
  const state = await groupStateOf(target);
  for (const name of ['cut', 'starve']) {
    const [undone] = await agent.undo(name);
    assert.match(undone?.evidence ?? '', /somebody else has set/);
    for (const result of await agent.readBack(name)) assert.equal(result.error, undefined);
  }
  assert.deepEqual(await groupStateOf(target), state);
  await agent.leave();
});

test('a stressor that is killed is told, and proves nothing', async () => {
  const target = await targetNamed('helper-killed');
  const agent = await stage.agent('helper-killed', operationsOn(target));
  for (const result of [...(await agent.arm('burn')), ...(await agent.inject('burn'))]) assert.equal(result.error, undefined);
  const [stressor] = await stressorsFor(target);
  process.kill(Number(stressor?.split(':')[0]), 'SIGKILL');
  await until('it is gone', async () => (await stressorsFor(target)).length === 0);
  const [proof] = await agent.prove('burn');
  assert.match(proof?.error ?? '', /the stressor has died/);
  const [undone] = await agent.undo('burn');
  assert.match(undone?.evidence ?? '', /it had ended before/);
  await agent.leave();
});
