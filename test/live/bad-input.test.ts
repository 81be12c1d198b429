/** Wrong input and unfit ground, on the real thing: one clear message with a hint, the right exit code, nothing touched, nothing left. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { LABEL } from '../../runners/docker/labels.ts';
import { acquireLock, lockName, releaseLock } from '../../runners/docker/lock.ts';
import { firedrill, type Outcome, root } from '../helpers/firedrill-process.ts';
import { type TinySystem, tinyExperiment, tinySystem } from '../helpers/tiny-system.ts';

let system: TinySystem;
let untouched: readonly string[];

before(async () => {
  system = await tinySystem('bad-input');
  const up = await system.run(['up', 'compose.yaml', '--yes']);
  assert.equal(up.exitCode, 0, up.stderr);
  untouched = await system.containers();
});

after(() => system.close());

/** One message, its hint, the exit code; and the containers are what they were. */
async function refused(outcome: Outcome, exitCode: number, message: RegExp, hint: RegExp): Promise<void> {
  assert.equal(outcome.exitCode, exitCode, outcome.stdout + outcome.stderr);
  assert.match(outcome.stderr, message);
  assert.match(outcome.stderr, hint);
  assert.doesNotMatch(outcome.stderr, /\n\s+at /, 'a stack is not a message');
  assert.deepEqual(await system.containers(), untouched);
}

test('a wrong file: every problem with its place, exit code 3', async () => {
  const file = await system.experiment(tinyExperiment().replace('tolerance: running', 'tolerence: running').replace('at: 3s', 'at: 3 sec'));
  const outcome = await system.run(['run', file, '--yes']);
  await refused(outcome, 3, /:\d+:\d+/, /tolerance/);
  assert.match(outcome.stderr, /3 sec/);
});

test('an unknown flag does not run for real: exit code 4', async () => {
  const file = await system.experiment(tinyExperiment());
  await refused(await system.run(['run', file, '--dry-rum']), 4, /unknown option '--dry-rum'/, /--help/);
});

test('a file that is not there: exit code 4', async () => {
  await refused(await system.run(['run', 'nowhere.yaml']), 4, /nowhere\.yaml/, /firedrill list/);
});

test('a target that nobody allowed: exit code 7', async () => {
  const file = await system.experiment(tinyExperiment({ target: 'refused' }));
  await refused(await system.run(['run', file, '--yes']), 7, /may not be touched: .*refused/, /firedrill\.allow=true/);
});

test('a configuration that allows the project allows its containers', async () => {
  const file = await system.experiment(tinyExperiment({ target: 'refused' }));
  await writeFile(join(system.folder, 'firedrill.config.yaml'), `allow: {projects: [${system.project}]}\n`);
  try {
    const outcome = await system.run(['plan', file]);
    assert.equal(outcome.exitCode, 0, outcome.stderr);
  } finally {
    await rm(join(system.folder, 'firedrill.config.yaml'));
  }
});

test('a target that selects nothing: exit code 7, and what there is', async () => {
  const file = await system.experiment(tinyExperiment({ target: 'alowed' }));
  await refused(await system.run(['run', file, '--yes']), 7, /service alowed/, /allowed, refused/);
});

test('an engine that is not there: exit code 7, and never another engine instead', async () => {
  const file = await system.experiment(tinyExperiment());
  const socket = join(system.folder, 'dead.sock');
  const server = createServer().listen(socket);
  await new Promise((resolve) => server.once('listening', resolve));
  await new Promise((resolve) => server.close(resolve));
  await writeFile(socket, '');
  await refused(await system.run(['run', file, '--yes'], { DOCKER_HOST: `unix://${socket}` }), 7, /dead\.sock/, /DOCKER_HOST/);
});

test('a port that a listener has taken: exit code 7, and nothing of the system stays', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const other = await tinySystem('port');
  try {
    const compose = `services:\n  web:\n    image: firedrill/base:bookworm\n    command: [sleep, infinity]\n    ports: ["127.0.0.1:${port}:80"]\n`;
    await writeFile(join(other.folder, 'compose.yaml'), compose);
    const outcome = await other.run(['up', 'compose.yaml', '--yes']);
    await refused(outcome, 7, new RegExp(`${port}`), /hint/);
    assert.deepEqual(
      (await other.containers()).filter((each) => each.includes('test-port')),
      [],
    );
  } finally {
    await other.close();
    server.close();
  }
});

test('a full disk: exit code 7 before anything is touched', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'firedrill-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
  try {
    const file = join(system.folder, await system.experiment(tinyExperiment()));
    const outcome = await firedrill(['run', file, '--yes'], folder, { COMPOSE_PROJECT_NAME: system.project });
    await refused(outcome, 7, /free|full|space/i, /hint/);
  } finally {
    execFileSync('umount', [folder]);
    await rm(folder, { recursive: true });
  }
});

test('a system with a stopped container is not healthy before the drill: exit code 7', async () => {
  const [container] = await system.docker.listContainers({
    filters: { label: [`com.docker.compose.project=${system.project}`, 'region=there'] },
  });
  assert.ok(container);
  await system.docker.getContainer(container.Id).kill();
  try {
    const file = await system.experiment(tinyExperiment());
    const outcome = await system.run(['run', file, '--yes']);
    assert.equal(outcome.exitCode, 7, outcome.stdout + outcome.stderr);
    assert.match(outcome.stderr, /not healthy: .*refused.*exited/);
    assert.match(outcome.stderr, /firedrill up/);
  } finally {
    await system.docker.getContainer(container.Id).start();
  }
  assert.deepEqual(await system.containers(), untouched);
});

test('a steady state that does not hold: exit code 2, and no fault was armed', async () => {
  const file = await system.experiment(tinyExperiment({ hypothesis: '{load: http_req_failed, threshold: rate<0.01, over: 1s}' }));
  const outcome = await system.run(['run', file, '--yes']);
  assert.equal(outcome.exitCode, 2, outcome.stdout + outcome.stderr);
  assert.doesNotMatch(outcome.stdout, /armed on/);
  assert.deepEqual(await system.containers(), untouched);
});

test('a lock that another machine holds: exit code 7, named, not stolen, not swept', async () => {
  const file = await system.experiment(tinyExperiment());
  const name = lockName(system.project);
  await acquireLock(system.docker, name, 'elsewhere-1', new Date());
  const image = (await system.docker.getContainer(name).inspect()).Config;
  await releaseLock(system.docker, name, 'elsewhere-1');
  const labels = { ...image.Labels, [LABEL.lockHost]: 'another-machine/0000', [LABEL.lockPid]: '1' };
  const lock = await system.docker.createContainer({ name, Image: image.Image, Cmd: ['firedrill'], Labels: labels });
  try {
    untouched = await system.containers();
    await refused(await system.run(['run', file, '--yes']), 7, /elsewhere-1 .*another-machine/, /firedrill sweep/);
    const swept = await system.run(['sweep', '--yes']);
    assert.match(swept.stdout, /elsewhere-1 may be alive/);
    assert.deepEqual(await system.containers(), untouched);
    const alone = tinyExperiment()
      .replace('system: compose.yaml\n', '')
      .replace('{service: allowed}', `{project: ${system.project}, service: allowed}`);
    await refused(
      await system.run(['run', await system.experiment(alone), '--yes']),
      7,
      /elsewhere-1 .*another-machine/,
      /firedrill sweep/,
    );
  } finally {
    await lock.remove({ force: true });
    untouched = await system.containers();
  }
});

test('plan touches nothing and writes nothing', async () => {
  const file = await system.experiment(tinyExperiment());
  const files = await readdir(system.folder, { recursive: true });
  const outcome = await system.run(['plan', file, '--json']);
  assert.equal(outcome.exitCode, 0, outcome.stderr);
  assert.equal(JSON.parse(outcome.stdout).blastRadius.touched, 1);
  assert.deepEqual(await system.containers(), untouched);
  assert.deepEqual(await readdir(system.folder, { recursive: true }), files);
});

test('the checkout has a firedrill command', () => {
  const text = execFileSync('npx', ['firedrill', '--version'], { cwd: root, encoding: 'utf8' });
  assert.match(text, /^\d+\.\d+\.\d+/);
});
