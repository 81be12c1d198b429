import assert from 'node:assert/strict';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { LineFile, WAITING_BYTES_MAX } from '../../../runners/journal/line-file.ts';
import { scratchFolder } from './folder.ts';

const failures: string[] = [];
const onFailure = (error: Error) => failures.push(error.message);

test('a synced line that follows right after another is written too', { timeout: 10_000 }, async () => {
  await using folder = await scratchFolder();
  const path = join(folder.path, 'lines');
  const file = await LineFile.open(path, { onFailure });
  await file.writeSynced('a');
  await file.writeSynced('b');
  await file.writeSynced('c');
  assert.equal(await readFile(path, 'utf8'), 'a\nb\nc\n');
  await file.close();
});

test('what is opened again is appended to, after cutting back what is not to be kept', async () => {
  await using folder = await scratchFolder();
  const path = join(folder.path, 'lines');
  await writeFile(path, 'a\nhalf');
  const file = await LineFile.open(path, { keepBytes: 2, onFailure });
  file.write('b');
  await file.close();
  assert.equal(await readFile(path, 'utf8'), 'a\nb\n');
});

test('a line of several megabytes is written whole, between its neighbours', async () => {
  await using folder = await scratchFolder();
  const path = join(folder.path, 'lines');
  const file = await LineFile.open(path, { onFailure });
  const long = 'ü'.repeat(3_000_000);
  for (const text of ['before', long, 'after']) file.write(text);
  await file.close();
  assert.equal(await readFile(path, 'utf8'), `before\n${long}\nafter\n`);
});

test('while the disk is full memory is bounded: what goes beyond is lost, and closing fails', async () => {
  await using folder = await scratchFolder();
  const path = join(folder.path, 'lines');
  await symlink('/dev/full', path);
  const file = await LineFile.open(path, { onFailure });
  const mebibyte = 'x'.repeat(1_048_575);
  for (let written = 0; written < 2 * WAITING_BYTES_MAX; written += 1_048_576) file.write(mebibyte);
  assert.equal(file.waitingBytes, WAITING_BYTES_MAX);
  await assert.rejects(file.close(), { code: 'disk-full' });
  assert.match(failures.at(-1) ?? '', /is full/);
});
