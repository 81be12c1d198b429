/** The DNS fault on real containers: what the C library and another resolver of a container see, by the engine's DNS and by one of its own. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { dnsFailure } from '../../runners/faults/dns-failure.ts';
import { leftClean } from '../helpers/agent-kill.ts';
import { type Actor, hostMs, inside, openStage, rulesOf, STAGE_LABEL, type Stage, until } from '../helpers/agent-stage.ts';
import { drill, type FaultDrill } from '../helpers/fault-drill.ts';

const NETWORK = `firedrill-dns-${process.pid}`;
/** A line a question: `libc` by getaddrinfo, `cares` by a resolver that keeps its socket, `other` for a name that is not meant. */
const CLIENT = `
const dns = require('node:dns');
const tell = (via, atMs, began, seen) => process.stdout.write(JSON.stringify({ via, atMs, ms: performance.now() - began, ...seen }) + '\\n');
const ask = (via, look) => {
  const began = performance.now();
  const atMs = Number(process.hrtime.bigint()) / 1e6;
  look.then((found) => tell(via, atMs, began, { address: [found].flat().map((each) => each.address ?? each)[0] }), (error) => tell(via, atMs, began, { error: error.code }));
};
const cares = new dns.promises.Resolver({ timeout: 500, tries: 1 });
setInterval(() => ask('libc', dns.promises.lookup('db.drill', { family: 4 })), 50);
setInterval(() => ask('cares', cares.resolve4('db.drill')), 50);
setInterval(() => ask('other', cares.resolve4('other.drill')), 50);
`;
/** One question over TCP, as getaddrinfo asks it after a truncated answer; tells the code and the last four bytes. */
const OVER_TCP = `
const net = require('node:net');
const question = Buffer.from('000701000001000000000000026462056472696c6c0000010001', 'hex');
const socket = net.connect(53, process.argv[1], () => socket.write(Buffer.concat([Buffer.from([0, question.length]), question])));
socket.once('data', (answer) => { console.log(answer[5] & 15, [...answer.subarray(-4)].join('.')); socket.destroy(); });
`;

interface Seen {
  readonly via: 'libc' | 'cares' | 'other';
  readonly atMs: number;
  readonly ms: number;
  readonly address?: string;
  readonly error?: string;
}

let stage: Stage;
let db: Actor;
let client: Actor;

before(async () => {
  stage = await openStage('faults-dns');
  await stage.docker.createNetwork({ Name: NETWORK, Labels: { [STAGE_LABEL]: 'faults-dns' } });
  const on = (aliases: readonly string[]) => ({
    HostConfig: { CapAdd: ['NET_ADMIN'], NetworkMode: NETWORK },
    NetworkingConfig: { EndpointsConfig: { [NETWORK]: { Aliases: [...aliases] } } },
  });
  db = await stage.start('db', { Entrypoint: ['sleep', 'infinity'], ...on(['db.drill', 'other.drill']) });
  client = await stage.start('client', { Entrypoint: ['node', '-e', CLIENT], ...on([]) });
  await until('names are found', () =>
    (['libc', 'cares', 'other'] as const).every((via) => seen(via).some((each) => each.address === db.address)),
  );
});

after(async () => {
  await stage?.remove();
  await stage?.docker
    .getNetwork(NETWORK)
    .remove()
    .catch(() => {});
});

function seen(via: Seen['via'], fromMs = 0, toMs = Number.POSITIVE_INFINITY): readonly Seen[] {
  return (client.sights as unknown as readonly Seen[]).filter((each) => each.via === via && each.atMs >= fromMs && each.atMs <= toMs);
}

/** What was seen, each kind once. */
function kinds(via: Seen['via'], fromMs: number, toMs = hostMs()): readonly string[] {
  return [...new Set(seen(via, fromMs, toMs).map((each) => each.error ?? each.address ?? ''))];
}

async function broken(t: TestContext, settings: object): Promise<FaultDrill> {
  const begun = await drill(stage, dnsFailure, { names: ['db.drill'], ...settings }, [client]);
  t.after(() => begun.leave().catch(() => {}));
  return begun;
}

async function found(fromMs: number): Promise<void> {
  await until('names are found again', () => (['libc', 'cares', 'other'] as const).every((via) => seen(via, fromMs).length > 3));
  for (const via of ['libc', 'cares', 'other'] as const) assert.deepEqual(kinds(via, fromMs), [db.address], via);
}

test('a name that does not exist any more is so for every way of asking, others are found, and the engine’s rules stay byte for byte', async (t) => {
  const rules = await rulesOf(stage.docker, client.container);
  assert.match(rules, /DOCKER_OUTPUT/);
  const fault = await broken(t, {});
  const proof = await fault.breakIt();
  assert.equal(proof.proven, true, proof.evidence);
  t.diagnostic(proof.evidence);
  const inForceMs = hostMs();
  await until('questions', () => seen('libc', inForceMs).length > 5 && seen('other', inForceMs).length > 5);
  assert.deepEqual(
    [kinds('libc', inForceMs), kinds('cares', inForceMs), kinds('other', inForceMs)],
    [['ENOTFOUND'], ['ENOTFOUND'], [db.address]],
  );
  assert.match(await inside(stage.docker, client.container, ['node', '-e', OVER_TCP, '127.0.0.11']), /^3 /);
  t.diagnostic(await fault.mend());
  await found(hostMs());
  assert.match(await inside(stage.docker, client.container, ['node', '-e', OVER_TCP, '127.0.0.11']), new RegExp(`^0 ${db.address}`));
  await fault.mend();
  assert.equal(withoutEmptyIpv6(await rulesOf(stage.docker, client.container)), withoutEmptyIpv6(rules));
});

/** The first rule ever set for a family makes its table, which stays, empty. */
function withoutEmptyIpv6(rules: string): string {
  return rules.replaceAll(/\*\w+\n(?::.*ACCEPT \n)+COMMIT\n/g, '');
}

test('a resolver that fails, one that is silent, and one that is wrong', async (t) => {
  const failing = await broken(t, { answer: 'servfail' });
  assert.equal((await failing.breakIt()).proven, true);
  let fromMs = hostMs();
  await until('questions', () => seen('libc', fromMs).length > 3 && seen('cares', fromMs).length > 3);
  assert.deepEqual([kinds('libc', fromMs), kinds('cares', fromMs)], [['EAI_AGAIN'], ['ESERVFAIL']]);
  await failing.mend();
  await found(hostMs());

  const wrong = await broken(t, { answer: '192.0.2.1', names: ['*.drill'] });
  assert.equal((await wrong.breakIt()).proven, true);
  fromMs = hostMs();
  await until('questions', () => seen('libc', fromMs).length > 3 && seen('other', fromMs).length > 3);
  assert.deepEqual([kinds('libc', fromMs), kinds('other', fromMs)], [['192.0.2.1'], ['192.0.2.1']]);
  await wrong.mend();
  await found(hostMs());

  const silent = await broken(t, { answer: 'timeout' });
  assert.equal((await silent.breakIt()).proven, true);
  fromMs = hostMs();
  await until('questions', () => seen('cares', fromMs).length > 3);
  assert.deepEqual([kinds('cares', fromMs), kinds('other', fromMs)], [['ETIMEOUT'], [db.address]]);
  await silent.mend();
  // Who asks by the C library waits 5 s for the answer that never came, before it asks again.
  await until('names are found again', () => seen('libc').some((each) => each.atMs > hostMs() - 300 && each.address === db.address));
});

test('it is not proven by a name that did not exist before either and that nobody asks for', async (t) => {
  const fault = await broken(t, { names: ['nobody.drill'], answer: 'nxdomain' });
  const proof = await fault.breakIt(700);
  assert.equal(proof.proven, false);
  assert.match(proof.evidence, /nothing tells the fault from what was so before/);
  await fault.mend();
});

test('names are found at once when the agent is killed, its successor finds nothing left, and one without its memory sweeps', async (t) => {
  const rules = await rulesOf(stage.docker, client.container);
  const killed = await broken(t, {});
  assert.equal((await killed.breakIt()).proven, true);
  const killedMs = hostMs();
  assert.equal(leftClean(await killed.killAgent()), true);
  const last = seen('cares', killedMs).findLast((each) => each.error === 'ENOTFOUND');
  const first = seen('cares', last?.atMs).find((each) => each.address === db.address);
  const gapMs = (first?.atMs ?? Number.NaN) - (last?.atMs ?? killedMs);
  t.diagnostic(`found again ${gapMs.toFixed(0)} ms after it last was not`);
  assert.ok(gapMs < 2_000, `${gapMs} ms`);
  await found(hostMs());
  const lost = await broken(t, {});
  assert.equal((await lost.breakIt()).proven, true);
  assert.equal(await lost.loseAgent(), true);
  await found(hostMs());
  assert.equal(withoutEmptyIpv6(await rulesOf(stage.docker, client.container)), withoutEmptyIpv6(rules));
});

test('a resolver of its own is stood in for too, whoever it is, and a container that is gone is no error', async (t) => {
  const server = `
    const dgram = require('node:dgram');
    const own = dgram.createSocket('udp4').bind(53);
    own.on('message', (message, from) => {
      const head = Buffer.from(message.subarray(0, 12));
      head.writeUInt16BE(0x8180, 2); head.writeUInt16BE(1, 6); head.writeUInt16BE(0, 10);
      let end = 12; while (message[end] !== 0) end += 1 + message[end];
      own.send(Buffer.concat([head, message.subarray(12, end + 5), Buffer.from('c00c00010001000000000004c6336407', 'hex')]), from.port, from.address);
    });`;
  const resolver = await stage.start('resolver', { Entrypoint: ['node', '-e', server] });
  const asking = await stage.start('asking', {
    Entrypoint: ['sleep', 'infinity'],
    HostConfig: { CapAdd: ['NET_ADMIN'], Dns: [resolver.address] },
  });
  const ask = (name: string) =>
    inside(stage.docker, asking.container, [
      'node',
      '-e',
      `require('node:dns').lookup('${name}', { family: 4 }, (error, address) => console.log(error?.code ?? address))`,
    ]);
  assert.equal((await ask('db.example')).trim(), '198.51.100.7');
  const fault = await drill(stage, dnsFailure, { names: ['db.example'] }, [asking]);
  t.after(() => fault.leave().catch(() => {}));
  const proof = await fault.breakIt();
  assert.equal(proof.proven, true, proof.evidence);
  assert.deepEqual([(await ask('db.example')).trim(), (await ask('other.example')).trim()], ['ENOTFOUND', '198.51.100.7']);
  await asking.container.stop({ t: 0 });
  await fault.mend();
  await asking.container.remove({ force: true });
  await fault.mend();
});
