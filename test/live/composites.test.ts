/**
 * Every composite on real containers, in one run: its parts strike, are proven and are undone as any other fault, and what its user sees
 * differs while it lasts.
 */
import assert from 'node:assert/strict';
import { get } from 'node:http';
import { after, before, describe, test } from 'node:test';
import type Docker from 'dockerode';
import { composites } from '../../runners/faults/composites/index.ts';
import type { Event } from '../../runners/journal/events.ts';
import { hostMs, inside, openStage, type Stage, until } from '../helpers/agent-stage.ts';
import { COMPOSED, composedSystem, KEYS } from '../helpers/composed-system.ts';
import { latestEvents, type Running } from '../helpers/firedrill-process.ts';
import type { TinySystem } from '../helpers/tiny-system.ts';

/** A wave takes 80 % of the keys; where it comes late, and the one before is not filled in yet, less. */
const FELT_SHARE = 0.1;
/** Of replication, as asked for. */
const DELAY_MS = 1_000;
const GET_TIMEOUT_MS = 1_500;
const TALK_EVERY_MS = 30;
const SPINS = 7;

let stage: Stage;
let system: TinySystem;
let docker: Docker;
let running: Running;
let talking: NodeJS.Timeout;
let healthy: readonly string[];
let startedAtS: number;

before(
  async () => {
    stage = await openStage('composites');
    system = await composedSystem(stage);
    docker = system.docker;
    const up = await system.run(['up', 'compose.yaml', '--yes']);
    assert.equal(up.exitCode, 0, up.stderr);
    healthy = await system.containers();
    await until('all serve', async () => (await Promise.all(['east-1', 'zone', 'dependency', 'replica'].map(served))).every(Boolean));
    await until('the cache is filled', async () => (await missed()) >= KEYS);
    for (const service of ['zone', 'dependency']) assert.ok((await ask(service, '/')).ms < 80, `${service} is quick as it is`);
    const file = await system.experiment(COMPOSED);
    const plan = await system.run(['plan', file]);
    for (const { name } of composites) assert.ok(plan.stdout.includes(`of ${name}, `), `${name}\n${plan.stdout}`);
    startedAtS = Date.now() / 1000;
    running = system.start(['run', file, '--yes']);
    // Proofs of latency and loss need packets.
    talking = setInterval(() => {
      for (const service of ['zone', 'dependency']) ask(service, '/').catch(() => {});
    }, TALK_EVERY_MS);
  },
  { timeout: 300_000 },
);

after(async () => {
  clearInterval(talking);
  running?.child.kill('SIGINT');
  await running?.ended;
  await system?.close();
  await stage?.remove();
});

async function containerOf(service: string): Promise<Docker.Container> {
  const label = [`com.docker.compose.project=${system.project}`, `com.docker.compose.service=${service}`];
  const [found] = await docker.listContainers({ filters: { label } });
  assert.ok(found, service);
  return docker.getContainer(found.Id);
}

/** When a job began, by its own stamp. It is in effect as soon as it has begun, which may be before it has written. */
async function beganAtS(job: string): Promise<number> {
  const container = await containerOf(job);
  let stamp = '';
  await until(`${job} has written when it began`, async () => {
    stamp = (await inside(docker, container, ['sh', '-c', 'cat /tmp/began 2>/dev/null || true'])).trim();
    return stamp !== '';
  });
  return Number(stamp) / 1e9;
}

const addresses = new Map<string, string>();

async function addressOf(service: string): Promise<string> {
  const known = addresses.get(service);
  if (known !== undefined) return known;
  const { NetworkSettings } = await (await containerOf(service)).inspect();
  const address = Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? '';
  addresses.set(service, address);
  return address;
}

/** A request on a fresh connection. Rejects where nothing is answered in time. */
async function ask(
  service: string,
  path: string,
): Promise<{ readonly status: number | undefined; readonly text: string; readonly ms: number }> {
  const host = await addressOf(service);
  const beganMs = hostMs();
  return new Promise((resolve, reject) => {
    const request = get({ host, port: 8080, path, agent: false, timeout: GET_TIMEOUT_MS }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk)).on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, text, ms: hostMs() - beganMs }));
    });
    request.on('timeout', () => request.destroy(new Error('silent'))).on('error', reject);
  });
}

const served = (service: string) =>
  ask(service, '/').then(
    ({ status }) => status === 200,
    () => false,
  );

/** How many keys whoever fills the cache has found missing so far. */
const missed = async () =>
  ask('filler', '/').then(
    ({ text }) => Number(text),
    () => 0,
  );

/** How old what the primary says is when the replica hears it, in ms. */
const lagMs = async () => Number((await ask('replica', '/')).text);

/** Answers as many times as asked, one after the other. */
async function several(service: string, path: string, count: number) {
  const answers = [];
  for (let asked = 0; asked < count; asked += 1) answers.push(await ask(service, path));
  return answers;
}

/** How many times as long as a bystander the zone takes to reckon the same, both at once. */
async function slowness(): Promise<number> {
  const [zone, bystander] = await Promise.all(['zone', 'bystander'].map((service) => several(service, '/spin', SPINS)));
  const spentMs = (answers: readonly { readonly text: string }[] = []) => median(answers.map(({ text }) => Number(text)));
  return spentMs(zone) / spentMs(bystander);
}

const median = (numbers: readonly number[]) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;

describe('while the composites are in force', { concurrency: true, timeout: 120_000 }, () => {
  test('region-blackout: the region answers nobody outside, and its parts still reach each other', async () => {
    await running.until(/region-blackout in effect since/);
    assert.equal(await served('east-1'), false);
    const reach = `require('net').connect(8080, '${await addressOf('east-2')}', () => { process.stdout.write('reached'); process.exit(); }).on('error', () => process.exit(1))`;
    assert.equal(await inside(docker, await containerOf('east-1'), ['timeout', '3', 'node', '-e', reach]), 'reached');
  });

  test('replication-throttling: what the primary says is heard late, on the open connection', async () => {
    await running.until(/replication-throttling in effect since/);
    await until('the replica hears late', async () => (await lagMs()) >= 0.9 * DELAY_MS, 10_000);
  });

  test('cache-eviction-storm: whoever fills the cache finds most keys missing, three times', async () => {
    for (const [index, wave] of ['first', 'second', 'third'].entries()) {
      await running.until(new RegExp(`cache-eviction-storm\\.${wave} in effect since`));
      await until(`the ${wave} wave is felt`, async () => (await missed()) >= KEYS * (1 + FELT_SHARE * (index + 1)));
    }
  });

  test('synchronized-cron: the job began in every target, within one second', async () => {
    await running.until(/synchronized-cron in effect since/);
    const stamps = await Promise.all(['job-1', 'job-2', 'job-3'].map(beganAtS));
    assert.ok(Math.min(...stamps) > startedAtS && Math.max(...stamps) - Math.min(...stamps) < 1, stamps.join(', '));
  });

  test('zone-degraded: what comes from the zone is late, and what it reckons takes longer', async () => {
    for (const part of ['late', 'lossy', 'slow']) await running.until(new RegExp(`zone-degraded\\.${part} in effect since`));
    // 100 ms each way, for the handshake and for the answer.
    for (const { ms } of await several('zone', '/', 3)) assert.ok(ms > 200, `${ms} ms`);
    const ratio = await slowness();
    assert.ok(ratio > 1.5, `${ratio} times as long as a bystander`);
  });

  test('dependency-brownout: every answer is late, and about half of them are errors', async () => {
    for (const part of ['slow', 'errors']) await running.until(new RegExp(`dependency-brownout\\.${part} in effect since`));
    const answers = await several('dependency', '/', 12);
    assert.ok(Math.min(...answers.map(({ ms }) => ms)) > 200, JSON.stringify(answers));
    const errors = answers.filter(({ status }) => status === 503).length;
    assert.ok(errors > 0 && errors < answers.length, `${errors} of ${answers.length}`);
  });
});

test('afterwards each part was proven, what can be undone is undone, and everybody is served as before', async () => {
  const outcome = await running.ended;
  clearInterval(talking);
  assert.equal(outcome.exitCode, 0, outcome.stdout + outcome.stderr);
  const events = await latestEvents(system.folder);
  const of = (type: Event['type']) => events.flatMap((event) => (event.type === type && 'fault' in event ? [event.fault] : [])).sort();
  const planned = events.flatMap((event) => (event.type === 'run.planned' ? event.plan.faults : []));
  assert.deepEqual(new Set(planned.map((fault) => fault.composite)), new Set(composites.map(({ name }) => name)));
  assert.deepEqual(of('fault.in-effect'), planned.map(({ name }) => name).sort());
  assert.deepEqual(of('fault.undone'), planned.map(({ name }) => name).sort());
  assert.equal(await served('east-1'), true);
  await until('the replica is up to date', async () => (await lagMs()) < 0.5 * DELAY_MS);
  const evicted = events.reduce((sum, event) => sum + (event.type === 'fault.in-effect' ? (event.facts['evicted'] ?? 0) : 0), 0);
  assert.equal(await missed(), KEYS + evicted, 'everything that was evicted was missed, and nothing else');
  const ratio = await slowness();
  assert.ok(ratio < 1.5, `${ratio} times as long as a bystander`);
  const dependency = await several('dependency', '/', 8);
  assert.ok(dependency.every(({ status }) => status === 200) && median(dependency.map(({ ms }) => ms)) < 200, JSON.stringify(dependency));
  assert.deepEqual(await system.containers(), healthy);
});
