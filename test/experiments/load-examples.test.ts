/** The examples of loads say nothing that is wrong, files beside them included. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseExperiment } from '../../experiments/language/parse.ts';
import { formatProblems } from '../../experiments/language/problems.ts';
import { experimentFiles } from '../../runners/cli/experiment-files.ts';
import { kinds } from '../../runners/cli/kinds.ts';
import { planScenarios } from '../../runners/load/generator/plan-scenarios.ts';

const folder = fileURLToPath(new URL('../../experiments/load/', import.meta.url));
const examples = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

test('there is an example of each executor, of chains, and of a start that waits for a fault', () => {
  assert.deepEqual(examples.toSorted(), ['log-in-and-buy.yaml', 'rush-after-the-outage.yaml', 'six-executors.yaml']);
});

for (const file of examples) {
  test(`${file} is right, and can be planned`, () => {
    const result = parseExperiment(readFileSync(`${folder}${file}`, 'utf8'), {
      file,
      kinds,
      environment: {},
      files: experimentFiles(folder),
    });
    assert.ok(result.ok, result.ok ? '' : formatProblems(result.problems));
    const planned = planScenarios(result.experiment.scenarios);
    assert.ok(planned.length > 0 && planned.every(({ plan }) => plan.durationMs > 0));
    if (file === 'six-executors.yaml') assert.equal(new Set(planned.map(({ scenario }) => scenario.executor)).size, 6);
  });
}
