/**
 * Faults for which programs of ours run or wait in each target, on many at once: HTTP and DNS faults, and a blackout. Every one of them is hit, proven,
 * undone, and nothing is left, also when the agent is killed. `FIREDRILL_TARGETS=50` takes as many as a run may have.
 */
import assert from 'node:assert/strict';
import { get } from 'node:http';
import { after, before, test } from 'node:test';
import { ensureImages, tagOf } from '../../runners/docker/images.ts';
import { dnsFailure } from '../../runners/faults/dns-failure.ts';
import type { Fault } from '../../runners/faults/fault.ts';
import { httpFault } from '../../runners/faults/http-fault.ts';
import { networkBlackout } from '../../runners/faults/network-blackout.ts';
import { killAgent, leftClean } from '../helpers/agent-kill.ts';
import { type Actor, AGENT_IMAGE, hostMs, inside, openStage, type Stage, until } from '../helpers/agent-stage.ts';
import { bareImage } from '../helpers/bare-image.ts';
import { drill } from '../helpers/fault-drill.ts';

/** A dozen shows what comes of many starting at once, in less than a minute. */
const COUNT = Number(process.env['FIREDRILL_TARGETS'] ?? 12);
/**
 * So many that the programs which set a blackout's rules or take them away are more than the engine's shim bears at once: with one that waits for each
 * family and target, the successor of a killed agent would be late by more than 16 s.
 */
const DARK_COUNT = Math.max(COUNT, 24);
const SUCCESSOR_MS_MAX = 8_000;
const PORT = 7000;
const ASK_TIMEOUT_MS = 3_000;

let stage: Stage;
let targets: readonly Actor[];

before(
  async () => {
    stage = await openStage('many-targets');
    await ensureImages(stage.docker, { recipes: [bareImage], environment: process.env, log: () => {} });
    targets = await startTargets(0, COUNT);
    await until(
      'all of them listen',
      async () => (await Promise.all(targets.map(statusOf))).every((status) => status === 'no HTTP'),
      60_000,
    );
  },
  { timeout: 300_000 },
);

after(() => stage?.remove());

function startTargets(from: number, to: number): Promise<readonly Actor[]> {
  return Promise.all(Array.from({ length: to - from }, (_, index) => stage.start(`target-${from + index}`, { Image: tagOf(bareImage) })));
}

/** What a fresh connection is answered: these servers echo the request, which is no answer of HTTP. */
function statusOf({ address }: Actor): Promise<number | string | undefined> {
  return new Promise((resolve) => {
    const request = get({ host: address, port: PORT, path: '/', agent: false, timeout: ASK_TIMEOUT_MS }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('timeout', () => request.destroy(new Error('silent')));
    request.on('error', (error) => resolve(error.message.startsWith('Parse Error') ? 'no HTTP' : error.message));
  });
}

/** The rules of ours in all targets' networks. */
async function ourRules(): Promise<readonly string[]> {
  const all = await Promise.all(targets.map(rulesIn));
  return all.flatMap((rules) => rules.match(/FIREDRILL-[0-9a-f]{8}/g) ?? []);
}

/** They have no tools of their own. */
async function rulesIn({ container }: Actor): Promise<string> {
  const looker = await stage.start('looker', {
    Image: AGENT_IMAGE,
    Entrypoint: ['sleep', '60'],
    HostConfig: { NetworkMode: `container:${container.id}`, CapAdd: ['NET_ADMIN'] },
  });
  try {
    return await inside(stage.docker, looker.container, ['sh', '-c', 'iptables-nft-save; ip6tables-nft-save']);
  } finally {
    await looker.container.remove({ force: true });
  }
}

async function strike(fault: Fault, settings: object, traffic: () => Promise<unknown>, hit = targets) {
  const many = await drill(stage, fault, settings, hit);
  const timed = async <T>(act: () => Promise<T>) => {
    const beganMs = hostMs();
    const came = await act();
    return { came, ms: Math.round(hostMs() - beganMs) };
  };
  const armed = await timed(() => many.agent.arm('fault'));
  for (const result of armed.came) assert.equal(result.error, undefined, result.container);
  const injected = await timed(() => many.agent.inject('fault'));
  for (const result of injected.came) assert.equal(result.error, undefined, result.container);
  const asking = setInterval(() => void traffic(), 200);
  const proven = await timed(async () => fault.judgeProof(settings, await many.agent.prove('fault')));
  clearInterval(asking);
  // What is in force must not be taken for what the next one leaves.
  if (!proven.came.proven) await many.mend();
  assert.equal(proven.came.proven, true, proven.came.evidence);
  const instants = injected.came.map(({ atNs }) => Number(atNs) / 1e6);
  const spreadMs = Math.round(Math.max(...instants) - Math.min(...instants));
  return { many, words: `armed in ${armed.ms} ms, injected in ${injected.ms} ms (apart: ${spreadMs} ms), proven in ${proven.ms} ms` };
}

const SETTINGS = { port: PORT, status: 503 };
const everybody = () => Promise.all(targets.map(statusOf));

test(`an HTTP fault on ${COUNT} targets hits each of them, and is undone on each`, { timeout: 300_000 }, async (t) => {
  const { many, words } = await strike(httpFault, SETTINGS, everybody);
  assert.deepEqual(new Set(await everybody()), new Set([503]));
  const beganMs = hostMs();
  await many.mend();
  t.diagnostic(`${words}, undone in ${Math.round(hostMs() - beganMs)} ms`);
  assert.deepEqual(new Set(await everybody()), new Set(['no HTTP']));
  assert.deepEqual(await ourRules(), []);
  await many.leave();
});

test(`a DNS failure on ${COUNT} targets is proven on each, and is undone on each`, { timeout: 300_000 }, async (t) => {
  const { many, words } = await strike(dnsFailure, { names: ['*'], answer: 'servfail' }, async () => {});
  const beganMs = hostMs();
  await many.mend();
  t.diagnostic(`${words}, undone in ${Math.round(hostMs() - beganMs)} ms`);
  assert.deepEqual(await ourRules(), []);
  await many.leave();
});

test(`an agent that is killed with ${COUNT} proxies under it leaves none of their rules, and everybody is served again`, {
  timeout: 300_000,
}, async () => {
  const { many } = await strike(httpFault, SETTINGS, everybody);
  assert.equal(leftClean(await killAgent(stage, many.agent)), true);
  assert.deepEqual(new Set(await everybody()), new Set(['no HTTP']));
  assert.deepEqual(await ourRules(), []);
});

test(`an agent that is killed with ${DARK_COUNT} targets dark has its successor at once, and all are back`, {
  timeout: 300_000,
}, async (t) => {
  const hit = [...targets, ...(await startTargets(COUNT, DARK_COUNT))];
  const call = () => Promise.all(hit.map(statusOf));
  const { many, words } = await strike(networkBlackout, {}, call, hit);
  const beganMs = hostMs();
  assert.equal(leftClean(await killAgent(stage, many.agent)), true);
  const ms = Math.round(hostMs() - beganMs);
  t.diagnostic(`${words}; all undone by the successor ${ms} ms after the agent was killed`);
  assert.ok(ms < SUCCESSOR_MS_MAX, `${ms} ms`);
  assert.deepEqual(new Set(await call()), new Set(['no HTTP']));
});
