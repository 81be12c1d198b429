import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseExperiment } from '../../experiments/language/parse.ts';
import { kinds } from '../../runners/cli/kinds.ts';

const page = readFileSync(new URL('../../docs/adding-a-fault.md', import.meta.url), 'utf8');

function blocks(language: string): string[] {
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, found, text]) => (found === language && text ? [text] : []));
}

test('the code that the page shows is the code that runs', () => {
  const [noop, pause, ...others] = blocks('ts');
  for (const [shown, file] of [
    [noop, 'noop'],
    [pause, 'container-pause'],
  ]) {
    assert.equal(shown, readFileSync(new URL(`../../runners/faults/${file}.ts`, import.meta.url), 'utf8'));
  }
  assert.deepEqual(others, []);
});

test('the experiment that the page shows parses', () => {
  for (const source of blocks('yaml')) {
    const parsed = parseExperiment(source, { file: 'page.yaml', kinds, environment: {}, variant: undefined });
    assert.deepEqual(parsed.ok ? [] : parsed.problems, []);
  }
  assert.equal(blocks('yaml').length, 1);
});

test('the files that the page names are there', () => {
  const names = [...page.matchAll(/`((?:runners|test|experiments)\/[a-z./-]+)`/g)].flatMap(([, name]) => name ?? []);
  assert.ok(names.length > 5);
  for (const name of names) assert.ok(existsSync(new URL(`../../${name}`, import.meta.url)), name);
});
