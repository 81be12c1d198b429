import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { SCREENSHOT_BYTES_MAX, SCREENSHOT_PATH, SCREENSHOTS_MAX, screenshotsIn } from '../../../runners/runbook/screenshots.ts';
import { scratchFolder } from '../journal/folder.ts';

test('screenshots lie in the run’s folder under the path that the journal gets, as many as the limit', async () => {
  await using folder = await scratchFolder();
  const keep = screenshotsIn(folder.path);
  const first = await keep(Buffer.from('one'));
  assert.equal(first, 'screenshots/01.jpg');
  assert.match(first, SCREENSHOT_PATH);
  assert.equal(await readFile(join(folder.path, first), 'utf8'), 'one');
  for (let number = 2; number <= SCREENSHOTS_MAX; number += 1) assert.ok(await keep(Buffer.from('more')));
  assert.equal(await keep(Buffer.from('too many')), undefined);
  assert.equal((await readdir(join(folder.path, 'screenshots'))).length, SCREENSHOTS_MAX);
});

test('one that is too large, or that the disk does not take, is no screenshot and no error', async () => {
  await using folder = await scratchFolder();
  assert.equal(await screenshotsIn(folder.path)(Buffer.alloc(SCREENSHOT_BYTES_MAX + 1)), undefined);
  await writeFile(join(folder.path, 'screenshots'), 'in the way');
  assert.equal(await screenshotsIn(folder.path)(Buffer.from('one')), undefined);
});
