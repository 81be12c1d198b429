/** A channel narrowed to a rate, on real containers: what a program that sends and receives as much as it can gets through. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentClient } from '../../runners/agent/client.ts';
import type { FaultOperations } from '../../runners/agent/orders.ts';
import { networkBandwidth } from '../../runners/faults/network-bandwidth.ts';
import { killAgentAndWait } from '../helpers/agent-kill.ts';
import { type Actor, inside, openStage, rulesOf, type Stage, targetOf, until } from '../helpers/agent-stage.ts';
import { setQdiscOfSomebody, setRulesOfSomebody } from '../helpers/somebody.ts';

const LABEL = 'faults-network-bandwidth';
const PROOF_MS = 12_000;
/** Enough to see that there is nothing to prove. */
const NO_PROOF_MS = 4_000;
/** Of a full packet of 1500 bytes TCP carries 1448; and the acknowledgements of the other direction take their part of the line. */
const GOODPUT_SHARE_MIN = 0.88;
const GOODPUT_SHARE_MAX = 0.98;
/** What stands in line as a count begins, up to 0.3 s of the rate, is 2 % of what is counted. */
const COUNTED_MS = 16_000;
/** Without a fault the pump moves about 40 Mbit/s each way, so that two cores can bear it. */
const FREE_BITS = 20e6;

const FAULTS: Readonly<Record<string, object>> = {
  'slow-256k': { rate: '256kbit' },
  'slow-4m': { rate: '4mbit' },
  'slow-12m': { rate: '12mbit', direction: 'out', to: 'far' },
  'slow-in': { rate: '2mbit', direction: 'in', ports: [7001] },
  'slow-udp': { rate: '4mbit', direction: 'out', protocol: 'udp' },
  'port-nobody-uses': { rate: '1mbit', ports: [4321] },
  'wide-enough': { rate: '900mbit' },
};

let stage: Stage;
let far: Actor;
let pump: Actor;
let agent: AgentClient;

before(async () => {
  stage = await openStage(LABEL);
  far = await stage.start('far', { Entrypoint: ['node', '-e', FAR], HostConfig: { CapAdd: ['NET_ADMIN'] } });
  pump = await stage.start('pump', { Entrypoint: ['node', '-e', PUMP, far.address], HostConfig: { CapAdd: ['NET_ADMIN'] } });
  agent = await stage.agent('bandwidth', orders());
  await setRulesOfSomebody(stage.docker, pump.container);
  await setQdiscOfSomebody(stage.docker, pump.container);
  await untilFree();
});

after(async () => {
  try {
    await agent?.leave();
  } finally {
    await stage?.remove();
  }
});

function orders(): readonly FaultOperations[] {
  return Object.entries(FAULTS).map(([fault, settings]) => {
    const context = { targets: [targetOf(pump)], select: () => [targetOf(far)], seed: 1 };
    return { fault, operations: networkBandwidth.plan(settings, context).operations };
  });
}

interface Totals {
  readonly atMs: number;
  readonly sent: number;
  readonly received: number;
}

async function totals(): Promise<Totals> {
  return JSON.parse(await inside(stage.docker, pump.container, ['cat', '/tmp/totals.json']));
}

/** Bits a second that programs on either side get through, over the time; what was sent counts when the far side has it. */
async function goodput(overMs: number): Promise<{ readonly up: number; readonly down: number }> {
  const first = await totals();
  await sleep(overMs);
  const last = await totals();
  const bits = (of: (each: Totals) => number) => ((of(last) - of(first)) * 8 * 1000) / (last.atMs - first.atMs);
  return { up: bits(({ sent }) => sent), down: bits(({ received }) => received) };
}

function untilFree(): Promise<void> {
  return until('both directions are free', async () => {
    const { up, down } = await goodput(500);
    return up > FREE_BITS && down > FREE_BITS;
  });
}

async function settingsOf({ container }: Actor): Promise<string> {
  return (await rulesOf(stage.docker, container)) + (await inside(stage.docker, container, ['tc', 'qdisc', 'show']));
}

async function breakIt(t: TestContext, name: string, on = agent): Promise<void> {
  t.after(() => on.undo(name).catch(() => []));
  for (const move of [on.arm, on.inject]) for (const result of await move(name)) assert.equal(result.error, undefined);
}

async function prove(t: TestContext, name: string, timeoutMs = PROOF_MS) {
  const proof = networkBandwidth.judgeProof(FAULTS[name], await agent.prove(name, timeoutMs));
  t.diagnostic(proof.evidence);
  return proof;
}

async function mend(name: string): Promise<void> {
  for (const result of [...(await agent.undo(name)), ...(await agent.undo(name)), ...(await agent.readBack(name))]) {
    assert.equal(result.error, undefined);
  }
}

/** `full`: directions whose goodput is about the rate. With both narrowed, acknowledgements wait and are lost too, and TCP gets less through. */
for (const { name, bits, full } of [
  { name: 'slow-256k', bits: 256e3, full: [] },
  { name: 'slow-4m', bits: 4e6, full: [] },
  { name: 'slow-12m', bits: 12e6, full: ['up'] },
  { name: 'slow-in', bits: 2e6, full: ['down'] },
] as const) {
  test(`${name}: open connections get ${bits / 1e3} kbit/s through and no more, within 5 %, and all of the line again when it is undone`, async (t) => {
    const found = await settingsOf(pump);
    await breakIt(t, name);
    const proof = await prove(t, name);
    assert.equal(proof.proven, true);
    const measured = proof.facts['measuredBitsPerSecond'] ?? Number.NaN;
    assert.ok(Math.abs(measured / bits - 1) <= 0.05, `measured ${measured}`);
    const got = await goodput(COUNTED_MS);
    const shares = { up: got.up / bits, down: got.down / bits };
    t.diagnostic(`${((measured / bits) * 100).toFixed(2)} % of the rate by the kernel; as payload ${JSON.stringify(shares)}`);
    for (const way of full) assert.ok(shares[way] > GOODPUT_SHARE_MIN && shares[way] < GOODPUT_SHARE_MAX, `${way}: ${shares[way]}`);
    if (full.length === 0) assert.ok(Math.max(shares.up, shares.down) < GOODPUT_SHARE_MAX, JSON.stringify(shares));
    await mend(name);
    await untilFree();
    assert.equal(await settingsOf(pump), found);
  });
}

test('datagrams sent at twice the rate arrive at the rate, within 5 %, by the count of the program that receives them', async (t) => {
  await breakIt(t, 'slow-udp');
  const receiving = inside(stage.docker, far.container, ['node', '-e', RECEIVE]);
  const [bitsPerSecond] = await Promise.all([receiving, inside(stage.docker, pump.container, ['node', '-e', FLOOD, far.address])]);
  t.diagnostic(`${bitsPerSecond} bit/s arrived, of 4 Mbit/s`);
  assert.ok(Math.abs(Number(bitsPerSecond) / 4e6 - 1) <= 0.05, bitsPerSecond);
  await mend('slow-udp');
});

test('a rate on a port that nobody uses is not proven', async (t) => {
  await breakIt(t, 'port-nobody-uses');
  const proof = await prove(t, 'port-nobody-uses', NO_PROOF_MS);
  assert.deepEqual([proof.proven, /no packet of the channel was seen/.test(proof.evidence)], [false, true]);
  await mend('port-nobody-uses');
});

test('a line that is wider than the traffic narrows nothing, and is not proven', async (t) => {
  await breakIt(t, 'wide-enough');
  const proof = await prove(t, 'wide-enough', NO_PROOF_MS);
  assert.deepEqual([proof.proven, /nothing was narrowed, for there was not enough traffic/.test(proof.evidence)], [false, true]);
  await mend('wide-enough');
});

test('when the agent is killed the line is free at once, and nothing is left when it was restarted', async (t) => {
  const found = await settingsOf(pump);
  const doomed = await stage.agent('doomed', orders());
  await breakIt(t, 'slow-4m', doomed);
  await sleep(1_000);
  assert.ok((await goodput(2_000)).down < 5e6);
  await killAgentAndWait(stage, doomed);
  await untilFree();
  assert.equal(await settingsOf(pump), found);
});

/** Takes all on 7000 and tells how much it has; sends on 7001, 25 kB every 5 ms as far as the other side takes it. */
const FAR = `
const net = require('node:net');
net.createServer((socket) => {
  let bytes = 0;
  socket.on('error', () => {}).on('data', (chunk) => { bytes += chunk.length; });
  const telling = setInterval(() => socket.write(bytes + '\\n'), 20);
  socket.on('close', () => clearInterval(telling));
}).listen(7000);
net.createServer((socket) => {
  const sending = setInterval(() => socket.writableNeedDrain || socket.write(Buffer.alloc(25_000)), 5);
  socket.on('error', () => {}).on('close', () => clearInterval(sending));
}).listen(7001);
`;
/** Counts datagrams, with their IP and UDP headers, from the first on for four seconds, and tells bits a second. */
const RECEIVE = `
const now = () => Number(process.hrtime.bigint()) / 1e9;
let bytes = 0, first = 0;
require('node:dgram').createSocket('udp4').bind(7002).on('message', (message) => {
  if (first === 0) first = now();
  else bytes += message.length + 28;
  const took = now() - first;
  if (took >= 4) { process.stdout.write(String(Math.round(bytes * 8 / took))); process.exit(); }
});
setTimeout(() => process.exit(1), 20_000);
`;
/** Sends 8 Mbit/s for eight seconds. */
const FLOOD = `
const udp = require('node:dgram').createSocket('udp4');
const sending = setInterval(() => { for (let count = 0; count < 10; count += 1) udp.send(Buffer.alloc(1000), 7002, process.argv[1]); }, 10);
setTimeout(() => { clearInterval(sending); udp.close(); }, 8_000);
`;
const PUMP = `
const net = require('node:net'), fs = require('node:fs');
const host = process.argv[1];
const totals = { atMs: 0, sent: 0, received: 0 };
let text = '';
const up = net.connect(7000, host);
up.on('data', (chunk) => {
  const lines = (text += chunk).split('\\n');
  text = lines.pop();
  if (lines.length > 0) totals.sent = Number(lines.at(-1));
});
setInterval(() => up.writableNeedDrain || up.write(Buffer.alloc(25_000)), 5);
net.connect(7001, host).on('data', (chunk) => { totals.received += chunk.length; });
setInterval(() => {
  totals.atMs = Number(process.hrtime.bigint()) / 1e6;
  fs.writeFileSync('/tmp/totals.next', JSON.stringify(totals));
  fs.renameSync('/tmp/totals.next', '/tmp/totals.json');
}, 20);
`;
