/** The network faults on real containers: what those that talk to each other see, and what is left when they are undone. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentClient } from '../../runners/agent/client.ts';
import type { FaultOperations } from '../../runners/agent/orders.ts';
import type { Fault, FaultContext } from '../../runners/faults/fault.ts';
import { networkBlackout } from '../../runners/faults/network-blackout.ts';
import { networkLatency } from '../../runners/faults/network-latency.ts';
import { type Actor, hostMs, openStage, rulesOf, type Stage, seenBy, targetOf, until } from '../helpers/agent-stage.ts';
import { setRulesOfSomebody } from '../helpers/somebody.ts';

const LABEL = 'faults-network';
const DELAY_MS = 500;
const SETTLING_ROUND_TRIPS = 5;

let stage: Stage;
let echo: Actor;
let talker: Actor;
let neighbour: Actor;
let agent: AgentClient;
let faults: readonly FaultOperations[];

function operationsOf(name: string, fault: Fault, settings: object, targets: readonly Actor[]): FaultOperations {
  const context: FaultContext = { targets: targets.map(targetOf), select: () => [targetOf(echo)], seed: 1 };
  return { fault: name, operations: fault.plan(settings, context).operations };
}

before(async () => {
  stage = await openStage(LABEL);
  echo = await stage.echo('echo');
  [talker, neighbour] = await Promise.all([stage.talker('talker', echo), stage.echo('neighbour')]);
  faults = [
    operationsOf('dark', networkBlackout, {}, [talker, neighbour]),
    operationsOf('spared', networkBlackout, {}, [talker, echo]),
    operationsOf('slow', networkLatency, { delay: `${DELAY_MS}ms`, to: 'echo', ports: [7000, 7001], direction: 'out' }, [talker]),
    operationsOf('slow-both', networkLatency, { delay: '100ms', direction: 'both' }, [talker]),
    operationsOf('very-slow', networkLatency, { delay: '20s', to: 'echo', direction: 'out' }, [talker]),
  ];
  agent = await stage.agent('network', faults);
  await setRulesOfSomebody(stage.docker, talker.container);
  await until('everything talks', () => (['tcp', 'udp', 'connect', 'loopback'] as const).every((via) => seenBy(talker, via, 0).length > 3));
});

after(async () => {
  try {
    await agent?.leave();
  } finally {
    await stage?.remove();
  }
});

/** Injects and proves; answers with when it was in force, on the host's clock. */
async function breakIt(
  t: TestContext,
  name: string,
  fault: Fault,
): Promise<{ atMs: number; facts: Readonly<Record<string, number>>; evidence: string }> {
  t.after(() => agent.undo(name));
  for (const result of await agent.arm(name)) assert.equal(result.error, undefined);
  const injected = await agent.inject(name);
  for (const result of injected) assert.equal(result.error, undefined);
  const proof = fault.judgeProof(fault === networkLatency ? { delay: '1s' } : {}, await agent.prove(name));
  assert.equal(proof.proven, true, proof.evidence);
  return { ...proof, atMs: Math.max(...injected.map((result) => Number(agent.toRunnerNs(result.atNs)) / 1e6)) };
}

/** Undoes and reads back; answers with when it was undone. */
async function mend(name: string): Promise<number> {
  const undone = await agent.undo(name);
  for (const result of [...undone, ...(await agent.readBack(name))]) assert.equal(result.error, undefined);
  return Math.max(...undone.map((result) => Number(agent.toRunnerNs(result.atNs)) / 1e6));
}

test('a blackout silences open connections, datagrams and fresh connections without an error, spares loopback, and leaves the rules of others byte for byte', async (t) => {
  const before = await rulesOf(stage.docker, talker.container);
  const { atMs: darkMs, facts } = await breakIt(t, 'dark', networkBlackout);
  const askedAt = hostMs();
  await sleep(1000);
  const during = seenBy(talker, 'loopback', darkMs + 100, askedAt + 1000);
  assert.ok(during.length > 20 && during.every((sight) => sight.error === undefined), `loopback went on: ${during.length}`);
  const undoAskedMs = hostMs();
  const undoneMs = await mend('dark');
  for (const via of ['tcp', 'udp', 'connect'] as const)
    assert.deepEqual(seenBy(talker, via, darkMs + 5, undoAskedMs), [], `${via} is silent`);
  await until('everything talks again', () =>
    (['udp', 'connect', 'tcp'] as const).every((via) => seenBy(talker, via, undoneMs).some((sight) => sight.ms !== undefined)),
  );
  assert.ok((facts['matchedPackets'] ?? 0) > 0);
  assert.equal(await rulesOf(stage.docker, talker.container), before);
  const backMs = Math.min(...(['udp', 'connect'] as const).map((via) => seenBy(talker, via, undoneMs)[0]?.atMs ?? Number.NaN)) - undoneMs;
  t.diagnostic(`first answer ${backMs.toFixed(0)} ms after the undo`);
});

test('a blackout of a selection spares the traffic inside it', async (t) => {
  const { atMs } = await breakIt(t, 'spared', networkBlackout);
  await until('it goes on', () => seenBy(talker, 'tcp', atMs + 200).length > 10 && seenBy(talker, 'udp', atMs + 200).length > 10);
  await mend('spared');
  assert.deepEqual(
    talker.sights.filter((sight) => sight.atMs > atMs && sight.error !== undefined),
    [],
  );
});

test('an undo twice, and of what was never injected, changes nothing and is no error', async () => {
  const before = await rulesOf(stage.docker, talker.container);
  await mend('dark');
  await mend('very-slow');
  assert.equal(await rulesOf(stage.docker, talker.container), before);
});

test('a latency delays an open connection, datagrams and the handshake by what was asked, and all of them heal at once when it is undone', async (t) => {
  const before = await rulesOf(stage.docker, talker.container);
  const { atMs, facts, evidence } = await breakIt(t, 'slow', networkLatency);
  t.diagnostic(evidence);
  // A connection whose round trip grows a thousandfold sends less until it has measured the new one a few times.
  const ripeMs = atMs + DELAY_MS * SETTLING_ROUND_TRIPS;
  await until('late answers', () => (['tcp', 'udp', 'connect'] as const).every((via) => seenBy(talker, via, ripeMs).length > 6));
  const untilMs = hostMs();
  for (const via of ['tcp', 'udp', 'connect'] as const) {
    const late = seenBy(talker, via, ripeMs, untilMs).map((sight) => sight.ms ?? 0);
    const median = late.toSorted((a, b) => a - b)[Math.floor(late.length / 2)] ?? 0;
    t.diagnostic(`${via}: median ${median.toFixed(1)} ms over ${late.length}`);
    assert.ok(median / DELAY_MS > 0.98 && median / DELAY_MS < 1.2, `${via}: ${median} ms`);
  }
  assert.ok(
    (facts['measuredDelayMs'] ?? 0) / DELAY_MS > 0.9 && (facts['measuredDelayMs'] ?? 0) / DELAY_MS < 1.3,
    `measured ${facts['measuredDelayMs']}`,
  );
  const loopback = seenBy(talker, 'loopback', ripeMs, untilMs).map((sight) => sight.ms ?? 0);
  assert.ok(Math.min(...loopback) < 50, 'loopback is not delayed');
  const undoneMs = await mend('slow');
  await until('quick answers again', () => seenBy(talker, 'tcp', undoneMs).some((sight) => (sight.ms ?? DELAY_MS) < DELAY_MS / 5));
  const healedMs = (seenBy(talker, 'tcp', undoneMs).find((sight) => (sight.ms ?? DELAY_MS) < DELAY_MS / 5)?.atMs ?? Number.NaN) - undoneMs;
  t.diagnostic(`the open connection was quick again ${healedMs.toFixed(0)} ms after the undo`);
  assert.ok(healedMs < 300, `${healedMs} ms`);
  assert.equal(await rulesOf(stage.docker, talker.container), before);
});

test('a latency in both directions without touching the other side shows twice in a round trip', async (t) => {
  const { atMs, facts } = await breakIt(t, 'slow-both', networkLatency);
  await until('late answers', () => seenBy(talker, 'tcp', atMs + 400).length > 10);
  const late = seenBy(talker, 'tcp', atMs + 400).map((sight) => sight.ms ?? 0);
  const median = late.toSorted((a, b) => a - b)[Math.floor(late.length / 2)] ?? 0;
  await mend('slow-both');
  t.diagnostic(`median round trip ${median.toFixed(1)} ms; measured one way ${facts['measuredDelayMs']} ms`);
  assert.ok(median / 200 > 0.98 && median / 200 < 1.3, `${median} ms`);
});

test('a latency of 20 s holds an open connection, is proven long before it is over, and lets go of everything at its undo without losing a byte', async (t) => {
  const asked = hostMs();
  const { atMs, evidence } = await breakIt(t, 'very-slow', networkLatency);
  t.diagnostic(evidence);
  assert.ok(hostMs() - asked < 8_000, 'proven without waiting 20 s');
  await sleep(1500);
  const undoAskedMs = hostMs();
  const undoneMs = await mend('very-slow');
  assert.deepEqual(seenBy(talker, 'tcp', atMs + 100, undoAskedMs), [], 'nothing came through meanwhile');
  await until('held bytes arrive', () => seenBy(talker, 'tcp', undoAskedMs).some((sight) => (sight.ms ?? 0) > 1000));
  await until('quick answers again', () => seenBy(talker, 'tcp', undoneMs).some((sight) => (sight.ms ?? 1000) < 100));
  assert.deepEqual(
    talker.sights.filter((sight) => sight.atMs > atMs && sight.via === 'tcp' && sight.error !== undefined),
    [],
  );
});
