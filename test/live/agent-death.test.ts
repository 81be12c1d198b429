/** Whoever dies, everything is put back: the runner, the agent, both in turn; and a sweep finds what a person removed. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EVERYTHING } from '../../runners/agent/channel.ts';
import { startAgent } from '../../runners/agent/client.ts';
import type { Orders } from '../../runners/agent/orders.ts';
import type { AgentNotice } from '../../runners/agent/protocol.ts';
import { findAgents, readNotices, readOrders, startSweeper, sweepAgent } from '../../runners/agent/remains.ts';
import { lockHolder } from '../../runners/docker/lock.ts';
import {
  type Actor,
  AGENT_IMAGE,
  hostMs,
  inside,
  killOnHost,
  openStage,
  rulesOf,
  STAGE_LABEL,
  type Stage,
  seenBy,
  until,
} from '../helpers/agent-stage.ts';

const STAGE = 'agent-death';
const LEASE_MS = 10_000;

let stage: Stage;
let echo: Actor;
let dark: Actor;
let slow: Actor;
let frozen: Actor;
let rulesBefore: string;

before(async () => {
  stage = await openStage(STAGE);
  echo = await stage.echo('echo');
  [dark, slow, frozen] = await Promise.all([stage.talker('dark', echo), stage.talker('slow', echo), stage.echo('frozen')]);
  await until('everything talks', () => [dark, slow].every((talker) => seenBy(talker, 'udp', 0).length > 3));
  rulesBefore = emptied(await rulesOf(stage.docker, dark.container));
});

after(() => stage?.remove());

/** Rules without the tables that have none: the first rule ever set in a namespace makes its table, which stays, empty. */
function emptied(rules: string): string {
  return rules.replaceAll(/\*\w+\n(?::.*ACCEPT \n)+COMMIT\n/g, '');
}

function ordersOf(runId: string, more: Partial<Orders> = {}): Orders {
  return {
    runId,
    leaseMs: LEASE_MS,
    lock: `firedrill-lock-${runId}`,
    faults: [
      { fault: 'dark', operations: [{ op: 'blackout', container: dark.ref, channel: EVERYTHING }] },
      {
        fault: 'slow',
        operations: [
          {
            op: 'impair',
            container: slow.ref,
            channel: { ...EVERYTHING, addresses: [echo.address], direction: 'out' },
            effect: { kind: 'delay', delayMs: 400, jitterMs: 0, distribution: 'uniform', correlation: 0, bufferBytesMax: 1e6 },
            mechanism: 'auto',
          },
        ],
      },
      { fault: 'frozen', operations: [{ op: 'engine', container: frozen.ref, call: 'pause' }] },
      { fault: 'never', operations: [{ op: 'engine', container: echo.ref, call: 'stop' }] },
    ],
    ...more,
  };
}

const BROKEN = ['dark', 'slow', 'frozen'];

/** A runner in a process of its own, with everything broken; what it says goes to `said`. */
async function startRunner(orders: Orders): Promise<{ runner: ChildProcess; said: string[]; agentId: string }> {
  await stage.lock(orders.lock, orders.runId);
  const name = `firedrill-agent-${orders.runId}`;
  const program = fileURLToPath(new URL('../helpers/agent-runner.ts', import.meta.url));
  const runner = spawn(process.execPath, [program, JSON.stringify({ name, label: STAGE, orders, faults: BROKEN })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  createInterface({ input: runner.stdout }).on('line', (line) => said.push(line));
  await until('the runner has broken everything', () => said.length > 0);
  assert.deepEqual(said, ['broken']);
  const [agent] = (await findAgents(stage.docker)).filter((each) => each.runId === orders.runId);
  return { runner, said, agentId: agent?.id ?? '' };
}

async function assertAllBack(orders: Orders): Promise<void> {
  await until('the network is back', () =>
    [dark, slow].every((talker) => seenBy(talker, 'udp', hostMs() - 200).some((sight) => (sight.ms ?? 400) < 200)),
  );
  assert.equal(emptied(await rulesOf(stage.docker, dark.container)), rulesBefore);
  assert.equal(emptied(await rulesOf(stage.docker, slow.container)), rulesBefore);
  assert.equal((await frozen.container.inspect()).State.Status, 'running');
  assert.equal((await echo.container.inspect()).State.Status, 'running');
  await assert.rejects(stage.docker.getContainer(orders.lock).inspect(), /no such container/i);
}

async function untilLeft(agentId: string): Promise<readonly AgentNotice[]> {
  let notices: readonly AgentNotice[] = [];
  await until('the agent has left', async () => {
    notices = await readNotices(stage.docker, agentId);
    return notices.some((notice) => notice.notice === 'left');
  });
  return notices;
}

function wallMsOf(notices: readonly AgentNotice[], kind: AgentNotice['notice']): number {
  return Date.parse(notices.find((notice) => notice.notice === kind)?.at ?? '');
}

test('after kill -9 of the runner the agent begins to undo within 100 ms, the network is back within a second, and its log tells it', async (t) => {
  const orders = ordersOf(`death-${process.pid}-runner`);
  const { runner, agentId } = await startRunner(orders);
  runner.kill('SIGKILL');
  await once(runner, 'exit');
  const killedMs = hostMs();
  const killedWallMs = Date.now();
  const notices = await untilLeft(agentId);
  const beganMs = wallMsOf(notices, 'undoing') - killedWallMs;
  await until('it talks again', () =>
    [dark, slow].every((talker) => seenBy(talker, 'udp', killedMs).some((sight) => (sight.ms ?? 400) < 200)),
  );
  const backMs =
    Math.max(
      ...[dark, slow].map((talker) => seenBy(talker, 'udp', killedMs).find((sight) => (sight.ms ?? 400) < 200)?.atMs ?? Number.NaN),
    ) - killedMs;
  t.diagnostic(
    `undo began ${beganMs} ms after the death, the network was back after ${backMs.toFixed(0)} ms, all was done after ${wallMsOf(notices, 'left') - killedWallMs} ms`,
  );
  assert.ok(beganMs <= 100, `${beganMs} ms`);
  assert.ok(backMs <= 1000, `${backMs} ms`);
  assert.deepEqual(
    notices.map((notice) => ('fault' in notice ? notice.fault : 'because' in notice ? notice.because : notice.notice)),
    ['ready', 'input-ended', 'never', 'frozen', 'slow', 'dark', 'left'],
  );
  await assertAllBack(orders);
  await until(
    'the agent has ended and is not restarted',
    async () => (await stage.docker.getContainer(agentId).inspect()).State.Status === 'exited',
  );
  assert.deepEqual(await readOrders(stage.docker, agentId), orders);
  assert.equal((await sweepAgent(stage.docker, AGENT_IMAGE, agentId))?.clean, true);
  await assert.rejects(stage.docker.getContainer(agentId).inspect(), /no such container/i);
});

test('a runner frozen beyond its lease is undone, and learns it when it thaws', async (t) => {
  const orders = ordersOf(`death-${process.pid}-frozen`, { leaseMs: 1500 });
  const { runner, said, agentId } = await startRunner(orders);
  const frozenWallMs = Date.now();
  runner.kill('SIGSTOP');
  const notices = await untilLeft(agentId);
  const beganMs = wallMsOf(notices, 'undoing') - frozenWallMs;
  t.diagnostic(`undo began ${beganMs} ms after the freeze; the lease is 1500 ms`);
  assert.ok(beganMs > 500 && beganMs < 2500, `${beganMs} ms`);
  await assertAllBack(orders);
  assert.deepEqual(said, ['broken']);
  runner.kill('SIGCONT');
  await until('the runner knows', () => said.length > 1);
  assert.match(said[1] ?? '', /^lost: .*lease-expired/);
  runner.kill('SIGKILL');
  await sweepAgent(stage.docker, AGENT_IMAGE, agentId);
});

test('an agent that is killed is restarted, finds that it was at work, and undoes; the runner learns it', async (t) => {
  const orders = ordersOf(`death-${process.pid}-agent`);
  const { runner, said, agentId } = await startRunner(orders);
  const killedWallMs = Date.now();
  await killOnHost(stage.docker, (await stage.docker.getContainer(agentId).inspect()).State.Pid);
  const notices = await untilLeft(agentId);
  t.diagnostic(`undo began ${wallMsOf(notices, 'undoing') - killedWallMs} ms after asking for the kill`);
  assert.equal(notices.find((notice) => notice.notice === 'undoing')?.because, 'restarted');
  await until('the runner knows', () => said.length > 1);
  assert.match(said[1] ?? '', /^lost: /);
  await assertAllBack(orders);
  runner.kill('SIGKILL');
  await sweepAgent(stage.docker, AGENT_IMAGE, agentId);
});

test('when a person removes the agent its impairer dies with it and packets pass, the blackout stays, and a sweep by orders alone undoes it', async () => {
  const orders = ordersOf(`death-${process.pid}-removed`);
  const { runner, said, agentId } = await startRunner(orders);
  await stage.docker.getContainer(agentId).remove({ force: true });
  await until('the runner knows', () => said.length > 1);
  runner.kill('SIGKILL');
  const removedMs = hostMs();
  await until('packets pass', () => seenBy(slow, 'udp', removedMs).some((sight) => (sight.ms ?? 400) < 200));
  assert.equal(
    await inside(stage.docker, slow.container, ['cat', '/proc/net/netfilter/nfnetlink_queue']),
    '',
    'no impairer listens any more',
  );
  assert.notEqual(emptied(await rulesOf(stage.docker, dark.container)), rulesBefore);
  assert.deepEqual(seenBy(dark, 'udp', removedMs), []);
  const swept = await startSweeper(stage.docker, AGENT_IMAGE, orders);
  assert.equal(swept.clean, true);
  await assertAllBack(orders);
  assert.equal((await startSweeper(stage.docker, AGENT_IMAGE, orders)).clean, true, 'a second sweep finds nothing to do and is no error');
});

test('an agent whose container is gone cannot be swept by, which is not to say that nothing is left', async () => {
  assert.equal(await sweepAgent(stage.docker, AGENT_IMAGE, 'no-such-agent'), undefined);
});

test('an agent told to stop undoes first', async () => {
  const orders = ordersOf(`death-${process.pid}-stopped`);
  const { runner, agentId } = await startRunner(orders);
  await stage.docker.getContainer(agentId).stop();
  const notices = await readNotices(stage.docker, agentId);
  assert.equal(notices.find((notice) => notice.notice === 'undoing')?.because, 'signal');
  assert.equal(
    notices.some((notice) => notice.notice === 'left' && notice.clean),
    true,
  );
  await assertAllBack(orders);
  runner.kill('SIGKILL');
  await sweepAgent(stage.docker, AGENT_IMAGE, agentId);
});

test('leaving removes the container, leaves the lock to the runner, and is no loss', async () => {
  const orders = ordersOf(`death-${process.pid}-left`);
  await stage.lock(orders.lock, orders.runId);
  const agent = await startAgent({
    docker: stage.docker,
    image: AGENT_IMAGE,
    orders,
    name: `firedrill-agent-${orders.runId}`,
    labels: { [STAGE_LABEL]: STAGE },
    onNotice: () => {},
  });
  assert.equal(agent.clockErrorMs(), 0);
  const clockMs = Number(agent.toRunnerNs((await agent.arm('never'))[0]?.atNs ?? '')) / 1e6;
  assert.ok(Math.abs(hostMs() - clockMs) < 1000);
  await assert.rejects(agent.arm('no such fault'), /no fault 'no such fault'/);
  await agent.leave();
  assert.equal((await lockHolder(stage.docker, orders.lock))?.runId, orders.runId);
  await assert.rejects(stage.docker.getContainer(agent.containerId).inspect(), /no such container/i);
  assert.equal(await Promise.race([agent.lost, sleep(50, 'not lost')]), 'not lost');
});
