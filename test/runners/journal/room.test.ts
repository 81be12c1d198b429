import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertRoomForJournal } from '../../../runners/journal/room.ts';
import { scratchFolder } from './folder.ts';

test('a folder with room is fine, is made where it is missing, and nothing stays in it', async () => {
  await using folder = await scratchFolder();
  const directory = join(folder.path, 'runs');
  await assertRoomForJournal(directory);
  assert.deepEqual(await readdir(directory), []);
});

test('a place that cannot be written to is refused with exit code 7', async () => {
  await using folder = await scratchFolder();
  await writeFile(join(folder.path, 'file'), '');
  await assert.rejects(assertRoomForJournal(join(folder.path, 'file')), { code: 'journal-unwritable', exitCode: 7 });
});

test('a trial file that cannot be written is refused, though there is room by the figures', async () => {
  await using folder = await scratchFolder();
  await mkdir(join(folder.path, `.room-${process.pid}`));
  await assert.rejects(assertRoomForJournal(folder.path), { exitCode: 7 });
});
