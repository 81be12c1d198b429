/** Faults that cut a channel, on real containers of a network with IPv4 and IPv6: what goes dark, what breaks, and what goes on beside it. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import type Docker from 'dockerode';
import type { AgentClient } from '../../runners/agent/client.ts';
import type { FaultOperations } from '../../runners/agent/orders.ts';
import type { Fault, FaultContext } from '../../runners/faults/fault.ts';
import { networkBlackout } from '../../runners/faults/network-blackout.ts';
import { networkPartition } from '../../runners/faults/network-partition.ts';
import { networkReset } from '../../runners/faults/network-reset.ts';
import { killAgentAndWait } from '../helpers/agent-kill.ts';
import { type Actor, hostMs, inside, openStage, rulesOf, type Sight, type Stage, seenBy, targetOf, until } from '../helpers/agent-stage.ts';
import { dualNetwork } from '../helpers/dual-network.ts';
import { setQdiscOfSomebody, setRulesOfSomebody } from '../helpers/somebody.ts';

const LABEL = 'faults-network-cut';
/** Nobody listens there, and nobody connects to it. */
const UNUSED_PORT = 4321;

const PROOF_MS = 10_000;
/** Enough to see that there is nothing to prove. */
const NO_PROOF_MS = 2_000;

let stage: Stage;
let network: Docker.Network;
let echo: Actor;
let other: Actor;
let talker: Actor;
let talker6: Actor;
let sharer: Actor;
let agent: AgentClient;

before(async () => {
  stage = await openStage(LABEL);
  network = await dualNetwork(stage, 'f1de');
  [echo, other] = await Promise.all([stage.echo('echo', network.id), stage.echo('other', network.id)]);
  assert.ok(echo.address6 !== undefined, 'the network has IPv6');
  [talker, talker6] = await Promise.all([
    stage.talker('talker', echo, { network: network.id }),
    stage.talker('talker6', echo, { network: network.id, ask: echo.address6 }),
  ]);
  sharer = await stage.start('sharer', {
    Entrypoint: ['node', '-e', SILENT, echo.address],
    HostConfig: { NetworkMode: `container:${talker.ref.id}` },
  });
  agent = await stage.agent('cut', orders());
  for (const actor of [talker, talker6, echo]) {
    await setRulesOfSomebody(stage.docker, actor.container);
    await setQdiscOfSomebody(stage.docker, actor.container);
  }
  for (const actor of [talker, talker6]) {
    await until('everything talks', () =>
      (['tcp', 'udp', 'connect', 'loopback'] as const).every((via) => seenBy(actor, via, 0).length > 3),
    );
  }
});

after(async () => {
  try {
    await agent?.leave();
  } finally {
    await stage?.remove();
    await network?.remove();
  }
});

/** The faults of this file by name: kind, settings, targets. */
function faultsByName(): Readonly<Record<string, readonly [Fault, object, readonly Actor[]]>> {
  return {
    'tcp-dark': [networkBlackout, { ports: [7000], protocol: 'tcp', interface: 'eth0' }, [talker]],
    'icmp-dark': [networkBlackout, { protocol: 'icmp', to: 'echo' }, [talker]],
    'dark-6': [networkBlackout, { to: 'echo', protocol: 'any' }, [talker6]],
    'port-nobody-uses': [networkBlackout, { ports: [UNUSED_PORT] }, [talker]],
    'no-such-interface': [networkBlackout, { interface: 'eth7' }, [talker]],
    split: [networkPartition, { to: 'echo' }, [talker, talker6]],
    'split-from-other': [networkPartition, { to: 'other' }, [talker]],
    'one-way': [networkPartition, { to: 'talker', 'one-way': true }, [echo]],
    reset: [networkReset, { to: 'echo' }, [talker, talker6]],
    'reset-nobody': [networkReset, { ports: [UNUSED_PORT] }, [talker]],
    shared: [networkBlackout, {}, [talker, sharer]],
  };
}

function orders(): readonly FaultOperations[] {
  const selections: Readonly<Record<string, Actor>> = { echo, other, talker };
  return Object.entries(faultsByName()).map(([fault, [kind, settings, actors]]) => {
    const select: FaultContext['select'] = (name) => (selections[name] ? [targetOf(selections[name])] : []);
    return { fault, operations: kind.plan(settings, { targets: actors.map(targetOf), select, seed: 1 }).operations };
  });
}

/** Injects; answers with when it was in force, on the host's clock. */
async function breakIt(t: TestContext, name: string): Promise<number> {
  t.after(() => agent.undo(name));
  for (const result of await agent.arm(name)) assert.equal(result.error, undefined);
  const injected = await agent.inject(name);
  for (const result of injected) assert.equal(result.error, undefined);
  return Math.max(...injected.map((result) => Number(agent.toRunnerNs(result.atNs)) / 1e6));
}

/** Proves, undoes twice, and reads back; answers with what was proven and when it was undone. */
async function proveAndMend(t: TestContext, name: string, proven = true) {
  const [kind, settings] = faultsByName()[name] ?? [];
  const proof = kind?.judgeProof(settings, await agent.prove(name, proven ? PROOF_MS : NO_PROOF_MS));
  assert.equal(proof?.proven, proven, proof?.evidence);
  t.diagnostic(proof?.evidence ?? '');
  const undoAskedMs = hostMs();
  const undone = await agent.undo(name);
  for (const result of [...undone, ...(await agent.undo(name)), ...(await agent.readBack(name))]) assert.equal(result.error, undefined);
  return { proof, undoAskedMs, undoneMs: Math.max(...undone.map((result) => Number(agent.toRunnerNs(result.atNs)) / 1e6)) };
}

const everyWay = ['tcp', 'udp', 'connect'] as const;

function talksAgain(actor: Actor, fromMs: number, ways: readonly Sight['via'][] = everyWay): Promise<void> {
  return until('it talks again', () => ways.every((via) => seenBy(actor, via, fromMs).some((sight) => sight.ms !== undefined)));
}

/** Answers to what was asked between two instants; one that was under way when the fault began may be told late on a busy machine. */
function answered(actor: Actor, via: Sight['via'], fromMs: number, toMs: number): readonly Sight[] {
  return seenBy(actor, via, fromMs, toMs).filter((sight) => sight.atMs - (sight.ms ?? 0) >= fromMs);
}

/** What somebody else has set in a container's network: packet rules and queueing disciplines. */
async function settingsOf({ container }: Actor): Promise<string> {
  return (await rulesOf(stage.docker, container)) + (await inside(stage.docker, container, ['tc', 'qdisc', 'show']));
}

test('a blackout of a port, a protocol and an interface silences it on an open connection, and nothing beside it', async (t) => {
  const found = await settingsOf(talker);
  const darkMs = await breakIt(t, 'tcp-dark');
  await until('datagrams go on', () => seenBy(talker, 'udp', darkMs + 300).length > 10);
  const { undoAskedMs, undoneMs } = await proveAndMend(t, 'tcp-dark');
  for (const via of ['tcp', 'connect'] as const) assert.deepEqual(answered(talker, via, darkMs, undoAskedMs), [], via);
  await talksAgain(talker, undoneMs);
  assert.equal(await settingsOf(talker), found);
});

test('a blackout of ICMP is one that ping sees and connections do not', async (t) => {
  const ping = () => inside(stage.docker, talker.container, ['node', '-e', PING, echo.address]);
  const darkMs = await breakIt(t, 'icmp-dark');
  await until('connections go on', () => seenBy(talker, 'tcp', darkMs + 300).length > 5);
  const proving = agent.prove('icmp-dark');
  await ping();
  for (const result of await proving) assert.equal(result.error, undefined);
  await agent.undo('icmp-dark');
});

test('IPv6 goes dark on open connections, datagrams and fresh connections, without an error, and comes back', async (t) => {
  const found = await settingsOf(talker6);
  const darkMs = await breakIt(t, 'dark-6');
  const { proof, undoAskedMs, undoneMs } = await proveAndMend(t, 'dark-6');
  for (const via of everyWay) assert.deepEqual(answered(talker6, via, darkMs, undoAskedMs), [], via);
  await talksAgain(talker6, undoneMs);
  assert.ok((proof?.facts['matchedPackets'] ?? 0) > 0);
  assert.equal(await settingsOf(talker6), found);
});

test('a blackout of a port that nobody uses says so in arming, and is not proven', async (t) => {
  const [armed] = await agent.arm('port-nobody-uses');
  assert.match(armed?.evidence ?? '', /on port 4321 it neither listens nor has it a connection/);
  await breakIt(t, 'port-nobody-uses');
  await proveAndMend(t, 'port-nobody-uses', false);
});

test('an interface that is not there is refused in arming, which names those that are', async () => {
  const [armed] = await agent.arm('no-such-interface');
  assert.match(armed?.error ?? '', /no interface 'eth7'; it has: .*eth0/);
});

test('a partition cuts two selections off, by IPv4 and IPv6, and leaves third parties alone', async (t) => {
  const darkMs = await breakIt(t, 'split');
  assert.equal(await inside(stage.docker, talker.container, ['node', '-e', REACH, other.address]), 'reached');
  const { undoAskedMs, undoneMs } = await proveAndMend(t, 'split');
  for (const actor of [talker, talker6]) {
    for (const via of everyWay) assert.deepEqual(answered(actor, via, darkMs, undoAskedMs), [], via);
    await talksAgain(actor, undoneMs);
  }
});

test('a partition from somebody to whom nobody talks is proven by the canary alone', async (t) => {
  await breakIt(t, 'split-from-other');
  const { proof } = await proveAndMend(t, 'split-from-other');
  assert.match(proof?.evidence ?? '', /answered before and is silent/);
});

test('a partition of one way lets the other way pass', async (t) => {
  const darkMs = await breakIt(t, 'one-way');
  const received = async () => Number(/InDatagrams (\d+)/.exec(await inside(stage.docker, echo.container, ['node', '-e', RECEIVED]))?.[1]);
  const before = await received();
  const { undoAskedMs, undoneMs } = await proveAndMend(t, 'one-way');
  assert.ok((await received()) > before, 'the echo goes on hearing');
  assert.deepEqual(answered(talker, 'udp', darkMs, undoAskedMs), [], 'the talker is answered no more');
  await talksAgain(talker, undoneMs);
});

test('two containers that share a network are not touched twice: arming refuses the second, and nothing is set', async () => {
  const found = await settingsOf(talker);
  const armed = await agent.arm('shared');
  assert.equal(armed.filter((result) => /it shares its network .* name only one of them/.test(result.error ?? '')).length, 1);
  for (const result of await agent.undo('shared')) assert.equal(result.error, undefined);
  assert.equal(await settingsOf(talker), found);
});

test('a reset breaks open connections and refuses fresh ones on both families at once, and spares datagrams and loopback', async (t) => {
  const found = await settingsOf(talker);
  const askedMs = hostMs();
  const resetMs = await breakIt(t, 'reset');
  for (const actor of [talker, talker6]) {
    // It breaks once, and may do so before the last of the rules is there.
    await until('the open connection breaks', () =>
      seenBy(actor, 'tcp', askedMs).some((sight) => /^ECONN(RESET|ABORTED)$/.test(sight.error ?? '')),
    );
    await until('fresh ones are refused', () => seenBy(actor, 'connect', resetMs).some((sight) => sight.error === 'ECONNREFUSED'));
    await until('datagrams go on', () => seenBy(actor, 'udp', resetMs + 200).length > 5);
  }
  await until('a silent connection ends too', () => seenBy(sharer, 'tcp', askedMs).some((sight) => sight.error === 'ECONNABORTED'));
  const { proof, undoAskedMs, undoneMs } = await proveAndMend(t, 'reset');
  assert.deepEqual(
    seenBy(talker, 'connect', resetMs + 5, undoAskedMs).filter((sight) => sight.ms !== undefined),
    [],
    'no connection came about',
  );
  assert.ok((proof?.facts['resetConnections'] ?? 0) >= 3);
  await talksAgain(talker, undoneMs, ['udp', 'connect']);
  assert.equal(await settingsOf(talker), found);
});

test('a reset where no connection is and none is tried is not proven', async (t) => {
  await breakIt(t, 'reset-nobody');
  await proveAndMend(t, 'reset-nobody', false);
});

test('an agent that is killed in the middle of a partition and of resets takes both back when it is restarted', async () => {
  const found = await Promise.all([talker, talker6].map(settingsOf));
  const doomed = await stage.agent('doomed', orders());
  for (const name of ['split', 'reset']) {
    for (const move of [doomed.arm, doomed.inject]) for (const result of await move(name)) assert.equal(result.error, undefined);
  }
  assert.notDeepEqual(await Promise.all([talker, talker6].map(settingsOf)), found);
  await killAgentAndWait(stage, doomed);
  assert.deepEqual(await Promise.all([talker, talker6].map(settingsOf)), found);
  const backMs = hostMs();
  await talksAgain(talker, backMs, ['udp', 'connect']);
  await talksAgain(talker6, backMs, ['udp', 'connect']);
});

test('containers that are stopped, or gone, by the time of the undo are no error', async (t) => {
  await breakIt(t, 'reset');
  await breakIt(t, 'split');
  await talker.container.stop({ t: 0 });
  await talker6.container.remove({ force: true });
  for (const name of ['split', 'reset']) {
    for (const result of [...(await agent.undo(name)), ...(await agent.readBack(name))]) assert.equal(result.error, undefined);
  }
});

/** One echo request by hand-made ICMP would need a raw socket; a datagram to a closed port is answered by ICMP instead. */
const PING = `
const udp = require('node:dgram').createSocket('udp4');
udp.send('anyone?', 9, process.argv[1], () => setTimeout(() => process.exit(), 300));
`;
/** Opens a connection, and says nothing on it. */
const SILENT = `
const tell = (seen) => console.log(JSON.stringify({ via: 'tcp', atMs: Number(process.hrtime.bigint()) / 1e6, ...seen }));
require('node:net').connect(7000, process.argv[1]).on('error', (error) => tell({ error: error.code }));
setInterval(() => {}, 1000);
`;
const REACH = `
const socket = require('node:net').connect(7000, process.argv[1], () => { process.stdout.write('reached'); process.exit(); });
socket.setTimeout(2000, () => process.exit(1)).on('error', (error) => process.stdout.write(error.code));
`;
const RECEIVED = `
const [names, values] = require('node:fs').readFileSync('/proc/net/snmp', 'utf8').split('\\n').filter((line) => line.startsWith('Udp:'));
process.stdout.write('InDatagrams ' + values.split(' ')[names.split(' ').indexOf('InDatagrams')]);
`;
