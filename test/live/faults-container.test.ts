/** Faults on containers, caches and jobs, on real ones: what they do, what proves it, and what is left when they are undone. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { AgentClient } from '../../runners/agent/client.ts';
import type { FaultOperations } from '../../runners/agent/orders.ts';
import { ensureImages, tagOf } from '../../runners/docker/images.ts';
import { recipesOf } from '../../runners/docker/recipes.ts';
import { cacheEvict } from '../../runners/faults/cache-evict.ts';
import { containerKill } from '../../runners/faults/container-kill.ts';
import { containerPause } from '../../runners/faults/container-pause.ts';
import { containerStop } from '../../runners/faults/container-stop.ts';
import { cronSync } from '../../runners/faults/cron-sync.ts';
import type { Fault } from '../../runners/faults/fault.ts';
import { type Actor, inside, openStage, type Stage, targetOf, until } from '../helpers/agent-stage.ts';

const LABEL = 'faults-container';
const KEYS = 20_000;
const OTHER_KEYS = 500;
const JOBS = 5;

let stage: Stage;
let agent: AgentClient;
let redis: Actor;
let sleepers: readonly Actor[];
let stopped: Actor;

function operationsOf(name: string, fault: Fault, settings: object, targets: readonly Actor[]): FaultOperations {
  return { fault: name, operations: fault.plan(settings, { targets: targets.map(targetOf), select: () => [], seed: 7 }).operations };
}

/** Each of these stands for a container with one process that notes its start. */
function sleeper(name: string): Promise<Actor> {
  return stage.start(name, { Entrypoint: ['sh', '-c', 'date +%s.%N >> /starts; exec sleep 600'] });
}

async function stateOf(actor: Actor): Promise<string> {
  return (await actor.container.inspect()).State.Status;
}

before(async () => {
  stage = await openStage(LABEL);
  const compose = fileURLToPath(new URL('../../experiments/fabric/compose.yaml', import.meta.url));
  const recipe = (await recipesOf(compose)).find(({ name }) => name.endsWith('/fabric-redis'));
  assert.ok(recipe);
  await ensureImages(stage.docker, { recipes: [recipe], environment: process.env, log: () => {} });
  redis = await stage.start('redis', { Image: tagOf(recipe), Env: ['REGION=test'], HostConfig: { Init: true } });
  sleepers = await Promise.all(Array.from({ length: JOBS }, (_, index) => sleeper(`sleeper-${index}`)));
  stopped = await sleeper('stopped');
  await stopped.container.stop();
  const [first] = sleepers;
  assert.ok(first);
  const job = ['sh', '-c', 'date +%s.%N >> /jobs; echo done; exit 3'];
  const faults = [
    operationsOf('pause', containerPause, {}, [first]),
    operationsOf('pause-stopped', containerPause, {}, [stopped]),
    operationsOf('stop', containerStop, { grace: '1s' }, [first]),
    operationsOf('kill', containerKill, {}, [first]),
    operationsOf('hangup', containerKill, { signal: 'SIGURG' }, [first]),
    operationsOf('evict', cacheEvict, { share: '80%', pattern: 'video:*' }, [redis]),
    operationsOf('jobs', cronSync, { command: job }, sleepers),
    operationsOf('jobs-spread', cronSync, { command: job, within: '2s' }, sleepers),
    operationsOf('jobs-never', cronSync, { command: job, within: '1h' }, sleepers),
  ];
  agent = await stage.agent('container', faults);
});

after(async () => {
  try {
    await agent?.leave();
  } finally {
    await stage?.remove();
  }
});

async function breakIt(name: string, fault: Fault, settings: object) {
  for (const result of await agent.arm(name)) assert.equal(result.error, undefined);
  for (const result of await agent.inject(name)) assert.equal(result.error, undefined);
  return fault.judgeProof(settings, await agent.prove(name));
}

async function mend(name: string): Promise<string> {
  const results = [...(await agent.undo(name)), ...(await agent.readBack(name))];
  for (const result of results) assert.equal(result.error, undefined);
  return results.map((result) => result.evidence ?? '').join('; ');
}

for (const [name, fault, state] of [
  ['pause', containerPause, 'paused'],
  ['stop', containerStop, 'exited'],
  ['kill', containerKill, 'exited'],
] as const) {
  test(`a ${name} is proven by the engine and the kernel, and undone twice it runs again, once`, async () => {
    const [first] = sleepers;
    assert.ok(first);
    const startsBefore = (await inside(stage.docker, first.container, ['cat', '/starts'])).split('\n').length;
    const proof = await breakIt(name, fault, {});
    assert.equal(proof.proven, true, proof.evidence);
    assert.match(proof.evidence, state === 'paused' ? /the kernel frozen/ : /runs its process \d+ no more/);
    assert.equal(await stateOf(first), state);
    await mend(name);
    await mend(name);
    assert.equal(await stateOf(first), 'running');
    const starts = (await inside(stage.docker, first.container, ['cat', '/starts'])).split('\n').length;
    assert.equal(starts - startsBefore, state === 'paused' ? 0 : 1);
  });
}

test('a container found stopped is not armed, and its undo leaves it stopped', async () => {
  const [armed] = await agent.arm('pause-stopped');
  assert.equal(armed?.ok, false);
  assert.match(armed?.error ?? '', /found exited, and is left alone/);
  await mend('pause-stopped');
  assert.equal(await stateOf(stopped), 'exited');
});

test('a kill by a signal that the process survives is not proven', async () => {
  for (const result of await agent.arm('hangup')) assert.equal(result.error, undefined);
  await agent.inject('hangup');
  const proof = containerKill.judgeProof({ signal: 'SIGURG' }, await agent.prove('hangup', 500));
  assert.equal(proof.proven, false);
  assert.match(proof.evidence, /still runs its process/);
  await mend('hangup');
});

test('an eviction takes 80 % of the keys that match, no other, and says so by Redis’ own counts', async (t) => {
  const fill = `for i = 1, ${KEYS} do redis.call('set', 'video:' .. i, 'x') end for i = 1, ${OTHER_KEYS} do redis.call('set', 'other:' .. i, 'x') end return 1`;
  await until('Redis answers', async () => (await inside(stage.docker, redis.container, ['redis-cli', 'ping'])).includes('PONG'));
  await inside(stage.docker, redis.container, ['redis-cli', 'eval', fill, '0']);
  const proof = await breakIt('evict', cacheEvict, { share: '80%' });
  assert.equal(proof.proven, true, proof.evidence);
  t.diagnostic(proof.evidence);
  const left = Number((await inside(stage.docker, redis.container, ['redis-cli', 'dbsize'])).match(/\d+/)?.[0]);
  assert.equal(left, KEYS * 0.2 + OTHER_KEYS);
  assert.deepEqual(proof.facts, { evicted: KEYS * 0.8, matched: KEYS });
  assert.equal(Number((await inside(stage.docker, redis.container, ['redis-cli', 'exists', 'other:1', 'other:2'])).match(/\d+/)?.[0]), 2);
  await mend('evict');
});

/** When the jobs started, by their own clocks, in ms. */
async function jobStarts(): Promise<readonly number[]> {
  const stamps = await Promise.all(sleepers.map((each) => inside(stage.docker, each.container, ['sh', '-c', 'cat /jobs; rm -f /jobs'])));
  return stamps.map((stamp) => Number.parseFloat(stamp) * 1000);
}

test('jobs start together, within a second by their own clocks, and their exit codes are collected', async (t) => {
  const proof = await breakIt('jobs', cronSync, { command: ['x'] });
  assert.equal(proof.proven, true, proof.evidence);
  assert.match(await mend('jobs'), /exit code 3, and said: done/);
  const starts = await jobStarts();
  const spreadMs = Math.max(...starts) - Math.min(...starts);
  t.diagnostic(`${JOBS} jobs, spread ${spreadMs.toFixed(1)} ms by their clocks; ${proof.evidence}`);
  assert.ok(spreadMs < 1000, `${spreadMs} ms`);
});

test('with a window the same jobs spread over it', async (t) => {
  const proof = await breakIt('jobs-spread', cronSync, { command: ['x'] });
  assert.equal(proof.proven, true, proof.evidence);
  await mend('jobs-spread');
  const starts = await jobStarts();
  const spreadMs = Math.max(...starts) - Math.min(...starts);
  t.diagnostic(`${JOBS} jobs, spread ${spreadMs.toFixed(0)} ms over a window of 2000 ms`);
  assert.ok(spreadMs > 500 && spreadMs < 2500, `${spreadMs} ms`);
});

test('jobs whose turn has not come are not started by an undo', async () => {
  for (const result of [...(await agent.arm('jobs-never')), ...(await agent.inject('jobs-never'))]) assert.equal(result.error, undefined);
  const proof = cronSync.judgeProof({ command: ['x'] }, await agent.prove('jobs-never', 500));
  assert.equal(proof.proven, true, proof.evidence);
  assert.deepEqual(proof.facts, { started: 0, pending: JOBS });
  await mend('jobs-never');
  assert.deepEqual(
    (await jobStarts()).filter((start) => Number.isFinite(start)),
    [],
  );
});
