/** A container taken off its networks and put back: what its neighbours see, and that it is where it was. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { AgentClient } from '../../runners/agent/client.ts';
import type { FaultOperations } from '../../runners/agent/orders.ts';
import { networkDisconnect } from '../../runners/faults/network-disconnect.ts';
import { killAgentAndWait } from '../helpers/agent-kill.ts';
import { type Actor, hostMs, inside, openStage, STAGE_LABEL, type Stage, seenBy, targetOf, until } from '../helpers/agent-stage.ts';

const LABEL = 'faults-network-disconnect';
const NETWORK = `firedrill-${LABEL}-${process.pid}`;
/** Brought back all at once, they would hardly ever get their own addresses. */
const CROWD = 8;
/** Subnets of this process's own. */
const THIRD = process.pid % 250;
const FIXED = { IPv4Address: `10.213.${THIRD}.77`, IPv6Address: `fd00:f1dd:${THIRD}::77` };

let stage: Stage;
let chosen: Docker.Network;
let plain: Docker.Network;
let echo: Actor;
let talker: Actor;
let ports: Actor;
/** On a network whose addresses the engine gives out. */
let crowd: readonly Actor[];
let agent: AgentClient;

before(async () => {
  stage = await openStage(LABEL);
  const Labels = { [STAGE_LABEL]: LABEL };
  const Config = [{ Subnet: `10.213.${THIRD}.0/24` }, { Subnet: `fd00:f1dd:${THIRD}::/64` }];
  chosen = await stage.docker.createNetwork({ Name: `${NETWORK}-chosen`, Labels, EnableIPv6: true, IPAM: { Config } });
  plain = await stage.docker.createNetwork({ Name: `${NETWORK}-plain`, Labels });
  echo = await stage.echo('echo', plain.id);
  await chosen.connect({ Container: echo.ref.id, EndpointConfig: { Aliases: ['parrot', 'mirror'], IPAMConfig: FIXED } });
  talker = await stage.talker('talker', echo, { network: chosen.id, ask: FIXED.IPv4Address });
  ports = await stage.start('ports', {
    Entrypoint: ['sleep', '1000'],
    ExposedPorts: { '80/tcp': {} },
    HostConfig: { NetworkMode: plain.id, PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } },
  });
  const inCrowd = { Entrypoint: ['sleep', '1000'], HostConfig: { NetworkMode: plain.id, Init: true } };
  crowd = await Promise.all(Array.from({ length: CROWD }, (_, index) => stage.start(`crowd-${index}`, inCrowd)));
  agent = await stage.agent('disconnect', orders());
  await until('everything talks', () => (['tcp', 'udp', 'connect'] as const).every((via) => seenBy(talker, via, 0).length > 3));
});

after(async () => {
  try {
    await agent?.leave();
  } finally {
    await stage?.remove();
    await Promise.all([chosen?.remove(), plain?.remove()]);
  }
});

function orders(): readonly FaultOperations[] {
  const off = (fault: string, settings: object, ...actors: readonly Actor[]): FaultOperations => {
    const context = { targets: actors.map(targetOf), select: () => [], seed: 1 };
    return { fault, operations: networkDisconnect.plan(settings, context).operations };
  };
  return [
    off('off-chosen', { network: `${NETWORK}-chosen` }, echo),
    off('off-all', {}, echo),
    off('off-unknown', { network: 'backstage' }, echo),
    off('off-with-port', {}, ports),
    off('off-crowd', {}, ...crowd),
  ];
}

/** What of its networks must be as it was. */
async function placesOf({ container }: Actor): Promise<object> {
  const { Networks } = (await container.inspect()).NetworkSettings;
  return Object.fromEntries(
    Object.entries(Networks).map(([name, { Aliases, IPAddress, GlobalIPv6Address, MacAddress, Gateway }]) => [
      name,
      { Aliases: [...new Set(Aliases)], IPAddress, GlobalIPv6Address, MacAddress, Gateway },
    ]),
  );
}

async function breakIt(t: TestContext, name: string): Promise<number> {
  t.after(() => agent.undo(name));
  for (const result of await agent.arm(name)) assert.equal(result.error, undefined);
  for (const result of await agent.inject(name)) assert.equal(result.error, undefined);
  const atMs = hostMs();
  const proof = networkDisconnect.judgeProof({}, await agent.prove(name));
  assert.equal(proof.proven, true, proof.evidence);
  t.diagnostic(proof.evidence);
  return atMs;
}

async function mend(name: string): Promise<void> {
  for (const result of [...(await agent.undo(name)), ...(await agent.undo(name)), ...(await agent.readBack(name))]) {
    assert.equal(result.error, undefined);
  }
}

function interfaces({ container }: Actor): Promise<string> {
  return inside(stage.docker, container, ['ls', '-x', '/sys/class/net']);
}

test('off one network its neighbours there are not answered, the other stays, and back it has its aliases and fixed addresses', async (t) => {
  const found = await placesOf(echo);
  const offMs = await breakIt(t, 'off-chosen');
  assert.deepEqual(Object.keys(await placesOf(echo)), [`${NETWORK}-plain`]);
  await sleep(500);
  const undoAskedMs = hostMs();
  const answered = seenBy(talker, 'udp', offMs, undoAskedMs).filter((sight) => sight.ms !== undefined && sight.atMs - sight.ms > offMs);
  assert.deepEqual(answered, []);
  await mend('off-chosen');
  assert.deepEqual(await placesOf(echo), found);
  assert.match(await inside(stage.docker, talker.container, ['getent', 'hosts', 'parrot']), /::77|\.77/);
  const backMs = hostMs();
  await until('it answers again', () =>
    (['udp', 'connect'] as const).every((via) => seenBy(talker, via, backMs).some((sight) => sight.ms !== undefined)),
  );
});

test('off all networks nothing but loopback is left, and it comes back to each as it was', async (t) => {
  const found = await placesOf(echo);
  await breakIt(t, 'off-all');
  assert.equal((await interfaces(echo)).trim(), 'lo');
  await mend('off-all');
  assert.deepEqual(await placesOf(echo), found);
});

test('many that come back together get the addresses that they had, on a network where the engine gives them out', async (t) => {
  const found = await Promise.all(crowd.map(placesOf));
  await breakIt(t, 'off-crowd');
  assert.deepEqual(await Promise.all(crowd.map(placesOf)), Array(CROWD).fill({}));
  await mend('off-crowd');
  assert.deepEqual(await Promise.all(crowd.map(placesOf)), found);
});

test('a network that it is not on, and a host port that the engine chose, are refused in arming', async () => {
  const refused = async (name: string) => (await agent.arm(name))[0]?.error ?? '';
  assert.match(await refused('off-unknown'), /not on the network 'backstage'; it is on: .*-chosen, .*-plain/);
  assert.match(await refused('off-with-port'), /port 80\/tcp is published on a host port that the engine chose/);
});

test('one that somebody connected again meanwhile is left alone', async (t) => {
  await breakIt(t, 'off-chosen');
  await chosen.connect({ Container: echo.ref.id, EndpointConfig: { Aliases: ['theirs'], IPAMConfig: FIXED } });
  await mend('off-chosen');
  const { Networks } = (await echo.container.inspect()).NetworkSettings;
  assert.ok(Networks[`${NETWORK}-chosen`]?.Aliases?.includes('theirs'));
  await chosen.disconnect({ Container: echo.ref.id });
  await chosen.connect({ Container: echo.ref.id, EndpointConfig: { Aliases: ['parrot', 'mirror'], IPAMConfig: FIXED } });
});

test('an agent that is killed in the middle puts it back when it is restarted', async () => {
  const found = await placesOf(echo);
  const doomed = await stage.agent('doomed', orders());
  for (const move of [doomed.arm, doomed.inject]) for (const result of await move('off-all')) assert.equal(result.error, undefined);
  assert.equal((await interfaces(echo)).trim(), 'lo');
  await killAgentAndWait(stage, doomed);
  assert.deepEqual(await placesOf(echo), found);
});

test('one that is stopped by then is back on its networks when it starts', async (t) => {
  const found = await placesOf(echo);
  await breakIt(t, 'off-all');
  await echo.container.stop({ t: 0 });
  await mend('off-all');
  await echo.container.start();
  assert.deepEqual(await placesOf(echo), found);
});
