import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findUnendedRuns } from '../../../runners/journal/reader.ts';

const line = (type: string) => `${JSON.stringify({ type, atMs: 1, wall: '2026-01-01T00:00:00.000Z', text: 'x'.repeat(5000) })}\n`;
const end = `${JSON.stringify({ type: 'run.ended', atMs: 2, wall: '2026-01-01T00:00:00.000Z' })}\n`;

test('runs without an end in order are found by the last lines of their journals', async () => {
  const root = await mkdtemp(join(tmpdir(), 'firedrill-unended-'));
  const journals = { ended: line('note') + end, dead: line('note'), cut: `${line('note')}{"type":"run.en`, empty: '' };
  for (const [id, text] of Object.entries(journals)) {
    await mkdir(join(root, id));
    await writeFile(join(root, id, 'journal.ndjson'), text);
  }
  try {
    assert.deepEqual((await findUnendedRuns(root)).map((run) => run.id).sort(), ['cut', 'dead', 'empty']);
  } finally {
    await rm(root, { recursive: true });
  }
});

test('a folder without runs has none', async () => {
  assert.deepEqual(await findUnendedRuns(join(tmpdir(), 'firedrill-nowhere')), []);
});
