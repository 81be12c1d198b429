/** Experiments of the library that show a row of evidence: what each asks, and that its protection is the only thing that its variant changes. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseExperiment } from '../../experiments/language/parse.ts';
import { formatProblems } from '../../experiments/language/problems.ts';
import { kinds } from '../../runners/cli/kinds.ts';

const root = fileURLToPath(new URL('../../experiments/', import.meta.url));

function experimentAt(path: string, variant?: string) {
  const result = parseExperiment(readFileSync(`${root}${path}`, 'utf8'), { file: path, kinds, environment: {}, variant });
  assert.ok(result.ok, result.ok ? '' : formatProblems(result.problems));
  return result.experiment;
}

for (const file of readdirSync(root).filter((name) => name.endsWith('.yaml'))) {
  test(`${file} has an unprotected variant, which differs in one switch of the system alone`, () => {
    const { system: protectedSystem, variants: _, ...held } = experimentAt(file);
    const { system, variants: __, ...broken } = experimentAt(file, 'unprotected');
    assert.deepEqual(broken, held);
    const changed = Object.entries(system?.environment ?? {}).filter(([name, value]) => protectedSystem?.environment[name] !== value);
    assert.equal(changed.length, 1, JSON.stringify(changed));
    assert.equal(changed[0]?.[1], 'off');
  });
}

test('in replication-throttling a real browser has to see a channel play in Europe, before and since the fault', () => {
  const { probes, hypothesis, objectives } = experimentAt('replication-throttling.yaml');
  const viewer = probes.find(({ probe }) => probe === 'browser');
  assert.ok(viewer);
  const [open, plays] = Array.isArray(viewer.settings['steps']) ? viewer.settings['steps'] : [];
  assert.match(open?.open, /viewer=eu-central-1&watch=\/live\/channel-1$/);
  assert.ok(plays?.plays);
  assert.ok(hypothesis.some((condition) => 'reading' in condition && condition.reading === viewer.name));
  const since = objectives['no-errors']?.since;
  assert.ok(since && 'reading' in since && since.reading === viewer.name);
});
