import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { parseExperiment } from '../../../experiments/language/parse.ts';
import { formatProblems } from '../../../experiments/language/problems.ts';
import { mechanisms } from '../../../runners/agent/mechanisms.ts';
import { updateDocs } from '../../../runners/cli/docs.ts';
import { kinds } from '../../../runners/cli/kinds.ts';
import { faults } from '../../../runners/faults/index.ts';

const page = (name: string): string => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');

describe('generated files', () => {
  let root = '';
  before(() => {
    root = `${mkdtempSync(join(tmpdir(), 'firedrill-docs-'))}/`;
    for (const folder of ['docs', 'experiments', 'reports']) mkdirSync(join(root, folder));
    writeFileSync(join(root, 'README.md'), '# mine\n<!-- generated:kinds -->\nold\n<!-- /generated -->\nkept\n');
    writeFileSync(join(root, 'docs/figures.md'), '# figures\n<!-- generated:mechanisms -->\n<!-- /generated -->\n');
    writeFileSync(join(root, 'docs/k6.md'), '# k6\n<!-- generated:script-options -->\n<!-- /generated -->\n');
    writeFileSync(join(root, 'docs/file-format.md'), '# format\n<!-- generated:limits -->\n<!-- /generated -->\n');
  });
  after(() => rmSync(root, { recursive: true }));

  test('that are stale are named by a check, which writes nothing', () => {
    const stale = updateDocs(root, kinds, true);
    const pages = ['docs/file-format.md', 'README.md', 'docs/figures.md', 'docs/k6.md'];
    assert.deepEqual(stale, [
      'experiments/experiment.schema.json',
      'reports/report.schema.json',
      'reports/set-report.schema.json',
      ...pages,
    ]);
    assert.match(readFileSync(join(root, 'README.md'), 'utf8'), /old/);
  });

  test('are written between their markers, and are not stale then', () => {
    updateDocs(root, kinds, false);
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    assert.match(readme, /^# mine\n<!-- generated:kinds -->\n\| fault \|[\s\S]*`network-blackout`[\s\S]*<!-- \/generated -->\nkept\n$/);
    assert.match(readFileSync(join(root, 'docs/file-format.md'), 'utf8'), /`max-share` \| share \| `50%`/);
    assert.equal(JSON.parse(readFileSync(join(root, 'experiments/experiment.schema.json'), 'utf8')).title, 'firedrill experiment');
    assert.deepEqual(updateDocs(root, kinds, true), []);
  });

  test('become stale when a kind changes', () => {
    updateDocs(root, kinds, false);
    const renamed = { ...kinds, faults: kinds.faults.map((fault) => ({ ...fault, name: `${fault.name}-2` })) };
    assert.deepEqual(updateDocs(root, renamed, true), ['experiments/experiment.schema.json', 'README.md']);
  });

  test('with a marker that names no section are refused', () => {
    writeFileSync(join(root, 'README.md'), '<!-- generated:faluts -->\n<!-- /generated -->\n');
    assert.throws(() => updateDocs(root, kinds, true), /no generated section is called 'faluts'/);
  });
});

test('every mechanism that counts as executed names the tests that did, and those are there', () => {
  assert.equal(new Set(mechanisms.map(({ name }) => name)).size, mechanisms.length);
  for (const { name, executed, tests } of mechanisms) {
    if (executed === true)
      assert.ok(
        tests.some((each) => each.startsWith('live/')),
        `${name}: only a live test executes it`,
      );
    for (const each of tests) assert.ok(existsSync(new URL(`../../${each}`, import.meta.url)), `${name}: ${each}`);
  }
});

test('every fault goes by a mechanism that was executed, and mechanisms name no other', () => {
  const named = (all: typeof mechanisms) => new Set(all.flatMap(({ faults: each = [] }) => each));
  const known = faults.map(({ name }) => name).filter((name) => name !== 'noop');
  assert.deepEqual(
    [...named(mechanisms)].filter((name) => !known.includes(name)),
    [],
  );
  const executed = named(mechanisms.filter((each) => each.executed === true));
  assert.deepEqual(
    known.filter((name) => !executed.has(name)),
    [],
  );
});

for (const name of ['docs/file-format.md', 'README.md']) {
  test(`the whole experiment shown in ${name} is a right one`, () => {
    const example = [...page(name).matchAll(/```yaml\n([\s\S]*?)```/g)]
      .map(([, text = '']) => text)
      .find((text) => text.includes('title:'));
    assert.ok(example !== undefined);
    const result = parseExperiment(example, { file: name, kinds, environment: {} });
    assert.ok(result.ok, result.ok ? '' : formatProblems(result.problems));
  });
}

test('the experiments of the library fit the schema that editors are given', () => {
  const folder = new URL('../../../experiments/', import.meta.url);
  const schema = z.fromJSONSchema(JSON.parse(readFileSync(new URL('experiment.schema.json', folder), 'utf8')));
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  assert.ok(files.length > 0);
  for (const name of files) {
    const result = schema.safeParse(parseYaml(readFileSync(new URL(name, folder), 'utf8')));
    assert.ok(result.success, `${name}: ${result.error?.message}`);
  }
});
