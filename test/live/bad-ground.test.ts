/**
 * Every fault on ground that is not as it should be: a target without a shell or any tool, without a network, on the host's
 * network, paused, stopped, in a restart loop, confined. Each ends in a clear word before anything is touched, or works and is proven.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultOperations } from '../../runners/agent/orders.ts';
import type { OperationResult } from '../../runners/agent/protocol.ts';
import { BASE_IMAGE } from '../../runners/docker/base-image.ts';
import { ensureImages, tagOf } from '../../runners/docker/images.ts';
import { FiredrillError } from '../../runners/failure.ts';
import { connectionHog } from '../../runners/faults/connection-hog.ts';
import { containerKill } from '../../runners/faults/container-kill.ts';
import { containerPause } from '../../runners/faults/container-pause.ts';
import { containerRemove } from '../../runners/faults/container-remove.ts';
import { containerRestart } from '../../runners/faults/container-restart.ts';
import { containerStop } from '../../runners/faults/container-stop.ts';
import { descriptorHog } from '../../runners/faults/descriptor-hog.ts';
import type { Fault } from '../../runners/faults/fault.ts';
import { faults } from '../../runners/faults/index.ts';
import { networkBlackout } from '../../runners/faults/network-blackout.ts';
import { networkLatency } from '../../runners/faults/network-latency.ts';
import { processKill } from '../../runners/faults/process-kill.ts';
import { type Actor, hostMs, openStage, STAGE_LABEL, type Stage, seenBy, targetOf, until } from '../helpers/agent-stage.ts';
import { bareImage } from '../helpers/bare-image.ts';
import { drill } from '../helpers/fault-drill.ts';
import { LEAST } from '../helpers/least-settings.ts';

const DELAY_MS = 300;
/** Looked at for silence. */
const SILENCE_MS = 300;
const LABEL = 'bad-ground';
const NETWORK = `firedrill-test-ground-${process.pid}`;
const CONFINED = { CapDrop: ['ALL'], ReadonlyRootfs: true, SecurityOpt: ['no-new-privileges'] };

let stage: Stage;
let other: Actor;

before(async () => {
  stage = await openStage(LABEL);
  await ensureImages(stage.docker, { recipes: [bareImage], environment: process.env, log: () => {} });
  const ipam = { Driver: 'default', Config: [{ Subnet: '10.99.78.0/24', IPRange: '10.99.78.128/25' }] };
  await stage.docker.createNetwork({ Name: NETWORK, Labels: { [STAGE_LABEL]: LABEL }, IPAM: ipam });
  other = await stage.echo('other');
});

after(async () => {
  await stage?.remove();
  await stage?.docker.getNetwork(NETWORK).remove();
});

function bare(name: string, host: object = {}, more: object = {}): Promise<Actor> {
  return stage.start(name, { Image: tagOf(bareImage), HostConfig: host, ...more });
}

/** An agent for all these faults on one container; a fault that its plan refuses has its word instead. */
async function agentFor(name: string, target: Actor, asked: readonly (readonly [Fault, object, ...unknown[]])[]) {
  const orders: FaultOperations[] = [];
  const refused = new Map<string, string>();
  for (const [fault, settings] of asked) {
    try {
      const { operations } = fault.plan(settings, { targets: [targetOf(target)], select: () => [targetOf(other)], seed: 1 });
      orders.push({ fault: fault.name, operations: [...operations] });
    } catch (error) {
      if (!(error instanceof FiredrillError)) throw error;
      refused.set(fault.name, error.message);
    }
  }
  return { refused, agent: await stage.agent(name, orders), armable: orders.map((each) => each.fault) };
}

/** What a plan or an arming says of each fault on this container, by the fault's name; undefined where it was armed. Undone again. */
async function wordsOn(name: string, target: Actor, some: readonly Fault[]): Promise<ReadonlyMap<string, string | undefined>> {
  const { agent, refused, armable } = await agentFor(
    name,
    target,
    some.map((fault) => [fault, LEAST[fault.name] ?? {}] as const),
  );
  const words = new Map<string, string | undefined>(refused);
  for (const fault of armable) {
    words.set(fault, (await agent.arm(fault)).find((armed) => !armed.ok)?.error);
    for (const result of [...(await agent.undo(fault)), ...(await agent.readBack(fault))]) assert.equal(result.error, undefined, fault);
  }
  await agent.leave();
  return words;
}

/** Faults that need a container which runs. */
const NEED_A_TARGET = faults.filter((fault) => fault.name !== 'noop' && fault.undoneBy !== 'runner');

for (const [ground, start, word] of [
  [
    'paused',
    async () => {
      const target = await bare('paused');
      await target.container.pause();
      return target;
    },
    /it was found paused, and is left alone/,
  ],
  [
    'stopped',
    async () => {
      const target = await bare('stopped');
      await target.container.stop();
      return target;
    },
    /it was found exited, and is left alone/,
  ],
  [
    'in a restart loop',
    async () => {
      const target = await stage.start('looping', {
        Image: BASE_IMAGE,
        Entrypoint: ['sleep', '0.3'],
        HostConfig: { RestartPolicy: { Name: 'always' } },
      });
      await until('it was restarted', async () => (await target.container.inspect()).RestartCount >= 3);
      return target;
    },
    /it was found restarting, and is left alone|it was found in a restart loop, and is left alone/,
  ],
] as const) {
  test(`on a target that is ${ground} no fault is armed, each says why, and it stays as it was`, async () => {
    const target = await start();
    const was = (await target.container.inspect()).State;
    for (const [fault, said] of await wordsOn(`unfit-${ground.length}`, target, NEED_A_TARGET))
      assert.match(said ?? `${fault} was armed`, word, fault);
    const now = (await target.container.inspect()).State;
    if (ground !== 'in a restart loop') assert.deepEqual([now.Status, now.StartedAt], [was.Status, was.StartedAt]);
  });
}

test('on the host’s network no network fault is armed, neither by the plan nor by the agent', async () => {
  const target = await stage.start('on-host', { Image: BASE_IMAGE, Entrypoint: ['sleep', '600'], HostConfig: { NetworkMode: 'host' } });
  const network = faults.filter((fault) => fault.looks.lane === 'network');
  assert.ok(network.length >= 2);
  for (const [fault, said] of await wordsOn('on-host', target, network))
    assert.match(said ?? `${fault} was armed`, /shares the host's network/, fault);
});

test('without any network a blackout is armed and not proven, since nothing can be seen of it, and leaves nothing', async () => {
  const target = await bare('lonely', { NetworkMode: 'none' });
  const dark = await drill(stage, networkBlackout, {}, [target]);
  const proof = await dark.breakIt(700);
  assert.deepEqual([proof.proven, /no packet was swallowed/.test(proof.evidence)], [false, true]);
  await dark.mend();
  await dark.leave();
});

/** Faults that work on a target with nothing in it, and what its neighbour sees of each. */
const WORKING: readonly (readonly [Fault, object, 'silent' | 'slow' | 'unseen'])[] = [
  [networkBlackout, {}, 'silent'],
  [networkLatency, { delay: `${DELAY_MS}ms` }, 'slow'],
  [containerPause, {}, 'silent'],
  [processKill, { process: 'datagrams', 'respawn-within': '300ms' }, 'silent'],
  [connectionHog, { port: 7000, connections: 20 }, 'unseen'],
  [descriptorHog, {}, 'unseen'],
  [containerStop, { grace: '0s' }, 'silent'],
  [containerKill, {}, 'silent'],
  [containerRestart, { grace: '0s' }, 'unseen'],
  [containerRemove, {}, 'silent'],
];

/** Their addresses are fixed, so that one that was stopped has its own again when it starts. */
const GROUNDS: readonly (readonly [string, string, object, object])[] = [
  ['has no shell and no tool in it', '10.99.78.11', {}, {}],
  ['is read-only, without capabilities, and may gain none', '10.99.78.12', CONFINED, {}],
  ['maps no users where the engine does, and runs as nobody', '10.99.78.13', { UsernsMode: 'host' }, { User: '65534:65534' }],
  ['sees the host’s processes', '10.99.78.14', { PidMode: 'host' }, {}],
];

describe('faults strike, are proven, seen by its neighbour, and undone on a target that', { concurrency: GROUNDS.length }, () => {
  for (const [ground, address, host, more] of GROUNDS) {
    test(ground, async () => {
      const networking = { EndpointsConfig: { [NETWORK]: { IPAMConfig: { IPv4Address: address } } } };
      const target = await bare(`target-${address}`, { NetworkMode: NETWORK, ...host }, { NetworkingConfig: networking, ...more });
      const talker = await stage.talker(`talker-${address}`, target, { network: NETWORK });
      const answered = (fromMs: number) => seenBy(talker, 'udp', fromMs).filter((sight) => sight.ms !== undefined);
      await until('it answers', () => answered(0).length > 3);
      const { agent } = await agentFor(`works-${address}`, target, WORKING);
      for (const [fault, settings, seen] of WORKING) {
        await all(agent.arm(fault.name), `arm ${fault.name}`);
        await all(agent.inject(fault.name), `inject ${fault.name}`);
        const proof = fault.judgeProof(settings, await agent.prove(fault.name));
        assert.equal(proof.proven, true, `${fault.name}: ${proof.evidence}`);
        const provenMs = hostMs();
        if (seen === 'silent') {
          await sleep(SILENCE_MS);
          const askedAfter = answered(provenMs).filter(({ atMs, ms = 0 }) => atMs - ms > provenMs);
          assert.deepEqual(askedAfter, [], fault.name);
        }
        if (seen === 'slow') await until('it is slow', () => answered(provenMs).some((sight) => (sight.ms ?? 0) >= DELAY_MS));
        await all(agent.undo(fault.name), `undo ${fault.name}`);
        await all(agent.readBack(fault.name), `read back ${fault.name}`);
        const undoneMs = hostMs();
        await until(`it answers after ${fault.name}`, () => answered(undoneMs).length > 0);
      }
      await agent.leave();
    });
  }
});

async function all(results: Promise<readonly OperationResult[]>, what: string): Promise<void> {
  for (const result of await results) assert.equal(result.error, undefined, what);
}
