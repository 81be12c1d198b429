import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { z } from 'zod';
import { parseExperiment } from '../../experiments/language/parse.ts';
import { probes } from '../../probes/index.ts';
import { kinds } from '../../runners/cli/kinds.ts';
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

test('settings that do not fit together are refused with their place, of named probes and of those in place', () => {
  const source = [
    'title: Misfits',
    'probes:',
    '  page: {probe: prometheus, page: "http://127.0.0.1/metrics"}',
    'steady-state-hypothesis:',
    '  - {probe: tcp, host: a, port: 25, read: answer, tolerance: true}',
  ].join('\n');
  const parsed = parseExperiment(source, { file: 'misfits.yaml', kinds, environment: {} });
  assert.deepEqual(parsed.ok ? [] : parsed.problems.map(({ code, line, column, message }) => [code, line, column, message]), [
    ['misfit', 3, 10, "prometheus needs 'series'"],
    ['misfit', 5, 37, 'an answer is read that nothing is expected of'],
  ]);
});

test('a probe that is told nowhere to look is refused where it is written', () => {
  const source = [
    'title: Nowhere',
    'targets: {cache: {service: redis}}',
    'probes:',
    '  one: {probe: redis}',
    '  two: {probe: heartbeat, interval: 1s, of: {probe: log, pattern: tick}}',
    '  three: {probe: tcp, port: 80}',
    '  four: {probe: redis, target: cache}',
    '  five: {probe: sql, query: select 1, url: "mysql://127.0.0.1/shop"}',
    '  six: {probe: heartbeat, interval: 1s, of: {probe: redis, url: "redis://127.0.0.1"}}',
  ].join('\n');
  const parsed = parseExperiment(source, { file: 'nowhere.yaml', kinds, environment: {} });
  assert.deepEqual(
    parsed.ok ? [] : parsed.problems.map(({ code, line, message }) => `${code} ${line} ${message}`),
    ['redis', 'heartbeat', 'tcp'].map(
      (kind, index) => `missing-key ${index + 4} probe '${kind}' is told nowhere to look: it needs a target or an address`,
    ),
  );
});

test('a heartbeat of a probe that cannot beat, or with a mistyped key of it, is explained at its place', () => {
  const source = [
    'title: Beats',
    'probes:',
    '  one: {probe: heartbeat, interval: 1s, of: {probe: reddis, command: [GET, beat]}}',
    '  two: {probe: heartbeat, interval: 1s, of: {probe: redis, comand: [GET, beat], url: "redis://a"}}',
  ].join('\n');
  const parsed = parseExperiment(source, { file: 'beats.yaml', kinds, environment: {} });
  assert.deepEqual(parsed.ok ? [] : parsed.problems.map(({ code, line, column, hint }) => [code, line, column, hint]), [
    ['unknown-kind', 3, 53, "did you mean 'redis'?"],
    ['unknown-key', 4, 60, "did you mean 'command'?"],
  ]);
});
