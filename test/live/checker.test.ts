/** The checker cries for every kind of leftover: each is planted, seen, and no longer seen when it is taken away. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type Docker from 'dockerode';
import { connectEngine } from '../../runners/docker/engine.ts';
import { ensureImages, tagOf } from '../../runners/docker/images.ts';
import { AGENT_IMAGE, inside, openStage, STAGE_LABEL, type Stage } from '../helpers/agent-stage.ts';
import { hostPlantsOf } from '../helpers/checker-host-plants.ts';
import { HANDS, plantsOf } from '../helpers/checker-plants.ts';
import { checkerImage } from '../torture/checker/image.ts';
import { compare, type Sections, takeSnapshot } from '../torture/checker/snapshot.ts';
import { openOwnEngine } from '../torture/own-engine.ts';

const STAGE = 'checker';
const SYSTEM = 'firedrill.checked=checker';
/** A program's word for itself. */
const ASKS = { 'firedrill-checker-target': ['sh', '-c', 'cat /memory/mode 2>/dev/null || echo as always'] };
const VOLUME = 'firedrill-checker-volume';

const scope = {
  system: SYSTEM,
  wholeHost: false,
  asks: ASKS,
  counts: (labels: Readonly<Record<string, string>>) => labels[STAGE_LABEL] === STAGE,
};

let stage: Stage;
let docker: Docker;
let hands: Docker.Container;
let clean: Sections;

const look = () => takeSnapshot(docker, tagOf(checkerImage), scope);
async function makeTarget(name: string): Promise<Docker.Container> {
  const container = await docker.createContainer({
    name: `firedrill-checker-${name}`,
    Image: AGENT_IMAGE,
    Entrypoint: ['sh', '-c', 'sleep 7001 & exec sleep 7000'],
    StopTimeout: 0,
    Labels: { 'firedrill.checked': 'checker', [STAGE_LABEL]: STAGE },
    HostConfig: {
      Memory: 2 ** 29,
      MemorySwap: 2 ** 29,
      Tmpfs: { '/memory': '' },
      Binds: [`${VOLUME}:/volume`],
      RestartPolicy: { Name: 'on-failure' },
    },
  });
  await container.start();
  return container;
}

let target: Docker.Container;
let second: Docker.Container;

before(async () => {
  stage = await openStage(STAGE);
  docker = await connectEngine(process.env);
  await ensureImages(docker, { recipes: [checkerImage], environment: process.env, log: () => {} });
  [target, second] = await Promise.all([makeTarget('target'), makeTarget('second')]);
  await inside(docker, target, ['sh', '-c', 'echo before > /etc/firedrill-checker-was-here']);
  hands = await docker.createContainer({
    Image: tagOf(checkerImage),
    Entrypoint: ['sleep', '600'],
    StopTimeout: 0,
    Labels: { 'firedrill.checker': 'hands', [STAGE_LABEL]: STAGE },
    HostConfig: HANDS,
  });
  await hands.start();
  clean = await look();
});

after(async () => {
  await stage.remove();
  await docker.getVolume(VOLUME).remove();
});

test('nothing differs where nothing was done', async () => {
  assert.deepEqual(compare(clean, await look()), []);
});

test('every kind of leftover is cried about, and no more once it is gone', async (t) => {
  const pidOf = async (container: Docker.Container) => (await container.inspect()).State.Pid;
  const descriptors = /open files=(\d+)/.exec(clean['firedrill-checker-target: processes']?.join() ?? '')?.[1] ?? '';
  const where = { docker, label: STAGE, target, second, hands, descriptors };
  const plants = plantsOf({ ...where, pid: await pidOf(target), secondPid: await pidOf(second) });
  for (const { plant } of plants) await plant();
  const cries = compare(clean, await look()).join('\n');
  for (const { uproot } of plants.toReversed()) await uproot();
  for (const { kind, cries: expected } of plants) await t.test(kind, () => assert.match(cries, expected));
  assert.deepEqual(compare(clean, await look()), []);
});

test('a container that is paused, stopped, off its network or gone is cried about', async () => {
  await target.pause();
  await second.stop();
  const first = compare(clean, await look()).join('\n');
  await target.unpause();
  await docker.getNetwork('bridge').disconnect({ Container: second.id });
  await second.start();
  const then = compare(clean, await look()).join('\n');
  await docker.getNetwork('bridge').connect({ Container: second.id });
  assert.match(first, /target: state: \+ .*"Paused":true/);
  assert.match(first, /second: state: \+ .*"exited"/);
  assert.match(then, /second: networks: - bridge/);
  assert.match(then, /second: links: - .*ETH/);
  assert.deepEqual(compare(clean, await look()), [], 'a restart and a network that is back leave nothing');
  await second.remove({ force: true });
  assert.match(compare(clean, await look()).join('\n'), /engine: containers of the system: - firedrill-checker-second/);
});

test('on an engine that nobody else uses, what is left on its host is cried about too', async (t) => {
  const engine = await openOwnEngine();
  try {
    const whole = { system: SYSTEM, wholeHost: true, hostPid: engine.hostPid };
    const lookAtHost = () => takeSnapshot(engine.docker, tagOf(checkerImage), whole, docker);
    const onHost = (script: string) => inside(docker, hands, ['sh', '-c', script]);
    const plants = hostPlantsOf({ engine, docker, image: tagOf(checkerImage), label: STAGE, onHost });
    const untouched = await lookAtHost();
    for (const { plant } of plants) await plant();
    const cries = compare(untouched, await lookAtHost()).join('\n');
    for (const { uproot } of plants.toReversed()) await uproot();
    for (const { kind, cries: expected } of plants) await t.test(kind, () => assert.match(cries, expected));
    assert.deepEqual(compare(untouched, await lookAtHost()), []);
  } finally {
    await engine.close();
  }
});
