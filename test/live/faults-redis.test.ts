/** A Redis that stands still: what its clients see, what proves it, and that it goes on whoever dies. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cacheFreeze } from '../../runners/faults/cache-freeze.ts';
import { type Actor, hostMs, inside, openStage, type Stage, until } from '../helpers/agent-stage.ts';
import { fabricImage, type Play, play } from '../helpers/fault-life.ts';

/** A Redis that answers does so in a few ms; the shell around it takes the rest. */
const CLIENT_TIMEOUT_S = 1;
/** The pause is renewed at least this long after the agent's last word. */
const PAUSE_LEASE_MS = 3_000;

let stage: Stage;
let image: string;
let redis: Actor;
let guarded: Actor;
let playing: Play;

before(async () => {
  stage = await openStage('faults-redis');
  image = await fabricImage(stage, 'fabric-redis');
  [redis, guarded] = await Promise.all([startRedis('redis'), startRedis('guarded', '--requirepass', 'open sesame')]);
  const all = { fault: cacheFreeze, targets: [redis] };
  playing = await play(stage, 'redis', {
    all: { ...all, settings: {} },
    write: { ...all, settings: { mode: 'write' } },
    'found-frozen': { ...all, settings: { mode: 'write' } },
    guarded: { fault: cacheFreeze, targets: [guarded], settings: { password: 'open sesame' } },
    'wrong-password': { fault: cacheFreeze, targets: [guarded], settings: { password: 'open barley' } },
    'wrong-port': { ...all, settings: { port: 6380 } },
  });
});

after(async () => {
  try {
    await playing?.leave();
  } finally {
    await stage?.remove();
  }
});

async function startRedis(name: string, ...more: string[]): Promise<Actor> {
  const actor = await stage.start(name, { Image: image, Entrypoint: ['redis-server', '--save', '', '--protected-mode', 'no', ...more] });
  await until(`${name} answers`, async () => /PONG|NOAUTH/.test(await client(actor, 'ping')));
  return actor;
}

/** What a client is answered; nothing where it waits in vain. */
async function client({ container }: Actor, ...command: string[]): Promise<string> {
  return (await inside(stage.docker, container, ['timeout', String(CLIENT_TIMEOUT_S), 'redis-cli', ...command])).trim();
}

test('a frozen Redis answers nobody, breaks no connection, and goes on where it stood when it is undone', async (t) => {
  assert.equal(await client(redis, 'set', 'k', 'before'), 'OK');
  const proof = await playing.breakIt('all');
  assert.equal(proof.proven, true, proof.evidence);
  t.diagnostic(proof.evidence);
  assert.equal(await client(redis, 'get', 'k'), '');
  const waiting = inside(stage.docker, redis.container, ['timeout', '20', 'redis-cli', 'set', 'k', 'after']);
  // Longer than one lease: it is renewed.
  await new Promise((resolve) => setTimeout(resolve, PAUSE_LEASE_MS + 500));
  assert.equal(await client(redis, 'get', 'k'), '');
  await playing.mend('all');
  assert.equal((await waiting).trim(), 'OK');
  assert.equal(await client(redis, 'get', 'k'), 'after');
  await playing.mend('all');
});

test('where only writes wait, reads go on', async (t) => {
  const proof = await playing.breakIt('write');
  assert.equal(proof.proven, true, proof.evidence);
  t.diagnostic(proof.evidence);
  assert.match(await client(redis, 'get', 'k'), /after/);
  assert.equal(await client(redis, 'set', 'k', 'x'), '');
  await playing.mend('write');
  assert.equal(await client(redis, 'set', 'k', 'x'), 'OK');
});

test('a Redis behind a password is frozen by whoever knows it, and nobody else', async () => {
  assert.match(await playing.refusal('wrong-password'), /WRONGPASS/);
  const proof = await playing.breakIt('guarded');
  assert.equal(proof.proven, true, proof.evidence);
  const ping = ['--no-auth-warning', '-a', 'open sesame', 'ping'];
  assert.equal(await client(guarded, ...ping), '');
  await playing.mend('guarded');
  assert.equal(await client(guarded, ...ping), 'PONG');
});

test('a freeze that somebody else ended is not proven', async () => {
  for (const result of [...(await playing.agent.arm('write')), ...(await playing.agent.inject('write'))])
    assert.equal(result.error, undefined);
  assert.equal(await client(redis, 'client', 'unpause'), 'OK');
  const proof = cacheFreeze.judgeProof({ mode: 'write' }, await playing.agent.prove('write'));
  assert.equal(proof.proven, false);
  assert.match(proof.evidence, /not frozen: a write is answered/);
  await playing.mend('write');
});

test('a port where no Redis listens, and a Redis that was frozen already, are refused in arming', async () => {
  assert.match(await playing.refusal('wrong-port'), /ECONNREFUSED/);
  assert.equal(await client(redis, 'client', 'pause', '60000', 'write'), 'OK');
  assert.match(await playing.refusal('found-frozen'), /frozen already, and is left alone/);
  await playing.mend('found-frozen');
  assert.equal(await client(redis, 'set', 'k', 'x'), '', 'the pause of others is left alone');
  assert.equal(await client(redis, 'client', 'unpause'), 'OK');
});

test('a Redis that was stopped meanwhile is undone without a word', async () => {
  const own = await startRedis('stopped');
  const stopping = await play(stage, 'redis-stopped', { freeze: { fault: cacheFreeze, settings: {}, targets: [own] } });
  assert.equal((await stopping.breakIt('freeze')).proven, true);
  await own.container.stop();
  assert.match(await stopping.mend('freeze'), /does not run/);
  await stopping.leave();
});

test('after kill -9 of the agent a frozen Redis goes on by itself, within a lease', async (t) => {
  const killing = await play(stage, 'redis-killed', { freeze: { fault: cacheFreeze, settings: {}, targets: [redis] } });
  assert.equal((await killing.breakIt('freeze')).proven, true);
  const waiting = inside(stage.docker, redis.container, ['timeout', '20', 'redis-cli', 'ping']).then(() => hostMs());
  const killedMs = hostMs();
  const said = await killing.killAgent();
  const thawedMs = (await waiting) - killedMs;
  t.diagnostic(`answered ${thawedMs.toFixed(0)} ms after the agent was asked to die; ${said}`);
  assert.ok(thawedMs < PAUSE_LEASE_MS + 2_500, `${thawedMs} ms`);
  assert.match(said, /PING is answered/);
});
