import assert from 'node:assert/strict';
import { mkdir, readdir, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRunDirectory, newRunId, pointLatest, runsFolder } from '../../../runners/journal/run-directory.ts';
import { scratchFolder } from './folder.ts';

const now = new Date('2026-11-21T14:03:22.987Z');

test('an id reads as a time, sorts by it, and is fit for a container’s name', () => {
  const id = newRunId(now, () => 0.999);
  assert.equal(id, '20261121-140322-zzzz');
  assert.ok(id < newRunId(new Date('2026-11-21T14:03:23Z'), () => 0));
  assert.match(id, /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/);
});

test('a run gets a folder that nobody had', async () => {
  await using folder = await scratchFolder();
  const root = runsFolder(folder.path);
  const draws = [0, 0, 0, 0, 0, 0, 0, 0, 0.5, 0.5, 0.5, 0.5];
  const random = () => draws.shift() ?? 0;
  const first = await createRunDirectory(root, now, random);
  const second = await createRunDirectory(root, now, random);
  assert.deepEqual([first.id, second.id], ['20261121-140322-0000', '20261121-140322-iiii']);
  assert.deepEqual((await readdir(root)).sort(), [first.id, second.id]);
  await assert.rejects(
    createRunDirectory(root, now, () => 0),
    { code: 'run-id-taken' },
  );
});

test('a folder that cannot be made is said so with exit code 7', async () => {
  await using folder = await scratchFolder();
  await writeFile(join(folder.path, 'file'), '');
  await assert.rejects(
    createRunDirectory(join(folder.path, 'file'), now, () => 0),
    { code: 'journal-unwritable', exitCode: 7 },
  );
});

test('latest points at the newest run, is never missing while it is swapped, and leaves nothing beside it', async () => {
  await using folder = await scratchFolder();
  const root = folder.path;
  for (const id of ['a', 'b']) await mkdir(join(root, id));
  await pointLatest(root, 'a');
  const seen = new Set<string>();
  let swapping = true;
  const reading = (async () => {
    while (swapping) seen.add(await readlink(join(root, 'latest')));
  })();
  for (let round = 0; round < 50; round += 1) await pointLatest(root, round % 2 === 0 ? 'b' : 'a');
  swapping = false;
  await reading;
  assert.deepEqual([...seen].sort(), ['a', 'b']);
  assert.deepEqual((await readdir(root)).sort(), ['a', 'b', 'latest']);
});

test('something else in the place of latest is left alone, with an error', async () => {
  await using folder = await scratchFolder();
  await mkdir(join(folder.path, 'latest', 'mine'), { recursive: true });
  await assert.rejects(pointLatest(folder.path, 'a'), { code: 'journal-unwritable' });
  assert.deepEqual(await readdir(folder.path), ['latest']);
});
