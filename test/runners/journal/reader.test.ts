import assert from 'node:assert/strict';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { findRuns, latestRun, parseJournal, readJournal } from '../../../runners/journal/reader.ts';
import { note, stamped } from './events-for-tests.ts';
import { scratchFolder } from './folder.ts';

const lines = (...values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const [one, two] = stamped(note('one'), note('two'));

test('a cut-off last line is tolerated, wherever it was cut', () => {
  const whole = lines(one, two);
  const length = lines(one).length;
  for (let cut = length + 1; cut < whole.length - 1; cut += 1) {
    assert.deepEqual(parseJournal(whole.slice(0, cut)), { events: [one], cutOff: true, problems: [] });
  }
  assert.deepEqual(parseJournal(whole.slice(0, -1)), { events: [one, two], cutOff: false, problems: [] });
});

test('a tail of zeros, as a lost power supply leaves it, is a cut-off line too', () => {
  assert.deepEqual(parseJournal(`${lines(one)}\0\0\0\0`), { events: [one], cutOff: true, problems: [] });
});

test('a line in the middle that is no JSON is reported by its number, and hides nothing', () => {
  const read = parseJournal(`${lines(one)}{"type":\n${lines(two)}`);
  assert.deepEqual(read, { events: [one, two], cutOff: false, problems: [{ line: 2, message: 'is not JSON' }] });
});

test('a type that this version does not know is reported, not fatal', () => {
  const { events, problems } = parseJournal(lines({ type: 'fault.teleported', atMs: 1, wall: 'w' }, two));
  assert.deepEqual(events, [two]);
  assert.deepEqual(problems, [{ line: 1, message: "has the type 'fault.teleported', which this version does not know" }]);
});

test('a line without a stamp, or without what its type needs, is reported', () => {
  const { events, problems } = parseJournal(
    lines({ type: 'note' }, 7, null, { type: 'fault.undone', fault: 'dark', atMs: 1, wall: 'w' }, one),
  );
  assert.deepEqual(events, [one]);
  assert.deepEqual(
    problems.map(({ line }) => line),
    [1, 2, 3, 4],
  );
  assert.equal(problems[3]?.message, 'is a fault.undone without undoneAtMs, readBack, acts');
});

test('an empty journal has no events and is not cut off', () => {
  assert.deepEqual(parseJournal(''), { events: [], cutOff: false, problems: [] });
});

test('a journal that is not there is said so by its path', async () => {
  await assert.rejects(readJournal('/nowhere/journal.ndjson'), {
    code: 'journal-missing',
    exitCode: 4,
    message: 'no journal can be read at /nowhere/journal.ndjson',
  });
});

test('runs are found oldest first; what is no run is passed over', async () => {
  await using folder = await scratchFolder();
  for (const id of ['20261121-100000-aaaa', '20261120-100000-zzzz', 'empty', '.hidden']) await mkdir(join(folder.path, id));
  for (const id of ['20261121-100000-aaaa', '20261120-100000-zzzz', '.hidden'])
    await writeFile(join(folder.path, id, 'journal.ndjson'), '');
  await symlink('20261120-100000-zzzz', join(folder.path, 'latest'));
  const runs = await findRuns(folder.path);
  assert.deepEqual(
    runs.map(({ id }) => id),
    ['20261120-100000-zzzz', '20261121-100000-aaaa'],
  );
  assert.equal(runs[0]?.journal, join(folder.path, '20261120-100000-zzzz', 'journal.ndjson'));
  assert.equal((await latestRun(folder.path))?.id, '20261120-100000-zzzz');
});

test('a link that points nowhere is passed over for the newest run', async () => {
  await using folder = await scratchFolder();
  await symlink('20261122-100000-gone', join(folder.path, 'latest'));
  assert.equal(await latestRun(folder.path), undefined);
  await mkdir(join(folder.path, '20261121-100000-aaaa'));
  await writeFile(join(folder.path, '20261121-100000-aaaa', 'journal.ndjson'), '');
  assert.equal((await latestRun(folder.path))?.id, '20261121-100000-aaaa');
  await rm(folder.path, { recursive: true });
  assert.deepEqual(await findRuns(folder.path), []);
});
