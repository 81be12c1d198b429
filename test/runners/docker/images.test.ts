import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { ensureImages, type ImageEngine } from '../../../runners/docker/images.ts';

const ARCHITECTURE = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

const NO_SUCH_IMAGE = Object.assign(new Error('no such image'), { statusCode: 404 });

/** An engine that has no image and builds whatever it is given; asked for an image, it fails with `answer`. */
function pretendEngine(answer: Error = NO_SUCH_IMAGE) {
  const built: string[] = [];
  const missing = () => Promise.reject(answer);
  const engine: ImageEngine = {
    info: () => Promise.resolve({ Architecture: ARCHITECTURE }),
    getImage: () => ({ inspect: missing, tag: missing, remove: missing }),
    listImages: () => Promise.resolve([]),
    async buildImage(context, options) {
      for await (const _piece of context);
      built.push(String((options as { t: string }).t));
      return Readable.from(['{"stream":"done"}\n']);
    },
  };
  return { engine, built };
}

for (const [what, spoil] of [
  ['folder for what is kept between runs cannot be made', (cache: string) => writeFile(cache, 'a file in its place')],
  ['log of the build cannot be written', (cache: string) => mkdir(join(cache, 'firedrill/builds/x.log'), { recursive: true })],
] as const) {
  test(`an image is built where the ${what}`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'firedrill-images-'));
    t.after(() => rm(folder, { recursive: true }));
    await mkdir(join(folder, 'image'));
    await writeFile(join(folder, 'image/Dockerfile'), 'FROM scratch\n');
    const cache = join(folder, 'cache');
    await spoil(cache);
    const { engine, built } = pretendEngine();
    const recipe = { name: 'x', folder: join(folder, 'image'), node: false, bundles: [] };
    await ensureImages(engine, { recipes: [recipe], environment: { XDG_CACHE_HOME: cache }, log: () => {} });
    assert.deepEqual(built, ['x:local']);
  });
}

test('a line that breaks while the engine is asked for an image says nothing of the image, and nothing is built in its place', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'firedrill-images-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\n');
  const { engine, built } = pretendEngine(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
  const recipe = { name: 'x', folder, node: false, bundles: [] };
  const environment = { XDG_CACHE_HOME: join(folder, 'cache') };
  await assert.rejects(ensureImages(engine, { recipes: [recipe], environment, log: () => {} }), /ECONNRESET/);
  assert.deepEqual(built, []);
});
