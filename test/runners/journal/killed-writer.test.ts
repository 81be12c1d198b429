import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { JOURNAL_FILE, readJournal } from '../../../runners/journal/reader.ts';
import { scratchFolder } from './folder.ts';

const writer = fileURLToPath(new URL('write-until-killed.ts', import.meta.url));

test('every event that was synced is read back after kill -9 of the writer, in order and without a problem', async () => {
  await using folder = await scratchFolder();
  const child = spawn(process.execPath, [writer, folder.path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let synced = -1;
  for await (const line of createInterface({ input: child.stdout })) {
    synced = Number(line);
    if (synced === 100) child.kill('SIGKILL');
  }
  if (child.signalCode === null) await once(child, 'exit');
  assert.equal(child.signalCode, 'SIGKILL');
  assert.ok(synced >= 100);
  const { events, problems } = await readJournal(join(folder.path, JOURNAL_FILE));
  const intents = events.flatMap((event) => (event.type === 'fault.intended' ? [Number(event.fault)] : []));
  assert.deepEqual(problems, []);
  assert.ok(intents.length > synced, `${intents.length} intents for ${synced + 1} confirmed`);
  assert.deepEqual(
    intents,
    intents.map((_, index) => index),
  );
});
