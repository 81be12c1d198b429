/**
 * A sweep from another machine: an empty folder and another host name. It goes by what the engine carries, also where a person removed
 * the agent, and it leaves alone what somebody else set.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { EVERYTHING } from '../../runners/agent/channel.ts';
import { keepOrders } from '../../runners/agent/kept-orders.ts';
import type { Orders } from '../../runners/agent/orders.ts';
import { findAgents } from '../../runners/agent/remains.ts';
import { searchTagged } from '../../runners/agent/tagged-search.ts';
import { ensureImages, tagOf } from '../../runners/docker/images.ts';
import { LABEL } from '../../runners/docker/labels.ts';
import { AGENT_IMAGE, inside, openStage, STAGE_LABEL, type Stage, until } from '../helpers/agent-stage.ts';
import { root, scratchFolder } from '../helpers/firedrill-process.ts';
import { checkerImage } from '../torture/checker/image.ts';
import { compare, type Sections, takeSnapshot } from '../torture/checker/snapshot.ts';

const STAGE = 'sweep-elsewhere';
const SYSTEM = 'firedrill.swept=elsewhere';
const ROLES = ['dark', 'frozen', 'stopped', 'starved'] as const;

let stage: Stage;
let folder: string;
let runner: ChildProcess;
const ids = new Map<string, string>();

/** What somebody else has set before, and what has to be there after, byte for byte. */
const FOREIGN = `
iptables-nft -N FOREIGN; iptables-nft -A FOREIGN -p udp --dport 9 -j DROP; iptables-nft -I OUTPUT 1 -j FOREIGN
ip6tables-nft -A INPUT -p tcp --dport 9 -j DROP; tc qdisc add dev eth0 root handle 7: tbf rate 500mbit burst 64k latency 50ms
`;

const look = (): Promise<Sections> =>
  takeSnapshot(stage.docker, tagOf(checkerImage), {
    system: SYSTEM,
    wholeHost: false,
    counts: (labels) => labels[LABEL.run]?.startsWith(`elsewhere-${process.pid}`) === true,
  });

before(async () => {
  stage = await openStage(STAGE);
  await ensureImages(stage.docker, { recipes: [checkerImage], environment: process.env, log: () => {} });
  folder = await scratchFolder(STAGE);
  for (const role of [...ROLES, 'others-paused']) {
    const container = await stage.docker.createContainer({
      name: `firedrill-${STAGE}-${role}`,
      Image: AGENT_IMAGE,
      Entrypoint: ['sleep', 'infinity'],
      StopTimeout: 0,
      Labels: { 'firedrill.swept': 'elsewhere', [STAGE_LABEL]: STAGE },
      HostConfig: { CapAdd: ['NET_ADMIN'], CpuPeriod: 100_000, CpuQuota: 90_000 },
    });
    await container.start();
    ids.set(role, container.id);
    if (role === 'dark') await inside(stage.docker, container, ['sh', '-c', FOREIGN]);
  }
  await stage.docker.getContainer(ids.get('others-paused') ?? '').pause();
});

after(async () => {
  await stage?.remove();
  await rm(folder, { recursive: true, force: true });
});

function ordersOf(name: string): Orders {
  const runId = `elsewhere-${process.pid}-${name}`;
  const container = (role: string) => ({ id: ids.get(role) ?? '', name: role });
  return {
    runId,
    leaseMs: 10_000,
    lock: `firedrill-lock-${runId}`,
    faults: [
      { fault: 'dark', operations: [{ op: 'blackout', container: container('dark'), channel: EVERYTHING }] },
      { fault: 'frozen', operations: [{ op: 'engine', container: container('frozen'), call: 'pause' }] },
      { fault: 'stopped', operations: [{ op: 'engine', container: container('stopped'), call: 'stop', graceS: 0 }] },
      { fault: 'starved', operations: [{ op: 'cpu-throttle', container: container('starved'), cpus: 0.1 }] },
    ],
  };
}

/** Everything broken by a runner that dies, with its agent removed before. */
async function breakAndLose(orders: Orders): Promise<void> {
  await stage.lock(orders.lock, orders.runId);
  await keepOrders(stage.docker, orders);
  const faults = orders.faults.map((each) => each.fault);
  const asked = { name: `firedrill-agent-${orders.runId}`, label: STAGE, orders, faults };
  runner = spawn(process.execPath, [join(root, 'test/helpers/agent-runner.ts'), JSON.stringify(asked)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  runner.stdout?.on('data', (chunk) => {
    said += chunk;
  });
  await until('everything is broken', () => said.includes('broken'), 60_000);
  const [agent] = (await findAgents(stage.docker)).filter((each) => each.runId === orders.runId);
  await stage.docker.getContainer(agent?.id ?? '').remove({ force: true });
  runner.kill('SIGKILL');
  await once(runner, 'exit');
}

/** The command line under another host name, in an empty folder. */
async function elsewhere(...args: string[]): Promise<string> {
  const child = spawn(
    'unshare',
    ['--uts', 'sh', '-c', 'hostname elsewhere && exec "$@"', 'sh', process.execPath, join(root, 'runners/cli/firedrill.mjs'), ...args],
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const [code] = await once(child, 'close');
  return `${said}exit ${code}`;
}

test('with the agent removed, the lock has the orders: a run that is named from elsewhere is undone, and nothing else', async () => {
  const orders = ordersOf('named');
  const clean = await look();
  await breakAndLose(orders);
  assert.notDeepEqual(compare(clean, await look()), []);
  const left = await elsewhere('sweep', '--yes', 'no-such-run');
  assert.match(left, /nothing is left behind/);
  const swept = await elsewhere('sweep', '--yes', orders.runId);
  assert.match(swept, /undone and read back, by the orders in the lock/);
  assert.match(swept, /exit 0$/);
  assert.deepEqual(compare(clean, await look()), []);
  const paused = await stage.docker.getContainer(ids.get('others-paused') ?? '').inspect();
  assert.equal(paused.State.Paused, true, 'what somebody else paused stays paused');
});

test('rules of ours that no run knows of are found by their tag and taken away, and nobody else’s', async () => {
  const clean = await look();
  const dark = { id: ids.get('dark') ?? '', name: 'dark' };
  const stopped = { id: ids.get('stopped') ?? '', name: 'stopped' };
  const plant =
    'iptables-nft -N FIREDRILL-0d0d0d0d-OUT; iptables-nft -I OUTPUT 1 -j FIREDRILL-0d0d0d0d-OUT; ip6tables-nft -t mangle -N FIREDRILL-0e0e0e0e-IN';
  await inside(stage.docker, stage.docker.getContainer(dark.id), ['sh', '-c', plant]);
  const asked = [dark, stopped];
  const found = [{ container: dark, tags: ['FIREDRILL-0d0d0d0d', 'FIREDRILL-0e0e0e0e'] }];
  assert.deepEqual(await searchTagged(stage.docker, AGENT_IMAGE, asked, false), found);
  assert.notDeepEqual(compare(clean, await look()), [], 'looking takes nothing away');
  assert.deepEqual(await searchTagged(stage.docker, AGENT_IMAGE, asked, true), found);
  assert.deepEqual(await searchTagged(stage.docker, AGENT_IMAGE, asked, false), []);
  assert.deepEqual(compare(clean, await look()), []);
});

test('from elsewhere a run that is not named, and may be alive, is left alone', async () => {
  const orders = ordersOf('unnamed');
  await stage.lock(orders.lock, orders.runId);
  const said = await elsewhere('sweep', '--yes');
  assert.match(said, new RegExp(`run ${orders.runId} may be alive and is left alone: .* on (?!elsewhere)`));
  assert.match(said, new RegExp(`firedrill sweep ${orders.runId}`));
});
