/** Packets late, lost, garbled, doubled and out of order on real containers: what those that talk to each other see. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentClient } from '../../runners/agent/client.ts';
import type { FaultOperations } from '../../runners/agent/orders.ts';
import { kernelHas } from '../../runners/cli/set-up/kernel.ts';
import type { Fault, FaultContext, Proof } from '../../runners/faults/fault.ts';
import { networkBlackout } from '../../runners/faults/network-blackout.ts';
import { networkCorrupt } from '../../runners/faults/network-corrupt.ts';
import { networkDuplicate } from '../../runners/faults/network-duplicate.ts';
import { networkLatency } from '../../runners/faults/network-latency.ts';
import { networkLoss } from '../../runners/faults/network-loss.ts';
import { networkReorder } from '../../runners/faults/network-reorder.ts';
import { type Actor, hostMs, inside, openStage, rulesOf, type Sight, type Stage, seenBy, targetOf, until } from '../helpers/agent-stage.ts';

/** Datagrams of a series that are looked at: with them a share of 30 % is told apart from 10 % and 50 %. */
const LOOKED_AT = 300;
/** After the undo not one of these may be missing. */
const HEALED = 100;
const SERIES_MS = 5;
/** Answers to datagrams sent so much later mean that nothing is under way any more. */
const LAST_HAD_ITS_TIME = 60;
const DATAGRAMS = { to: 'echo', protocol: 'udp' };

const STEPS: Readonly<Record<string, readonly [Fault, object]>> = {
  loss: [networkLoss, { ...DATAGRAMS, share: '30%', direction: 'out' }],
  'loss-all': [networkLoss, { to: 'echo', share: '100%', direction: 'in' }],
  'loss-tcp': [networkLoss, { to: 'echo', protocol: 'tcp', share: '20%' }],
  'loss-elsewhere': [networkLoss, { to: 'echo', ports: [9], share: '100%' }],
  'slow-elsewhere': [networkLatency, { to: 'echo', ports: [9], delay: '100ms' }],
  noise: [networkCorrupt, { to: 'echo', share: '30%', direction: 'in' }],
  garbage: [networkCorrupt, { ...DATAGRAMS, share: '30%', checksum: 'fix', direction: 'out' }],
  'twice-out': [networkDuplicate, { ...DATAGRAMS, share: '30%', direction: 'out' }],
  'twice-in': [networkDuplicate, { ...DATAGRAMS, share: '30%', direction: 'in' }],
  mixed: [networkReorder, { ...DATAGRAMS, share: '10%', by: '50ms', direction: 'out' }],
  slow: [networkLatency, { ...DATAGRAMS, delay: '100ms', direction: 'out' }],
  slower: [networkLatency, { ...DATAGRAMS, delay: '50ms', direction: 'both' }],
  'slow-tcp': [networkLatency, { to: 'echo', ports: [7000], protocol: 'tcp', delay: '200ms', direction: 'out' }],
  shaky: [networkLatency, { ...DATAGRAMS, delay: '100ms', jitter: '40ms', distribution: 'normal', direction: 'out' }],
  dark: [networkBlackout, { direction: 'in' }],
  netem: [networkLatency, { ...DATAGRAMS, delay: '100ms', direction: 'out', mechanism: 'netem' }],
  'netem-in': [networkLatency, { ...DATAGRAMS, delay: '100ms', direction: 'in', mechanism: 'netem' }],
  'netem-loss': [networkLoss, { ...DATAGRAMS, share: '30%', direction: 'out', mechanism: 'netem' }],
  'netem-twice': [networkDuplicate, { share: '30%', direction: 'out', mechanism: 'netem' }],
};

/** On a server whose long answers the kernel sends in pieces that are cut into segments after the rules have seen them. */
const BULK_STEPS: Readonly<Record<string, readonly [Fault, object]>> = {
  'bulk-twice': [networkDuplicate, { share: '33%', direction: 'out' }],
  'bulk-loss': [networkLoss, { share: '5%', direction: 'out' }],
};
const BULK_SERVER = "require('node:http').createServer((_, answer) => answer.end(Buffer.alloc(300_000))).listen(8080, '0.0.0.0')";
const BULK_READER = `
const { get } = require('node:http');
const read = () => get('http://' + process.argv[1] + ':8080', (answer) => answer.resume().on('close', () => setTimeout(read, 20))).on('error', () => setTimeout(read, 20));
for (let reader = 0; reader < 8; reader++) read();
`;

/** Rules that somebody else has in the containers, with marks of their own. */
const FOREIGN_RULES = `*mangle
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:FIREDRILLISH - [0:0]
-A OUTPUT -p udp -j FIREDRILLISH
-A FIREDRILLISH -m mark --mark 0x10000/0x10000 -j RETURN
-A FIREDRILLISH -j MARK --set-xmark 0x1/0x1
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
COMMIT`;

let stage: Stage;
let echo: Actor;
let series: Actor;
let talker: Actor;
let bulk: Actor;
let agent: AgentClient;
let rulesBefore: string;

/** Each step's fault on each of its targets, as faults of their own. */
function operationsOf(): FaultOperations[] {
  const on = (actor: Actor, steps: typeof STEPS) =>
    Object.entries(steps).map(([name, [fault, settings]]) => {
      const context: FaultContext = { targets: [targetOf(actor)], select: () => [targetOf(echo)], seed: 1 };
      return { fault: `${name} ${actor.ref.name}`, operations: fault.plan(settings, context).operations };
    });
  return [...on(series, STEPS), ...on(talker, STEPS), ...on(bulk, BULK_STEPS)];
}

before(async () => {
  stage = await openStage('faults-impair');
  echo = await stage.echo('echo');
  [series, talker] = await Promise.all([stage.series('series', echo), stage.talker('talker', echo)]);
  bulk = await stage.start('bulk', { Entrypoint: ['node', '-e', BULK_SERVER], HostConfig: { Init: true } });
  await stage.start('reader', { Entrypoint: ['node', '-e', BULK_READER, bulk.address], HostConfig: { Init: true } });
  agent = await stage.agent('impair', operationsOf());
  await until('everything talks', () => [seenBy(series, 'series', 0), seenBy(talker, 'tcp', 0)].every((each) => each.length > 10));
  for (const program of ['iptables-nft-restore', 'ip6tables-nft-restore']) {
    assert.equal(await inside(stage.docker, series.container, [program], FOREIGN_RULES), '');
  }
  rulesBefore = await rulesOf(stage.docker, series.container);
});

after(async () => {
  try {
    await agent?.leave();
  } finally {
    await stage?.remove();
  }
});

/** Injects and tries to prove; answers with the proof, and when it was in force on the host's clock. */
async function attempt(t: TestContext, step: string, actor: Actor): Promise<{ proof: Proof; atMs: number }> {
  const name = `${step} ${actor.ref.name}`;
  const [fault, settings] = STEPS[step] ?? BULK_STEPS[step] ?? assert.fail(step);
  t.after(() => agent.undo(name));
  for (const result of await agent.arm(name)) assert.equal(result.error, undefined);
  const injected = await agent.inject(name);
  for (const result of injected) assert.equal(result.error, undefined);
  const proof = fault.judgeProof(settings, await agent.prove(name));
  t.diagnostic(`${name}: ${proof.evidence}`);
  return { proof, atMs: Math.max(...injected.map((result) => Number(agent.toRunnerNs(result.atNs)) / 1e6)) };
}

async function breakIt(t: TestContext, step: string, actor: Actor = series): Promise<number> {
  const { proof, atMs } = await attempt(t, step, actor);
  assert.equal(proof.proven, true, proof.evidence);
  return atMs;
}

async function mend(step: string, actor: Actor = series): Promise<number> {
  const name = `${step} ${actor.ref.name}`;
  for (const result of [...(await agent.undo(name)), ...(await agent.undo(name)), ...(await agent.readBack(name))]) {
    assert.equal(result.error, undefined);
  }
  return hostMs();
}

/** The answers to so many datagrams in a row, all of them sent from the instant on; waits until late ones had their time. */
async function answersFrom(fromMs: number, count = LOOKED_AT): Promise<readonly (Sight & { number: number })[]> {
  await sleep(Math.max(0, fromMs + count * SERIES_MS - hostMs()));
  const sent = () =>
    series.sights.flatMap((sight) =>
      sight.atMs < fromMs || sight.number === undefined ? [] : [{ ...sight, number: sight.number, sentMs: sight.atMs - (sight.ms ?? 0) }],
    );
  // What is garbled may bear any number.
  const first = Math.min(...sent().flatMap((sight) => (sight.intact && sight.sentMs >= fromMs ? sight.number : [])));
  await until('the last has had its time', () => sent().some((sight) => sight.intact && sight.number > first + count + LAST_HAD_ITS_TIME));
  return sent().filter((sight) => sight.number >= first && sight.number < first + count);
}

function share(of: readonly unknown[]): number {
  return of.length / LOOKED_AT;
}

function assertShare(what: string, seen: number, asked: number): void {
  const bound = 4 * Math.sqrt((asked * (1 - asked)) / LOOKED_AT) + 0.01;
  assert.ok(Math.abs(seen - asked) <= bound, `${what}: ${(seen * 100).toFixed(1)} %, asked ${asked * 100} % ± ${(bound * 100).toFixed(1)}`);
}

async function assertHealed(t: TestContext): Promise<void> {
  const healed = await answersFrom(hostMs() + 50, HEALED);
  assert.equal(healed.length, HEALED, 'nothing is lost or doubled');
  assert.ok(healed.every((sight) => sight.intact));
  assert.equal(await rulesOf(stage.docker, series.container), rulesBefore);
  t.diagnostic(`healed: median ${median(healed).toFixed(2)} ms`);
  assert.ok(median(healed) < 20);
}

function median(sights: readonly Sight[]): number {
  return sights.map((sight) => sight.ms ?? Number.NaN).toSorted((a, b) => a - b)[Math.floor(sights.length / 2)] ?? Number.NaN;
}

test('a loss of 30 % loses that share of datagrams, without an error to who sends them, and none after the undo', async (t) => {
  const answers = await answersFrom(await breakIt(t, 'loss'));
  await mend('loss');
  assertShare('lost', 1 - share(answers), 0.3);
  await assertHealed(t);
});

test('a loss on TCP makes it send again, and no byte is missed', async (t) => {
  const atMs = await breakIt(t, 'loss-tcp', talker);
  await sleep(1500);
  const undoneMs = await mend('loss-tcp', talker);
  assert.ok(
    seenBy(talker, 'tcp', atMs, undoneMs).some((sight) => (sight.ms ?? 0) > 150),
    'some answers waited for a second sending',
  );
  await until('quick answers', () => seenBy(talker, 'tcp', undoneMs + 1000).some((sight) => (sight.ms ?? 1000) < 50));
  assert.deepEqual(
    seenBy(talker, 'tcp', atMs).filter((sight) => sight.error !== undefined),
    [],
  );
});

test('a loss and a latency on a port that is not there say so in arming, and are not proven', async (t) => {
  for (const step of ['loss-elsewhere', 'slow-elsewhere']) {
    const [armed] = await agent.arm(`${step} series`);
    assert.match(armed?.evidence ?? '', /on port 9 it neither listens nor has it a connection, so that there may be nothing to break/);
    const { proof } = await attempt(t, step, series);
    await mend(step);
    assert.equal(proof.proven, false);
    assert.match(proof.evidence, /nothing was sent on it/);
  }
});

test('noise on what is received is thrown away by the kernel for its checksum', async (t) => {
  const answers = await answersFrom(await breakIt(t, 'noise'));
  await mend('noise');
  assertShare('thrown away', 1 - share(answers), 0.3);
  assert.ok(answers.every((sight) => sight.intact));
  await assertHealed(t);
});

test('garbage with checksums that fit reaches the program at the other end', async (t) => {
  const answers = await answersFrom(await breakIt(t, 'garbage'));
  await mend('garbage');
  assertShare('garbled', 1 - share(answers.filter((sight) => sight.intact)), 0.3);
  await assertHealed(t);
});

for (const way of ['out', 'in']) {
  test(`duplicates of what goes ${way} are seen twice`, async (t) => {
    const answers = await answersFrom(await breakIt(t, `twice-${way}`));
    await mend(`twice-${way}`);
    assert.equal(new Set(answers.map((sight) => sight.number)).size, LOOKED_AT, 'none is lost');
    assertShare('doubled', share(answers) - 1, 0.3);
    await assertHealed(t);
  });
}

for (const step of Object.keys(BULK_STEPS)) {
  test(`${step}: long answers are counted by the segment, so that a share of them is told as it is`, async (t) => {
    await breakIt(t, step, bulk);
    await mend(step, bulk);
  });
}

test('datagrams that are held back are overtaken, and none is lost', async (t) => {
  const answers = await answersFrom(await breakIt(t, 'mixed'));
  await mend('mixed');
  assert.equal(answers.length, LOOKED_AT);
  const overtaken = answers.filter((sight, index) => answers.slice(0, index).some((earlier) => earlier.number > sight.number));
  assertShare('overtaken', share(overtaken), 0.1);
  await assertHealed(t);
});

test('two latencies on one channel add up, and each is undone by itself', async (t) => {
  await breakIt(t, 'slow');
  const both = await answersFrom(await breakIt(t, 'slower'));
  await mend('slow');
  const one = await answersFrom(hostMs() + 300);
  await mend('slower');
  t.diagnostic(`median ${median(both).toFixed(1)} ms with both, ${median(one).toFixed(1)} ms with one`);
  assert.ok(Math.abs(median(both) - 200) < 8, `${median(both)}`);
  assert.ok(Math.abs(median(one) - 100) < 8, `${median(one)}`);
  await assertHealed(t);
});

test('latency, loss and duplicates at once: what is left is late, and some of it twice', async (t) => {
  await breakIt(t, 'slow');
  await breakIt(t, 'loss');
  const answers = await answersFrom(await breakIt(t, 'twice-in'));
  for (const step of ['loss', 'slow', 'twice-in']) await mend(step);
  const numbers = new Set(answers.map((sight) => sight.number));
  assertShare('lost', 1 - share([...numbers]), 0.3);
  assertShare('doubled', share(answers) - share([...numbers]), 0.3 * 0.7);
  assert.ok(Math.min(...answers.map((sight) => sight.ms ?? 0)) >= 99);
  await assertHealed(t);
});

test('a blackout on top lets nothing through, late or doubled', async (t) => {
  await breakIt(t, 'slow');
  await breakIt(t, 'twice-in');
  const darkMs = await breakIt(t, 'dark');
  await sleep(500);
  const undoneMs = hostMs();
  for (const step of ['dark', 'twice-in', 'slow']) await mend(step);
  assert.deepEqual(seenBy(series, 'series', darkMs + 20, undoneMs), []);
  await assertHealed(t);
});

test('latencies on channels of their own go each their own way', async (t) => {
  await breakIt(t, 'slow', talker);
  const atMs = (await breakIt(t, 'slow-tcp', talker)) + 1500;
  await until('answers', () => (['tcp', 'udp'] as const).every((via) => seenBy(talker, via, atMs).length > 20));
  const [tcp, udp] = (['tcp', 'udp'] as const).map((via) => median(seenBy(talker, via, atMs)));
  await mend('slow', talker);
  await mend('slow-tcp', talker);
  t.diagnostic(`tcp ${tcp?.toFixed(1)} ms, udp ${udp?.toFixed(1)} ms`);
  assert.ok(Math.abs((tcp ?? 0) - 200) < 30 && Math.abs((udp ?? 0) - 100) < 10);
});

test('jitter spreads a latency around what was asked', async (t) => {
  const answers = await answersFrom(await breakIt(t, 'shaky'));
  await mend('shaky');
  const late = answers.map((sight) => sight.ms ?? Number.NaN);
  const mean = late.reduce((sum, ms) => sum + ms, 0) / late.length;
  const deviation = Math.sqrt(late.reduce((sum, ms) => sum + (ms - mean) ** 2, 0) / late.length);
  t.diagnostic(`mean ${mean.toFixed(1)} ms, standard deviation ${deviation.toFixed(1)} ms`);
  assert.ok(Math.abs(mean - 100) < 10 && Math.abs(deviation - 40) < 8);
  await assertHealed(t);
});

test('netem does the same where the kernel has it, and is refused in arming where not', async (t) => {
  if ((await kernelHas('netem')) === 'yes') {
    for (const step of ['netem', 'netem-in']) {
      const late = await answersFrom(await breakIt(t, step));
      await mend(step);
      assert.ok(Math.abs(median(late) - 100) < 10, `${step}: ${median(late)} ms`);
    }
    assertShare('lost', 1 - share(await answersFrom(await breakIt(t, 'netem-loss'))), 0.3);
    await mend('netem-loss');
    await breakIt(t, 'netem-twice', talker);
    await mend('netem-twice', talker);
  } else {
    const [armed] = await agent.arm('netem series');
    assert.match(armed?.error ?? '', /netem: this kernel has no netem/);
    await mend('netem');
  }
  await assertHealed(t);
});
