import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type Docker from 'dockerode';
import { type ComposeSystem, composeSystem } from '../../runners/docker/compose-system.ts';
import { type ContainerEvent, containerEvents } from '../../runners/docker/container-events.ts';
import { connectEngine } from '../../runners/docker/engine.ts';
import { ensureImages, tagOf } from '../../runners/docker/images.ts';
import { acquireLock, lockHolder, lockName, releaseLock } from '../../runners/docker/lock.ts';
import { probeTools } from '../../runners/docker/probe-tools.ts';
import { recipesOf } from '../../runners/docker/recipes.ts';
import { resolveTargets } from '../../runners/docker/targets.ts';
import { FiredrillError } from '../../runners/failure.ts';
import { until } from '../helpers/agent-stage.ts';

/** The project's name is this process's own, so that test runs side by side do not meet. */
const PROJECT = `firedrill-ground-${process.pid}`;
const IMAGE = `firedrill/ground-${process.pid}`;
const quiet = () => undefined;

const COMPOSE = (port: number, health: string) => `
name: ${PROJECT}
x-firedrill-images:
  ${IMAGE}: {folder: image, node: true, bundles: [{entry: main.ts, as: main.mjs}]}
services:
  web:
    image: ${IMAGE}:local
    labels: {firedrill.allow: "true"}
    environment:
      MODE: \${MODE:-careful}
    ports: ["127.0.0.1:${port}:80"]
    healthcheck: {test: ["CMD", "test", "-e", "${health}"], interval: 1s, timeout: 1s, retries: 2}
`;

let docker: Docker;
let folder = '';

before(async () => {
  docker = await connectEngine(process.env);
  folder = await mkdtemp(join(tmpdir(), 'firedrill-ground-'));
  await mkdir(join(folder, 'image'));
  await writeFile(
    join(folder, 'image', 'Dockerfile'),
    'FROM firedrill/base:bookworm\nCOPY node /usr/local/bin/node\nCOPY main.mjs /main.mjs\nCMD ["node", "/main.mjs"]\n',
  );
  await writeMain('first');
});

after(async () => {
  await docker.getImage(`${IMAGE}:local`).remove({ force: true }).catch(quiet);
  await rm(folder, { recursive: true, force: true });
});

async function writeMain(greeting: string): Promise<void> {
  await writeFile(
    join(folder, 'main.ts'),
    `const words: string = '${greeting}';\nconsole.log(words, process.version);\nsetInterval(() => {}, 1000);\n`,
  );
}

async function systemWith(port: number, health = '/main.mjs'): Promise<ComposeSystem> {
  await writeFile(join(folder, 'compose.yaml'), COMPOSE(port, health));
  return composeSystem(docker, join(folder, 'compose.yaml'), { environment: process.env, log: quiet });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  assert(address !== null && typeof address === 'object');
  return address.port;
}

describe('images', () => {
  test('are built by content: once, again when a bundle changes, and not in between', async () => {
    await systemWith(await freePort());
    const recipes = await recipesOf(join(folder, 'compose.yaml'));
    const ensure = () => ensureImages(docker, { recipes, environment: process.env, log: quiet });
    const id = async () => (await docker.getImage(tagOf({ name: IMAGE })).inspect()).Id;
    assert.deepEqual(await ensure(), [IMAGE]);
    const first = await id();
    assert.deepEqual(await ensure(), []);
    await writeMain('second, and of another length');
    assert.deepEqual(await ensure(), [IMAGE]);
    assert.notEqual(await id(), first);
    await assert.rejects(docker.getImage(first).inspect(), /no such image/i);
    await writeMain('first');
  });

  test('that cannot be built end in the last lines of the build, with the log named', async () => {
    const broken = join(folder, 'broken');
    await mkdir(broken);
    await writeFile(join(broken, 'Dockerfile'), 'FROM firedrill/base:bookworm\nRUN echo so far so good && false\n');
    const recipes = [{ name: `${IMAGE}-broken`, folder: broken, node: false, bundles: [] }];
    await assert.rejects(ensureImages(docker, { recipes, environment: process.env, log: quiet }), (error) => {
      assert(error instanceof FiredrillError);
      assert.deepEqual([error.code, error.exitCode], ['image-failed', 7]);
      assert.match(error.message, /so far so good/);
      assert.match(error.hint ?? '', /\.log$/);
      return true;
    });
  });
});

describe('a Compose system', () => {
  test('goes up healthy with an environment, tells it, changes it, and goes down without a trace', async () => {
    const system = await systemWith(await freePort());
    const stop = new AbortController();
    const events: ContainerEvent[] = [];
    const watching = collect(containerEvents(docker, { project: PROJECT }, stop.signal), events);
    try {
      assert.deepEqual([system.project, await system.state()], [PROJECT, { state: 'absent' }]);
      await system.up({});
      assert.deepEqual(await system.state(), { state: 'healthy' });
      assert.deepEqual(await system.foundEnvironment(['MODE', 'OTHER']), { MODE: 'careful', OTHER: undefined });

      const [web] = await resolveTargets(docker, { service: 'web' }, { project: PROJECT });
      assert(web !== undefined);
      assert.equal(web.labels['firedrill.allow'], 'true');
      assert.match(web.addresses[0] ?? '', /^\d+\.\d+\.\d+\.\d+$/);

      await system.up({ MODE: 'bold' });
      assert.deepEqual(await system.foundEnvironment(['MODE']), { MODE: 'bold' });

      const [changed] = await resolveTargets(docker, { service: 'web' }, { project: PROJECT });
      await docker.getContainer(changed?.id ?? '').pause();
      assert.equal((await system.state()).state, 'unhealthy');
      await docker.getContainer(changed?.id ?? '').unpause();
    } finally {
      await system.down();
      stop.abort();
      await watching;
    }
    assert.deepEqual(await system.state(), { state: 'absent' });
    const networks = await docker.listNetworks({ filters: { label: [`com.docker.compose.project=${PROJECT}`] } });
    assert.deepEqual(networks, []);
    const actions = events.map((event) => event.action);
    for (const action of ['create', 'start', 'health_status', 'pause', 'unpause', 'die', 'destroy'])
      assert.ok(actions.includes(action), action);
    assert.equal(events.find((event) => event.action === 'health_status')?.detail, 'healthy');
    assert.equal(events[0]?.service, 'web');
  });

  test('whose port is taken says which port and by whom, and leaves nothing', async () => {
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const address = listener.address();
    assert(address !== null && typeof address === 'object');
    const system = await systemWith(address.port);
    try {
      await assert.rejects(system.up({}), (error) => {
        assert(error instanceof FiredrillError);
        assert.deepEqual([error.code, error.exitCode], ['port-taken', 7]);
        assert.match(error.message, new RegExp(`^Port ${address.port} is taken by process ${process.pid} `));
        return true;
      });
      assert.deepEqual(await system.state(), { state: 'absent' });
    } finally {
      listener.close();
      await system.down();
    }
  });
});

describe('what probes may use', () => {
  test('a container’s state and its commands’ output and exit code, and no waiting beyond the limit', async () => {
    await systemWith(await freePort());
    await ensureImages(docker, { recipes: await recipesOf(join(folder, 'compose.yaml')), environment: process.env, log: quiet });
    const labels = { 'firedrill.allow': 'true' };
    const container = await docker.createContainer({ Image: `${IMAGE}:local`, Cmd: ['sleep', '60'], Labels: labels });
    const tools = probeTools(docker);
    try {
      assert.equal((await tools.inspect(container.id)).state, 'created');
      await container.start();
      assert.deepEqual(await tools.inspect(container.id), {
        state: 'running',
        health: undefined,
        restarts: 0,
        oomKilled: false,
        exitCode: 0,
      });
      const ran = await tools.exec(container.id, ['sh', '-c', 'echo out; echo err >&2; exit 3'], new AbortController().signal);
      assert.deepEqual(ran, { exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
      // Of one that has ended and waits to be buried the command line is empty.
      const ours = () => tools.exec(container.id, ['sh', '-c', 'cat /proc/[0-9]*/cmdline'], AbortSignal.timeout(5_000));
      const hangs = ['sh', '-c', 'sleep 3601 & sleep 3602 & wait'];
      const sleeping = async () => (await ours()).stdout.split('sleep\0').length - 1;
      const hanging = tools.exec(container.id, hangs, AbortSignal.timeout(1_000));
      hanging.catch(quiet);
      await until('it hangs, with all that it started', async () => (await sleeping()) === 3);
      await assert.rejects(hanging, /longer than the probe may|aborted/);
      await until('it is ended, with all that it started, and the container’s own program is not', async () => (await sleeping()) === 1);
    } finally {
      await container.remove({ force: true });
    }
  });
});

describe('the lock', () => {
  test('is one’s at a time, names its holder, and is given back by its own run alone', async () => {
    const lock = lockName(PROJECT);
    await acquireLock(docker, lock, 'run-1', new Date('2026-01-02T03:04:05Z'));
    try {
      await assert.rejects(acquireLock(docker, lock, 'run-2', new Date('2026-01-02T03:05:05Z')), (error) => {
        assert(error instanceof FiredrillError);
        assert.deepEqual([error.code, error.exitCode], ['locked', 7]);
        assert.match(
          error.message,
          new RegExp(`run run-1 of \\S+ on \\S+ \\(process ${process.pid}\\) since 2026-01-02T03:04:05.000Z, 60 s ago`),
        );
        assert.match(error.hint ?? '', /firedrill sweep/);
        return true;
      });
      await releaseLock(docker, lock, 'run-2');
      assert.equal((await lockHolder(docker, lock))?.runId, 'run-1');
    } finally {
      await releaseLock(docker, lock, 'run-1');
    }
    assert.equal(await lockHolder(docker, lock), undefined);
    await releaseLock(docker, lock, 'run-1');
  });

  test('goes to exactly one of many that want it at once', async () => {
    const lock = lockName(`${PROJECT}-race`);
    const runs = ['a', 'b', 'c', 'd', 'e'];
    const results = await Promise.allSettled(runs.map((run) => acquireLock(docker, lock, run, new Date())));
    const winners = runs.filter((_, index) => results[index]?.status === 'fulfilled');
    for (const run of winners) await releaseLock(docker, lock, run);
    assert.equal(winners.length, 1);
  });
});

async function collect<T>(source: AsyncIterable<T>, into: T[]): Promise<void> {
  for await (const item of source) into.push(item);
}
