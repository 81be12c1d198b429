import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { activeServices, projectName, readComposeFile, usesOf } from '../../../runners/docker/compose-file.ts';
import { foundEnvironment } from '../../../runners/docker/found-environment.ts';
import { recipesOf } from '../../../runners/docker/recipes.ts';

const TEXT = `
name: named
x-shared: &shared
  MODE: \${MODE:-careful}
x-firedrill-images:
  my/image: {folder: images/mine, node: true, files: [{from: shared/answer, as: answer}], bundles: [{entry: services/main.ts, as: main.mjs}]}
services:
  web:
    image: my/image:local
    environment:
      <<: *shared
      ADDRESS: http://\${HOST:-localhost}:80/
      BOTH: \${A}\${B}
      PLAIN: text
  job:
    image: my/image:local
    profiles: [extra]
    environment: ["LEVEL=$LEVEL", "INHERITED"]
`;

let folder = '';
let path = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firedrill-compose-'));
  path = join(folder, 'My System!', 'compose.yaml');
  await mkdir(join(folder, 'My System!'));
  await writeFile(path, TEXT);
});
after(() => rm(folder, { recursive: true, force: true }));

describe('the project', () => {
  test('is named by COMPOSE_PROJECT_NAME, then .env, then name:, then the folder', async () => {
    const file = await readComposeFile(path);
    const unnamed = { ...file, name: undefined };
    assert.equal(await projectName(file, { COMPOSE_PROJECT_NAME: 'given' }), 'given');
    assert.equal(await projectName(file, {}), 'named');
    assert.equal(await projectName(unnamed, {}), 'mysystem');
    await writeFile(join(folder, 'My System!', '.env'), 'COMPOSE_PROJECT_NAME=from-env\n');
    assert.equal(await projectName(file, {}), 'from-env');
  });

  test('its file without the name is what docker-compose 1.29 can read', async () => {
    const { textWithoutName } = await readComposeFile(path);
    assert.doesNotMatch(textWithoutName, /^name:/m);
    assert.match(textWithoutName, /^services:/m);
  });

  test('services of a profile count where the profile is active', async () => {
    const file = await readComposeFile(path);
    assert.deepEqual(await activeServices(file, {}), ['web']);
    assert.deepEqual(await activeServices(file, { COMPOSE_PROFILES: 'more,extra' }), ['web', 'job']);
  });

  test('profiles come from the .env beside the file too, with the variables in it filled in', async () => {
    const file = await readComposeFile(path);
    await writeFile(join(dirname(path), '.env'), `COMPOSE_PROFILES=\${WANTED:-extra}\n`);
    assert.deepEqual(await activeServices(file, {}), ['web', 'job']);
    assert.deepEqual(await activeServices(file, { WANTED: 'none' }), ['web']);
    assert.deepEqual(await activeServices(file, { COMPOSE_PROFILES: '' }), ['web']);
    await rm(join(dirname(path), '.env'));
  });

  test('a file that is missing or no Compose file ends in exit code 7', async () => {
    await assert.rejects(readComposeFile(join(folder, 'nothing.yaml')), { exitCode: 7, code: 'compose-file' });
    await writeFile(join(folder, 'wrong.yaml'), 'services: [a, b]');
    await assert.rejects(readComposeFile(join(folder, 'wrong.yaml')), { exitCode: 7, code: 'compose-file' });
  });

  test('a file whose aliases multiply is an error, not a hang', async () => {
    const levels = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 12; level += 1) levels.push(`a${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}*a${level - 1}]`);
    await writeFile(join(folder, 'bomb.yaml'), `${levels.join('\n')}\nservices: {}\n`);
    await assert.rejects(readComposeFile(join(folder, 'bomb.yaml')), /alias/i);
  });
});

describe('variables', () => {
  test('are followed into environments, by either way of writing, between other text', async () => {
    const file = await readComposeFile(path);
    assert.deepEqual(usesOf(file, 'MODE'), [{ service: 'web', key: 'MODE', before: '', after: '' }]);
    assert.deepEqual(usesOf(file, 'HOST'), [{ service: 'web', key: 'ADDRESS', before: 'http://', after: ':80/' }]);
    assert.deepEqual(usesOf(file, 'LEVEL'), [{ service: 'job', key: 'LEVEL', before: '', after: '' }]);
    assert.deepEqual(usesOf(file, 'INHERITED'), [{ service: 'job', key: 'INHERITED', before: '', after: '' }]);
  });

  test('two in one value cannot be told apart, so neither is followed; nor is a name that only begins alike', async () => {
    const file = await readComposeFile(path);
    assert.deepEqual(usesOf(file, 'A'), []);
    assert.deepEqual(usesOf(file, 'LEVE'), []);
  });

  test('are read back from the containers that run, undefined where none tells', async () => {
    const file = await readComposeFile(path);
    const docker = {
      listContainers: () =>
        Promise.resolve([
          { Id: 'w', Names: ['/w'], Image: '', State: 'running', Status: 'Up', Labels: { 'com.docker.compose.service': 'web' } },
        ]),
      getContainer: () => ({
        inspect: () => Promise.resolve({ Config: { Env: ['MODE=bold=er', 'ADDRESS=http://db:80/', 'PLAIN=text'] } }),
      }),
    };
    assert.deepEqual(await foundEnvironment(docker, file, 'named', ['MODE', 'HOST', 'LEVEL']), {
      MODE: 'bold=er',
      HOST: 'db',
      LEVEL: undefined,
    });
  });
});

describe('recipes', () => {
  test('are read from x-firedrill-images, relative to the file', async () => {
    const base = join(folder, 'My System!');
    assert.deepEqual(await recipesOf(path), [
      {
        name: 'my/image',
        folder: join(base, 'images/mine'),
        node: true,
        files: [{ from: join(base, 'shared/answer'), as: 'answer' }],
        bundles: [{ entry: join(base, 'services/main.ts'), as: 'main.mjs' }],
      },
    ]);
  });

  test('with an unknown key are refused', async () => {
    await writeFile(join(folder, 'recipes.yaml'), 'services: {}\nx-firedrill-images: {a: {folder: x, nod: true}}\n');
    await assert.rejects(recipesOf(join(folder, 'recipes.yaml')), /nod/);
  });
});
