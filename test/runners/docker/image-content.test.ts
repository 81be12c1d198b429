import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bundle, sourceOf } from '../../../runners/docker/bundle.ts';
import { mirrorsIn } from '../../../runners/docker/debian-mirror.ts';
import { openDigestCache } from '../../../runners/docker/digest-cache.ts';
import { basesOf, contentOf } from '../../../runners/docker/image-content.ts';
import type { ImageRecipe } from '../../../runners/docker/recipes.ts';

let folder = '';
let recipe: ImageRecipe;
let node = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firedrill-content-'));
  recipe = {
    name: 'x',
    folder: join(folder, 'image'),
    node: true,
    bundles: [{ entry: join(folder, 'main.ts'), as: 'main.mjs' }],
    files: [{ from: join(folder, 'shared'), as: 'shared' }],
  };
  node = join(folder, 'node');
  await mkdir(recipe.folder);
  await writeFile(join(recipe.folder, 'Dockerfile'), 'FROM base:1\n');
  await writeFile(join(recipe.folder, 'start'), '#!/bin/sh\n');
  await writeFile(join(folder, 'shared'), 'a file');
  await writeFile(join(folder, 'part.ts'), 'export const part: number = 1;\n');
  await writeFile(join(folder, 'main.ts'), "import { part } from './part.ts';\nconsole.log(part);\n");
  await writeFile(node, 'a binary');
});
after(() => rm(folder, { recursive: true, force: true }));

async function content(options: { baseId?: string; cachePath?: string; recipe?: ImageRecipe } = {}): Promise<string> {
  const cache = await openDigestCache(options.cachePath ?? join(folder, 'no-cache.json'));
  const imageId = (name: string) => Promise.resolve(`${name}@${options.baseId ?? 'one'}`);
  const digest = await contentOf({ recipe: options.recipe ?? recipe, nodePath: node, cache, imageId });
  if (options.cachePath) await cache.save();
  return digest;
}

describe('the content of an image', () => {
  test('is the same for the same, whenever it was written', async () => {
    const first = await content();
    await utimes(join(recipe.folder, 'start'), new Date(0), new Date(0));
    assert.equal(await content(), first);
  });

  const changes: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['a file of the folder', () => writeFile(join(recipe.folder, 'start'), '#!/bin/sh\necho more\n')],
    ['whether a file may be run', () => chmod(join(recipe.folder, 'start'), 0o755)],
    ['a new file', () => writeFile(join(recipe.folder, 'new'), '')],
    ['a file that it shares with other images', () => writeFile(join(folder, 'shared'), 'more')],
    ['a module that a bundle imports', () => writeFile(join(folder, 'part.ts'), 'export const part: number = 22;\n')],
    ['the Node binary', () => writeFile(node, 'another binary')],
  ];
  for (const [what, change] of changes) {
    test(`changes with ${what}, the cache of digests or not`, async () => {
      const cachePath = join(folder, 'cache.json');
      const first = await content({ cachePath });
      assert.equal(await content(), first);
      await change();
      assert.notEqual(await content({ cachePath }), first);
      assert.equal(await content({ cachePath }), await content());
    });
  }

  test('changes with the id of the image it starts from', async () => {
    assert.notEqual(await content({ baseId: 'two' }), await content());
  });

  test('does not change with a Node binary that it does not hold', async () => {
    const without = { ...recipe, node: false };
    const first = await content({ recipe: without });
    await writeFile(node, 'yet another');
    assert.equal(await content({ recipe: without }), first);
  });
});

describe('a digest cache', () => {
  test('that is broken costs time and nothing else', async () => {
    const path = join(folder, 'broken.json');
    await writeFile(path, '{"half":');
    const cache = await openDigestCache(path);
    assert.equal(await cache.digest('k', () => Promise.resolve({ sha256: 'abc', files: [] })), 'abc');
  });
});

describe('a bundle', () => {
  test('is the same from wherever it is made', async () => {
    const here = await bundle(join(folder, 'main.ts'));
    const before = process.cwd();
    process.chdir(folder);
    try {
      assert.equal((await bundle(join(folder, 'main.ts'))).digested.sha256, here.digested.sha256);
    } finally {
      process.chdir(before);
    }
  });

  test('is made of the compiled file where the source is not there', async () => {
    await writeFile(join(folder, 'only.js'), 'export {};\n');
    assert.equal(sourceOf(join(folder, 'only.ts')), join(folder, 'only.js'));
    assert.equal(sourceOf(join(folder, 'main.ts')), join(folder, 'main.ts'));
  });
});

describe('reading', () => {
  test('the bases of a Dockerfile: arguments by their defaults, own stages and scratch left out', () => {
    const dockerfile = `ARG BASE=firedrill/base:bookworm\nFROM \${BASE} AS build\nFROM --platform=linux/amd64 other:2\nFROM build\nFROM scratch\n`;
    assert.deepEqual(basesOf(dockerfile), ['firedrill/base:bookworm', 'other:2']);
  });

  test('the mirrors of apt’s sources, in both formats, without other archives', () => {
    const oneLine =
      'deb [signed-by=/k.gpg] http://mirror.example/debian/ bookworm main\n# deb http://commented.example/debian x main\ndeb http://third.example/apt stable main\n';
    const deb822 = 'Types: deb\nURIs: http://a.example/debian http://b.example/debian-security\nSuites: bookworm\n';
    assert.deepEqual(mirrorsIn(oneLine), ['http://mirror.example/debian']);
    assert.deepEqual(mirrorsIn(deb822), ['http://a.example/debian']);
  });
});
