import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { extract } from 'tar-stream';
import { type ImportEngine, importFolder } from '../../../runners/docker/folder-import.ts';

test('a folder becomes an image with everything that is in it', async (t) => {
  const { engine, images } = pretendEngine();
  await importFolder(engine, { folder: await folderOf(t), repo: 'x', tag: 'y', changes: [] });
  assert.deepEqual([...images], [['x:y', ['./', './file']]]);
});

test('a folder that cannot be read whole leaves no image', async (t) => {
  const { engine, images } = pretendEngine();
  const folder = join(await folderOf(t), 'is-not-there');
  await assert.rejects(importFolder(engine, { folder, repo: 'x', tag: 'y', changes: [] }), {
    message: /tar could not read all of it \(exit 2\)/,
  });
  assert.deepEqual([...images], []);
});

test('a machine without tar is told so', { timeout: 20_000 }, async (t) => {
  const path = process.env['PATH'];
  t.after(() => {
    process.env['PATH'] = path;
  });
  const folder = await folderOf(t);
  process.env['PATH'] = folder;
  const { engine, images } = pretendEngine();
  await assert.rejects(importFolder(engine, { folder, repo: 'x', tag: 'y', changes: [] }), { message: /^tar: .*ENOENT/ });
  assert.deepEqual([...images], []);
});

test('an engine that refuses the folder is quoted', async (t) => {
  const { engine } = pretendEngine();
  const refusing = { ...engine, importImage: () => Promise.resolve(Readable.from(['{"error":"no space left on device"}\n'])) };
  await assert.rejects(importFolder(refusing, { folder: await folderOf(t), repo: 'x', tag: 'y', changes: [] }), {
    message: 'no space left on device',
  });
});

test('an engine that never answers is given up', { timeout: 20_000 }, async (t) => {
  const { engine } = pretendEngine();
  const silent = { ...engine, importImage: () => new Promise<never>(() => undefined) };
  await assert.rejects(importFolder(silent, { folder: await folderOf(t), repo: 'x', tag: 'y', changes: [], limitMs: 50 }), {
    message: 'the engine has not taken it within 0.05 s',
  });
});

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'firedrill-import-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'file'), 'x');
  return folder;
}

/** An engine that takes whatever it is given for an image, as a real one does; `images` says what each holds. */
function pretendEngine() {
  const images = new Map<string, string[]>();
  const engine: ImportEngine = {
    getImage: (name) => ({
      remove: async () => images.delete(name),
    }),
    async importImage(archive, options) {
      const { repo, tag } = options as { repo: string; tag: string };
      const held: string[] = [];
      const entries = archive.pipe(extract());
      for await (const entry of entries) {
        held.push(entry.header.name);
        entry.resume();
      }
      images.set(`${repo}:${tag}`, held);
      return Readable.from(['{"status":"sha256:1"}\n']);
    },
  };
  return { engine, images };
}
