/** Impaired packets on IPv6, and what is left of impairments when their agent, or their target, dies in the middle. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type Docker from 'dockerode';
import type { Fault } from '../../runners/faults/fault.ts';
import { networkCorrupt } from '../../runners/faults/network-corrupt.ts';
import { networkDuplicate } from '../../runners/faults/network-duplicate.ts';
import { networkLatency } from '../../runners/faults/network-latency.ts';
import { networkLoss } from '../../runners/faults/network-loss.ts';
import { networkReorder } from '../../runners/faults/network-reorder.ts';
import { leftClean } from '../helpers/agent-kill.ts';
import { type Actor, hostMs, inside, openStage, rulesOf, type Stage, seenBy, targetOf, until } from '../helpers/agent-stage.ts';
import { dualNetwork } from '../helpers/dual-network.ts';
import { drill, type FaultDrill } from '../helpers/fault-drill.ts';

const LABEL = 'faults-impair-undo';
const SEEN_MIN = 100;

let stage: Stage;
let network: Docker.Network;
let echo: Actor;
let series: Actor;
let series6: Actor;
let mortal: Actor;

before(async () => {
  stage = await openStage(LABEL);
  network = await dualNetwork(stage, 'f1df');
  echo = await stage.echo('echo', network.id);
  assert.ok(echo.address6 !== undefined, 'the network has IPv6');
  [series, series6, mortal] = await Promise.all([
    stage.series('series', echo, { network: network.id }),
    stage.series('series6', echo, { network: network.id, ask: echo.address6 }),
    stage.series('mortal', echo, { network: network.id }),
  ]);
  // What iptables makes of its own accord when it first looks is there before anything is compared.
  for (const actor of [series, series6]) {
    for (const program of ['iptables-nft', 'ip6tables-nft']) await inside(stage.docker, actor.container, [program, '-t', 'mangle', '-S']);
  }
  await until('all of them talk', () => [series, series6, mortal].every((actor) => seenBy(actor, 'series', 0).length > 10));
});

after(async () => {
  try {
    await stage?.remove();
  } finally {
    await network?.remove().catch(() => {});
  }
});

function impairing(actor: Actor, fault: Fault, settings: object): Promise<FaultDrill> {
  return drill(stage, fault, { to: 'echo', ...settings }, [actor], { select: () => [targetOf(echo)] });
}

/** Answers of the actor from an instant on, how many of them are the second of their number, and how late those are that can be read. */
async function answers(actor: Actor, fromMs = hostMs()) {
  await until('answers', () => seenBy(actor, 'series', fromMs).length >= SEEN_MIN);
  const seen = seenBy(actor, 'series', fromMs);
  const again = seen.length - new Set(seen.map((sight) => sight.number)).size;
  const ms = seen.flatMap((sight) => (sight.intact && sight.ms !== undefined ? sight.ms : [])).toSorted((a, b) => a - b);
  return { seen, again, medianMs: ms[Math.floor(ms.length / 2)] ?? Number.NaN };
}

/** Every number from the instant on comes back, once, soon, and whole. */
async function assertHealed(actor: Actor): Promise<void> {
  const fromMs = hostMs() + 200;
  const { seen, again, medianMs } = await answers(actor, fromMs);
  const numbers = seen.flatMap((sight) => sight.number ?? []);
  assert.equal(again, 0);
  assert.equal(Math.max(...numbers) - Math.min(...numbers) + 1, numbers.length, 'none is missing');
  assert.ok(seen.every((sight) => sight.intact) && medianMs < 20, `${medianMs} ms`);
}

const withoutNames = (rules: string) => rules.replaceAll(/^:.*\n/gm, '').replaceAll(/^(?:\*.*|COMMIT)\n/gm, '');

test('IPv6: datagrams are late, doubled and garbled as those of IPv4 are', async (t) => {
  const slow = await impairing(series6, networkLatency, { delay: '80ms', direction: 'in' });
  const twice = await impairing(series6, networkDuplicate, { share: '40%', direction: 'in' });
  const garbage = await impairing(series6, networkCorrupt, { share: '40%', checksum: 'fix', direction: 'out' });
  for (const each of [slow, twice, garbage]) assert.equal((await each.breakIt()).proven, true);
  const { seen, again, medianMs } = await answers(series6);
  for (const each of [slow, twice, garbage]) await each.mend();
  const garbled = seen.filter((sight) => sight.intact === false).length;
  t.diagnostic(`${seen.length} answers, ${again} of them again, ${garbled} garbled, median ${medianMs.toFixed(1)} ms`);
  assert.ok(again > SEEN_MIN / 10 && garbled > SEEN_MIN / 10 && Math.abs(medianMs - 80) < 10);
  await assertHealed(series6);
  for (const each of [slow, twice, garbage]) await each.leave();
});

test('IPv6: what is late on its way out is sent anew, whole', async () => {
  const slow = await impairing(series6, networkLatency, { delay: '80ms', direction: 'out' });
  assert.equal((await slow.breakIt()).proven, true);
  const { seen, medianMs } = await answers(series6);
  await slow.mend();
  await slow.leave();
  assert.ok(seen.every((sight) => sight.intact) && Math.abs(medianMs - 80) < 10, `${medianMs} ms`);
  await assertHealed(series6);
});

test('an agent killed in the middle of a loss: packets pass at once, and its successor leaves no rule', async () => {
  const before = withoutNames(await rulesOf(stage.docker, series.container));
  const loss = await impairing(series, networkLoss, { share: '60%', direction: 'both' });
  assert.equal((await loss.breakIt()).proven, true);
  assert.equal(leftClean(await loss.killAgent()), true);
  await assertHealed(series);
  assert.equal(withoutNames(await rulesOf(stage.docker, series.container)), before);
});

test('an agent that is gone for good: packets pass, and a sweeper without its memory leaves no rule', async () => {
  const before = withoutNames(await rulesOf(stage.docker, series.container));
  const mixed = await impairing(series, networkReorder, { share: '30%', by: '40ms' });
  assert.equal((await mixed.breakIt()).proven, true);
  const killed = mixed.loseAgent();
  await assertHealed(series);
  assert.equal(await killed, true);
  assert.equal(withoutNames(await rulesOf(stage.docker, series.container)), before);
});

test('a target that is killed, and one that is gone, are no trouble to the undo', async () => {
  const loss = await impairing(mortal, networkLoss, { share: '60%' });
  assert.equal((await loss.breakIt()).proven, true);
  await mortal.container.kill();
  assert.match(await loss.mend(), /no process of it runs/);
  await mortal.container.remove({ force: true });
  assert.match(await loss.mend(), /no process of it runs/);
  await loss.leave();
});
