/** Faults on processors, memory and disks of a real container: what its user sees, what proves it, and that nothing is left. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import type { AgentClient } from '../../runners/agent/client.ts';
import { cpuStress } from '../../runners/faults/cpu-stress.ts';
import { cpuThrottle } from '../../runners/faults/cpu-throttle.ts';
import { diskFill } from '../../runners/faults/disk-fill.ts';
import type { Fault } from '../../runners/faults/fault.ts';
import { ioStress } from '../../runners/faults/io-stress.ts';
import { ioThrottle } from '../../runners/faults/io-throttle.ts';
import { memoryLimit } from '../../runners/faults/memory-limit.ts';
import { memoryPressure } from '../../runners/faults/memory-pressure.ts';
import { type Actor, hostMs, inside, openStage, type Stage, targetOf, until } from '../helpers/agent-stage.ts';
import { groupStateOf, stressorsFor } from '../helpers/resources.ts';

const LABEL = 'faults-resources';
const MIB = 1024 * 1024;
const ROUNDS = 3;
const MEMORY = 256 * MIB;
/** A limit is back within a second; here it is undone and read back twice. */
const MENDED_WITHIN_MS = 3_000;

/** What a run is about: the fault, its settings, and where to. */
const RUNS = {
  burn: [cpuStress, { workers: 8 }],
  'burn-too-much': [cpuStress, { workers: 1000 }],
  starve: [cpuThrottle, { cpus: 0.05 }],
  'starve-not': [cpuThrottle, { cpus: 0.9 }],
  press: [memoryPressure, { fill: '95%' }],
  'press-too-much': [memoryPressure, { bytes: '512MiB' }],
  cut: [memoryLimit, { 'of-used': '90%' }],
  'cut-not': [memoryLimit, { bytes: '250MiB' }],
  churn: [ioStress, { bytes: '8MiB' }],
  'churn-memory': [ioStress, { path: '/small', bytes: '1MiB' }],
  slow: [ioThrottle, { 'write-bytes': '1MiB', 'read-operations': 100 }],
  crawl: [ioThrottle, { 'write-bytes': '64KiB' }],
  'slow-not': [ioThrottle, { 'write-bytes': '100GiB' }],
  full: [diskFill, { path: '/small' }],
  'full-host': [diskFill, { path: '/', 'max-bytes': '900GiB' }],
  'full-little': [diskFill, { path: '/', 'max-bytes': '64MiB' }],
  'full-outside': [diskFill, { path: '/outside', 'max-bytes': '1MiB' }],
} as const satisfies Record<string, readonly [Fault, object]>;
type Name = keyof typeof RUNS;

/** Holds memory, and takes and drops a little all the time, as programs do. */
const TARGET = `
const held = Buffer.alloc(48 * 1024 * 1024, 1);
setInterval(() => { globalThis.some = Buffer.alloc(2 * 1024 * 1024, held[0]); }, 50);
try { require('node:fs').symlinkSync('/proc/self/root/../../../etc/nowhere', '/outside'); } catch {}
`;

let stage: Stage;
let agent: AgentClient;
let target: Actor;

before(async () => {
  stage = await openStage(LABEL);
  target = await stage.start('target', {
    Entrypoint: ['node', '-e', TARGET],
    HostConfig: { Memory: MEMORY, MemorySwap: MEMORY, NanoCpus: 0.5e9, Tmpfs: { '/small': 'size=24m' } },
  });
  const context = { targets: [targetOf(target)], select: () => [], seed: 1 };
  const faults = Object.entries(RUNS).map(([fault, [kind, settings]]) => ({ fault, operations: kind.plan(settings, context).operations }));
  agent = await stage.agent('resources', faults);
  const usesItsMemory = async () => /^VmRSS:\s+\d{5,} kB$/m.test(await sh('cat /proc/1/status'));
  await until('the target holds its memory', usesItsMemory);
});

after(async () => {
  try {
    await agent?.leave();
  } finally {
    await stage?.remove();
  }
});

async function sh(script: string): Promise<string> {
  return inside(stage.docker, target.container, ['sh', '-c', script]);
}

/** The least that a command takes in the target, in ms; what else the machine has to do only makes it longer. */
async function leastTimeOf(command: string): Promise<number> {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await timeOf(command));
  return Math.min(...times);
}

async function timeOf(command: string): Promise<number> {
  const said = await sh(`began=$(date +%s%N); ${command} >/dev/null 2>&1; echo $(( ($(date +%s%N) - began) / 1000 ))`);
  return Number(said.trim()) / 1000;
}

async function prove(t: TestContext, name: Name, timeoutMs?: number) {
  t.after(() => agent.undo(name));
  const [fault, settings] = RUNS[name];
  for (const result of [...(await agent.arm(name)), ...(await agent.inject(name))]) assert.equal(result.error, undefined);
  const proof = fault.judgeProof(settings, await agent.prove(name, timeoutMs));
  t.diagnostic(proof.evidence);
  return proof;
}

async function breakIt(t: TestContext, name: Name) {
  const proof = await prove(t, name);
  assert.equal(proof.proven, true, proof.evidence);
  return proof;
}

/** Undoes and reads back, twice. */
async function mend(name: Name): Promise<string> {
  const results = [];
  for (const move of ['undo', 'readBack', 'undo', 'readBack'] as const) results.push(...(await agent[move](name)));
  for (const result of results) assert.equal(result.error, undefined);
  assert.deepEqual(await stressorsFor(target), []);
  return results.map((result) => result.evidence ?? '').join('; ');
}

/** Without who is in its groups, which differs once it was started anew. */
function limitsIn(state: Readonly<Record<string, string>>) {
  return Object.entries(state).filter(([file]) => !file.endsWith('cgroup.procs'));
}

/** The engine's word, which no fault on a resource may change. */
async function inspection(): Promise<unknown> {
  return (await target.container.inspect()).HostConfig;
}

const WORK = 'i=0; while [ $i -lt 80000 ]; do i=$((i+1)); done';
const WRITES = 'dd if=/dev/zero of=/written bs=64k count=24 oflag=direct conv=fsync';

for (const [name, work, slower] of [
  ['burn', WORK, 2],
  ['starve', WORK, 2],
  ['slow', WRITES, 2],
] as const) {
  test(`${name}: work in the target takes at least ${slower} times as long, and all is as it was afterwards`, async (t) => {
    const [state, engine] = [await groupStateOf(target), await inspection()];
    const beforeMs = await leastTimeOf(work);
    await breakIt(t, name);
    const whileMs = await leastTimeOf(work);
    assert.deepEqual(await inspection(), engine);
    t.diagnostic(await mend(name));
    const afterMs = await leastTimeOf(work);
    t.diagnostic(`${beforeMs.toFixed(0)} ms before, ${whileMs.toFixed(0)} ms while, ${afterMs.toFixed(0)} ms after`);
    assert.ok(whileMs > slower * beforeMs && whileMs > slower * afterMs);
    assert.deepEqual(await groupStateOf(target), state);
  });
}

const TAKE_32_MIB = 'head -c 33554432 /dev/zero | tail -c 33554432 | wc -c';

test('press: when a process in the target wants 32 MiB more, the holder is killed for it; the target runs and has them afterwards', async (t) => {
  const limits = limitsIn(await groupStateOf(target));
  assert.match(await sh(TAKE_32_MIB), /^33554432/);
  const proof = await breakIt(t, 'press');
  assert.ok((proof.facts['usedBytes'] ?? 0) > 0.85 * MEMORY);
  assert.equal((await stressorsFor(target)).length, 1);
  // A kernel in a hurry may kill the target as well, and the engine then breaks off the command.
  await sh(TAKE_32_MIB).catch(() => '');
  assert.deepEqual(await stressorsFor(target), []);
  t.diagnostic(await mend('press'));
  assert.equal((await target.container.inspect()).State.Running, true);
  assert.match(await sh(TAKE_32_MIB), /^33554432/);
  assert.deepEqual(limitsIn(await groupStateOf(target)), limits);
});

test('churn: the kernel counts what is written for the target, and the files have no names', async (t) => {
  const state = await groupStateOf(target);
  const files = await sh('ls -a /');
  const proof = await breakIt(t, 'churn');
  assert.ok((proof.facts['bytesPerSecond'] ?? 0) > 0);
  assert.equal(await sh('ls -a /'), files);
  await mend('churn');
  assert.deepEqual(await groupStateOf(target), state);
});

test('full: the target cannot write any more, and can again; nothing of ours is in the directory at any time', async (t) => {
  const write = 'dd if=/dev/zero of=/small/mine bs=1M count=2 2>&1 | tail -1; rm -f /small/mine';
  assert.match(await sh(write), /2\.0 MiB|2\.1 MB/);
  await breakIt(t, 'full');
  assert.match(await sh('dd if=/dev/zero of=/small/mine bs=1M count=2 2>&1; rm -f /small/mine; ls -a /small'), /No space left on device/);
  assert.equal((await sh('ls -A /small')).trim(), '');
  await mend('full');
  assert.match(await sh(write), /2\.0 MiB|2\.1 MB/);
});

test('full-little: of the host’s own room a little is taken, as the target sees it', async (t) => {
  const free = async () => Number((await sh('stat -f -c "%f * %S" /')).split('*').reduce((product, each) => product * Number(each), 1));
  const proof = await breakIt(t, 'full-little');
  assert.equal(proof.facts['takenBytes'], 64 * MIB);
  const while_ = await free();
  await mend('full-little');
  assert.ok((await free()) - while_ > 0, 'room came back');
});

test('cut: the target is killed because its memory ran out, the engine says so, and the undo starts it again with the limit it had', async (t) => {
  const limitFile = Object.entries(await groupStateOf(target)).find(([file]) => /memory\.(limit_in_bytes|max)$/.test(file));
  const engine = await inspection();
  await breakIt(t, 'cut');
  await until('it is killed', async () => {
    const { OOMKilled, Running } = (await target.container.inspect()).State;
    // The engine says the first on any shortage of memory, which the kernel may end in another way.
    return OOMKilled && !Running;
  });
  assert.match(await mend('cut'), /is started again/);
  const { State } = await target.container.inspect();
  assert.equal(State.Running, true);
  assert.deepEqual(await inspection(), engine);
  assert.equal((await groupStateOf(target))[limitFile?.[0] ?? ''], limitFile?.[1]);
});

for (const [name, why] of [
  ['burn-too-much', /1000 workers are more than 4 for each/],
  ['starve-not', /may use 0\.5 CPUs as it is, so that 0\.9 would take nothing/],
  ['press-too-much', /512 MiB are more than its memory limit of 256 MiB/],
  ['churn-memory', /no disk is behind it/],
  ['full-host', /the room is the host's own .* more than 5 %/],
  ['full-outside', /\/outside: No such file or directory/],
] as const) {
  test(`${name}: is refused while arming, with a word on why, and nothing is touched`, async () => {
    const state = await groupStateOf(target);
    const [armed] = await agent.arm(name);
    assert.equal(armed?.ok, false);
    assert.match(armed?.error ?? '', why);
    await mend(name);
    assert.deepEqual(await groupStateOf(target), state);
  });
}

test('crawl: a limit is proven also where the target itself has its disk busy for longer than anybody waits', async (t) => {
  const [armed] = await agent.arm('crawl');
  assert.equal(armed?.error, undefined);
  t.after(() => agent.undo('crawl'));
  for (const result of await agent.inject('crawl')) assert.equal(result.error, undefined);
  // Four minutes at the limit; it ends when that is lifted.
  const writing = sh('dd if=/dev/zero of=/busy bs=1M count=16 oflag=direct 2>&1');
  const proof = ioThrottle.judgeProof(RUNS.crawl[1], await agent.prove('crawl'));
  t.diagnostic(proof.evidence);
  assert.equal(proof.proven, true, proof.evidence);
  assert.match(proof.evidence, /had not ended after/);
  const beganMs = hostMs();
  await mend('crawl');
  assert.ok(hostMs() - beganMs < MENDED_WITHIN_MS);
  assert.match(await writing, /16\+0 records out/);
});

for (const [name, why] of [
  ['cut-not', /asked for no more than its limit/],
  ['slow-not', /no effect: a write of/],
] as const) {
  test(`${name}: a limit that the target does not run into is not proven`, async (t) => {
    const proof = await prove(t, name, 2_000);
    assert.equal(proof.proven, false);
    assert.match(proof.evidence, why);
    await mend(name);
  });
}
