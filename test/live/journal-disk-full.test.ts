import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, rmdir, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readJournal } from '../../runners/journal/reader.ts';
import { assertRoomForJournal } from '../../runners/journal/room.ts';
import { openJournal } from '../../runners/journal/writer.ts';

/** A real file system of 64 KiB, unmounted when the test is over, also where a failed test left a file on it open. */
async function smallDisk(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'firedrill-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'firedrill-test', path]);
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      execFileSync('umount', ['--lazy', path]);
      await rmdir(path);
    },
  };
}

const note = (text: string) => ({ type: 'note', level: 'info', text }) as const;

test('a disk with too little room is refused before anything is touched, and nothing stays on it', async () => {
  await using disk = await smallDisk();
  await assert.rejects(assertRoomForJournal(disk.path), (error: Error) => {
    assert.match(error.message, /^0\.1 MiB are free under .*, the journal needs 64\.0 MiB$/);
    return 'code' in error && error.code === 'disk-full' && 'exitCode' in error && error.exitCode === 7;
  });
  const { bfree, blocks } = await statfs(disk.path);
  assert.equal(bfree, blocks);
});

test('when the disk fills up, the intent is refused, the file keeps whole lines, and goes on once there is room', async () => {
  await using disk = await smallDisk();
  const journal = await openJournal(disk.path);
  const ballast = join(disk.path, 'ballast');
  await journal.appendSynced(note('first'));
  await writeFile(ballast, Buffer.alloc(40_000));
  journal.append(note('a'.repeat(10_000)));
  journal.append(note('b'.repeat(60_000)));
  await assert.rejects(journal.appendSynced({ type: 'fault.intended', fault: 'dark' }), { code: 'disk-full', exitCode: 7 });
  assert.ok((await readFile(journal.path, 'utf8')).endsWith('\n'));
  assert.deepEqual((await readJournal(journal.path)).problems, []);
  await rm(ballast);
  execFileSync('mount', ['-o', 'remount,size=512k', disk.path]);
  await journal.appendSynced(note('room again'));
  await journal.close();
  const { events, cutOff, problems } = await readJournal(journal.path);
  assert.deepEqual([cutOff, problems], [false, []]);
  assert.deepEqual(
    events.map((event) => (event.type === 'note' ? event.text.slice(0, 5) : event.type)),
    ['first', 'aaaaa', 'bbbbb', 'room '],
  );
});
