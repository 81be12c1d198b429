/** Clocks under libfaketime: what a running service takes the time to be, what proves it, and that the file is put back byte for byte. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensureImages, tagOf } from '../../runners/docker/images.ts';
import { clockSkew } from '../../runners/faults/clock-skew.ts';
import { type Actor, AGENT_IMAGE, inside, openStage, type Stage, until } from '../helpers/agent-stage.ts';
import { type Play, play } from '../helpers/fault-life.ts';

const IMAGE = {
  name: 'firedrill/test-faketime',
  folder: fileURLToPath(new URL('../fixtures/faketime-image', import.meta.url)),
  node: true,
  bundles: [],
};
const PRELOAD = 'LD_PRELOAD=/usr/local/lib/libfaketime.so';
/** The file lies behind a link that leads out of the container for whoever follows it from outside. */
const FILE = 'FAKETIME_TIMESTAMP_FILE=/clock/now';
const MORE = ['FAKETIME_CACHE_DURATION=1', 'FAKETIME_DONT_FAKE_MONOTONIC=1'];
const FOUND = '# ours\n+5\n\n';
const URL_INSIDE = 'http://127.0.0.1/';
const SERVICE = `require('node:http').createServer((request, response) => response.end(String(Date.now()))).listen(80)`;
const MAKE_FILE = `mkdir /real && ln -s /real /clock && printf '# ours\\n+5\\n\\n' > /real/now && chown 1234:1234 /real/now && chmod 640 /real/now`;
const HOUR_MS = 3_600_000;
const NEAR_MS = 3_000;
const NEAR_WITHIN_MS = 10_000;

let stage: Stage;
let service: Actor;
let playing: Play;

before(async () => {
  stage = await openStage('faults-clock');
  await ensureImages(stage.docker, { recipes: [IMAGE], environment: process.env, log: () => {} });
  service = await startService('service');
  const [bare, fixed, fileless] = await Promise.all([
    stage.start('bare', { Image: AGENT_IMAGE, Entrypoint: ['sleep', '600'] }),
    startWith('fixed', [PRELOAD, 'FAKETIME=+0', FILE]),
    startWith('fileless', [PRELOAD, FILE]),
  ]);
  const skew = (settings: object, target = service) => ({ fault: clockSkew, targets: [target], settings });
  playing = await play(stage, 'clock', {
    ahead: skew({ offset: '+1h', url: URL_INSIDE }),
    back: skew({ offset: '-90s' }),
    changed: skew({ offset: '+1h' }),
    ignored: skew({ offset: '+1h', url: URL_INSIDE }),
    'cannot-add': skew({ offset: '+1h' }),
    bare: skew({ offset: '+1h' }, bare),
    fixed: skew({ offset: '+1h' }, fixed),
    fileless: skew({ offset: '+1h' }, fileless),
  });
});

after(async () => {
  try {
    await playing?.leave();
  } finally {
    await stage?.remove();
  }
});

function startWith(name: string, environment: string[]): Promise<Actor> {
  return stage.start(name, { Image: tagOf(IMAGE), Env: environment, Entrypoint: ['sleep', '600'] });
}

/** The environment is set by the entrypoint, as many images do: an exec does not have it by itself. */
async function startService(name: string): Promise<Actor> {
  const script = `[ -e /clock ] || { ${MAKE_FILE}; }; export ${[PRELOAD, FILE, ...MORE].join(' ')}; exec node -e "$0"`;
  const actor = await stage.start(name, { Image: tagOf(IMAGE), Entrypoint: ['bash', '-c', script, SERVICE] });
  await until(`${name} serves`, async () => Number.isFinite(await aheadMs(actor)));
  return actor;
}

/** How far the running service takes itself to be ahead, without what was found. */
async function aheadMs({ container }: Actor): Promise<number> {
  const answer = await inside(stage.docker, container, [
    'node',
    '-e',
    `fetch('${URL_INSIDE}').then((a) => a.text()).then(console.log, () => {})`,
  ]);
  return Number.parseInt(answer, 10) - Date.now() - 5_000;
}

async function assertNear(actor: Actor, expectedMs: number): Promise<void> {
  // What it read last it keeps for a second of its own.
  await until(`the clock is off by ${expectedMs} ms`, async () => Math.abs((await aheadMs(actor)) - expectedMs) < NEAR_MS, NEAR_WITHIN_MS);
}

/** Its text, owner and mode. */
function fileOf({ container }: Actor): Promise<string> {
  return inside(stage.docker, container, ['sh', '-c', "cat /real/now; stat -c '%u:%g %a %i' /real/now"]);
}

test('a running service goes ahead by an hour, by its own Date too, and comes back to its file as it was', async (t) => {
  const before = await fileOf(service);
  assert.ok(before.startsWith(FOUND));
  const proof = await playing.breakIt('ahead');
  assert.equal(proof.proven, true, proof.evidence);
  t.diagnostic(proof.evidence);
  assert.ok(Math.abs((proof.facts['skewMs'] ?? 0) - HOUR_MS) < NEAR_MS);
  await assertNear(service, HOUR_MS);
  await playing.mend('ahead');
  assert.equal(await fileOf(service), before);
  await assertNear(service, 0);
  await playing.mend('ahead');
  assert.equal(await fileOf(service), before);
});

test('a clock goes back as well, and is proven without a service to ask', async () => {
  const proof = await playing.breakIt('back');
  assert.equal(proof.proven, true, proof.evidence);
  await assertNear(service, -90_000);
  await playing.mend('back');
  await assertNear(service, 0);
});

test('containers that no skew would reach are refused, each with what is missing', async () => {
  assert.match(await playing.refusal('bare'), /none of its processes runs under libfaketime/);
  assert.match(await playing.refusal('fixed'), /FAKETIME=\+0, which outrules every file/);
  assert.match(await playing.refusal('fileless'), /there is no \/clock\/now: make it/);
  await inside(stage.docker, service.container, ['sh', '-c', "echo '@2030-01-01 00:00:00' > /real/now"]);
  assert.match(await playing.refusal('cannot-add'), /to which a skew cannot be added/);
  await inside(stage.docker, service.container, ['sh', '-c', `printf '# ours\\n+5\\n\\n' > /real/now`]);
});

test('a skew that a service does not heed is not proven', async () => {
  for (const result of await playing.agent.arm('ignored')) assert.equal(result.error, undefined);
  for (const result of await playing.agent.inject('ignored')) assert.equal(result.error, undefined);
  await inside(stage.docker, service.container, ['sh', '-c', 'echo +5 > /real/now']);
  await sleep(1_200);
  const proof = clockSkew.judgeProof({ offset: '+1h' }, await playing.agent.prove('ignored', 1_500));
  assert.equal(proof.proven, false);
  assert.match(proof.evidence, /its clock is off by [45]\.\d s, not 360[45]\.\d s/);
  await playing.mend('ignored');
});

test('a file that somebody else wrote meanwhile is left as they wrote it', async () => {
  await playing.breakIt('changed');
  await inside(stage.docker, service.container, ['sh', '-c', 'echo +7 > /real/now']);
  assert.match(await playing.mend('changed'), /says nothing of ours/);
  assert.match(await fileOf(service), /^\+7\n/);
  await inside(stage.docker, service.container, ['sh', '-c', `printf '# ours\\n+5\\n\\n' > /real/now`]);
});

test('after kill -9 of the agent, and in a container that is stopped by then, the file is as it was', async () => {
  const own = await startService('killed');
  const before = await fileOf(own);
  const killing = await play(stage, 'clock-killed', { skew: { fault: clockSkew, settings: { offset: '+1h' }, targets: [own] } });
  assert.equal((await killing.breakIt('skew')).proven, true);
  await killing.killAgent();
  assert.equal(await fileOf(own), before);

  const stopping = await play(stage, 'clock-stopped', { skew: { fault: clockSkew, settings: { offset: '+1h' }, targets: [own] } });
  assert.equal((await stopping.breakIt('skew')).proven, true);
  await own.container.stop();
  await stopping.mend('skew');
  await own.container.start();
  await until('it serves', async () => Number.isFinite(await aheadMs(own)));
  // The engine unpacks a file of the same text, owner and mode; it is another inode.
  assert.equal((await fileOf(own)).replace(/\d+\n$/, ''), before.replace(/\d+\n$/, ''));
  await assertNear(own, 0);
  await stopping.leave();
});
