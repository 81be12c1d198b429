import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { z } from 'zod';
import { probes } from '../../probes/index.ts';
import { look } from './looking.ts';

test('every file that defines a probe is in the list, under its own name', async () => {
  const folder = new URL('../../probes/', import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts') && file !== 'probe.ts');
  const sources = await Promise.all(files.map(async (file) => ({ file, source: await readFile(new URL(file, folder), 'utf8') })));
  const defining = sources.filter(({ source }) => source.includes('defineProbe({')).map(({ file }) => file.replace('.ts', ''));
  assert.deepEqual(probes.map((probe) => probe.name).sort(), defining.sort());
});

test('every setting of every probe is strict, and has a JSON Schema for editors', () => {
  for (const probe of probes) {
    const schema = z.toJSONSchema(probe.settings, { io: 'input' });
    assert.equal(schema.additionalProperties, false, probe.name);
  }
});

test('no setting of a probe takes a key that every probe has', () => {
  const common = ['probe', 'name', 'target', 'every', 'timeout', 'tolerance', 'threshold', 'over', 'min-samples', 'per'];
  for (const probe of probes)
    assert.deepEqual(
      Object.keys(probe.settings.shape).filter((key) => common.includes(key)),
      [],
      probe.name,
    );
});

test('noop reads what it was told to', async () => {
  const noop = probes.find((probe) => probe.name === 'noop');
  assert.ok(noop);
  assert.deepEqual(await look(noop, {}), { status: 'ok', value: true });
  assert.deepEqual(await look(noop, { value: 4.5 }), { status: 'ok', value: 4.5 });
});
