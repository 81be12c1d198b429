import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFile, open, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { FiredrillError } from '../../../runners/failure.ts';
import type { Event } from '../../../runners/journal/events.ts';
import { readJournal } from '../../../runners/journal/reader.ts';
import { type JournalClock, openJournal, reopenJournal } from '../../../runners/journal/writer.ts';
import { note } from './events-for-tests.ts';
import { scratchFolder } from './folder.ts';

/** A clock that stands still until it is moved. */
function handClock(): JournalClock & { passMs(ms: number): void } {
  let ms = 5000;
  return { monotonicMs: () => ms, wallMs: () => Date.UTC(2026, 10, 21) + ms, passMs: (passed) => (ms += passed) };
}

const texts = (events: readonly Event[]) => events.map((event) => (event.type === 'note' ? event.text : event.type));

test('events are stamped from the start of the run and read back as they were', async () => {
  await using folder = await scratchFolder();
  const clock = handClock();
  const journal = await openJournal(folder.path, clock);
  const first = journal.append({ type: 'phase', phase: 'steady-state' });
  clock.passMs(12.3456);
  const second = await journal.appendSynced({ type: 'fault.intended', fault: 'dark' });
  await journal.close();
  assert.deepEqual(first, { type: 'phase', phase: 'steady-state', atMs: 0, wall: '2026-11-21T00:00:05.000Z' });
  assert.equal(second.atMs, 12.346);
  assert.deepEqual(await readJournal(journal.path), { events: [first, second], cutOff: false, problems: [] });
});

test('a synced event is in the file, after all before it, when its promise resolves', async () => {
  await using folder = await scratchFolder();
  const journal = await openJournal(folder.path);
  for (let index = 0; index < 500; index += 1) journal.append(note(`buffered ${index}`));
  await journal.appendSynced(note('synced'));
  const { events } = await readJournal(journal.path);
  assert.equal(events.length, 501);
  assert.equal(texts(events).at(-1), 'synced');
  await journal.close();
});

test('buffered and synced events keep the order in which they were appended, for the file and for listeners', async () => {
  await using folder = await scratchFolder();
  const journal = await openJournal(folder.path);
  const heard: Event[] = [];
  journal.onEvent((event) => heard.push(event));
  const synced = Array.from({ length: 50 }, (_, index) => {
    journal.append(note(`${index} buffered`));
    return journal.appendSynced(note(`${index} synced`));
  });
  await Promise.all(synced);
  await journal.close();
  const expected = Array.from({ length: 50 }, (_, index) => [`${index} buffered`, `${index} synced`]).flat();
  assert.deepEqual(texts((await readJournal(journal.path)).events), expected);
  assert.deepEqual(texts(heard), expected);
});

test('a listener that throws is let go with a note, and the others go on hearing', async () => {
  await using folder = await scratchFolder();
  const journal = await openJournal(folder.path);
  const heard: Event[] = [];
  journal.onEvent(() => {
    throw new Error('the view is broken');
  });
  const stopHearing = journal.onEvent((event) => heard.push(event));
  journal.append(note('one'));
  journal.append(note('two'));
  stopHearing();
  journal.append(note('three'));
  await journal.close();
  assert.equal(heard.length, 3);
  const { events } = await readJournal(journal.path);
  assert.equal(
    events.filter((event) => event.type === 'note' && event.level === 'error' && event.text.includes('the view is broken')).length,
    1,
  );
  assert.equal(events.length, 4);
});

test('secrets are written nowhere, not in the experiment’s source nor inside a URL nor to a listener', async () => {
  await using folder = await scratchFolder();
  const secrets = ['p@ss"word', 'p@ss"word-longer', ''];
  const journal = await openJournal(folder.path, handClock(), { secrets });
  const heard: Event[] = [];
  journal.onEvent((event) => heard.push(event));
  const source = `url: redis://:${encodeURIComponent('p@ss"word')}@x\npassword: 'p@ss"word-longer'\nheaders: ${JSON.stringify({ key: 'p@ss"word' })}`;
  const machine = { token: 'p@ss"word', cores: 2 };
  journal.append({ type: 'run.started', runId: 'r', file: 'f.yaml', source, variant: undefined, version: '0', machine });
  await journal.close();
  const written = await readFile(journal.path, 'utf8');
  assert.doesNotMatch(written + JSON.stringify(heard), /p@ss|p%40ss|longer/);
  assert.match(written, /redis:\/\/:\*\*\*@x/);
  assert.match(written, /"cores":2/);
});

test('without secrets nothing is taken out', async () => {
  await using folder = await scratchFolder();
  const journal = await openJournal(folder.path, handClock(), { secrets: [''] });
  journal.append(note('p@ss"word'));
  await journal.close();
  assert.deepEqual(texts((await readJournal(journal.path)).events), ['p@ss"word']);
});

test('a disk that is full refuses the intent with exit code 7, and says so of what was buffered', async () => {
  await using folder = await scratchFolder();
  await symlink('/dev/full', join(folder.path, 'journal.ndjson'));
  const journal = await openJournal(folder.path);
  const failures: FiredrillError[] = [];
  journal.onFailure((failure) => failures.push(failure));
  journal.append(note('buffered'));
  await assert.rejects(journal.appendSynced({ type: 'fault.intended', fault: 'dark' }), (error) => {
    assert.ok(error instanceof FiredrillError);
    assert.deepEqual([error.code, error.exitCode], ['disk-full', 7]);
    assert.match(error.message, /is full \(ENOSPC\)/);
    return true;
  });
  assert.ok(failures.length > 0 && failures.every((failure) => failure.code === 'disk-full'));
  await assert.rejects(journal.close(), { code: 'disk-full' });
});

test('a disk that does not confirm in time refuses the intent, instead of holding the run up', async () => {
  await using folder = await scratchFolder();
  const path = join(folder.path, 'journal.ndjson');
  execFileSync('mkfifo', [path]);
  const reader = await open(path, 'r+');
  const journal = await openJournal(folder.path, undefined, { syncLimitMs: 20 });
  const tooMuchForAPipe = note('x'.repeat(200_000));
  await assert.rejects(journal.appendSynced(tooMuchForAPipe), {
    code: 'journal-unwritable',
    message: /did not confirm an event within 20 ms/,
  });
  const draining = (async () => {
    for (let bytes = 0; bytes < 200_000; ) bytes += (await reader.read(Buffer.alloc(65_536))).bytesRead;
  })();
  await draining;
  await assert.rejects(journal.close(), { exitCode: 7 });
  await reader.close();
});

test('a folder that holds a journal already is refused, and one that is missing is unwritable', async () => {
  await using folder = await scratchFolder();
  await writeFile(join(folder.path, 'journal.ndjson'), '{}\n');
  await assert.rejects(openJournal(folder.path), { code: 'journal-exists', exitCode: 70 });
  await assert.rejects(openJournal(join(folder.path, 'nowhere')), { code: 'journal-unwritable', exitCode: 7 });
});

test('nothing can be appended after the journal was closed, and closing twice is fine', async () => {
  await using folder = await scratchFolder();
  const journal = await openJournal(folder.path);
  await journal.close();
  await journal.close();
  assert.throws(() => journal.append(note('late')), { code: 'journal-closed', exitCode: 70 });
});

test('a dead run’s journal is gone on with: the cut-off line is taken away and time goes on', async () => {
  await using folder = await scratchFolder();
  const clock = handClock();
  const journal = await openJournal(folder.path, clock);
  journal.append(note('one'));
  clock.passMs(40);
  journal.append(note('two'));
  await journal.close();
  await appendFile(journal.path, '{"type":"note","lev');
  clock.passMs(1000);
  const again = await reopenJournal(folder.path, clock);
  again.append(note('three'));
  await again.close();
  const { events, cutOff, problems } = await readJournal(again.path);
  assert.deepEqual([texts(events), cutOff, problems], [['one', 'two', 'three'], false, []]);
  assert.equal(events.at(-1)?.atMs, 1040);
});

test('a last line that lacks only its line end is kept, and time never goes back when the wall clock does', async () => {
  await using folder = await scratchFolder();
  const path = join(folder.path, 'journal.ndjson');
  await writeFile(path, '{"type":"note","level":"info","text":"one","atMs":700,"wall":"2999-01-01T00:00:00.000Z"}');
  const again = await reopenJournal(folder.path, handClock());
  again.append(note('two'));
  await again.close();
  const { events, problems } = await readJournal(path);
  assert.deepEqual([texts(events), problems], [['one', 'two'], []]);
  assert.equal(events.at(-1)?.atMs, 700);
});
