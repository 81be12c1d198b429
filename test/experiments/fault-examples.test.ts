/** Each fault has an experiment against the fabric: right as it is written, and within reach of what the fabric is. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import type { Experiment } from '../../experiments/language/experiment.ts';
import { parseExperiment } from '../../experiments/language/parse.ts';
import { formatProblems } from '../../experiments/language/problems.ts';
import { kinds } from '../../runners/cli/kinds.ts';
import { matches } from '../../runners/docker/selector.ts';
import type { Target } from '../../runners/faults/fault.ts';
import { faults } from '../../runners/faults/index.ts';
import { planExperiment } from '../../runners/runbook/plan.ts';

const root = fileURLToPath(new URL('../../experiments/', import.meta.url));
const compose = z.object({ services: z.record(z.string(), z.object({ labels: z.record(z.string(), z.string()) })) });

/** What the fabric has nothing for: no part of it runs under libfaketime, or has a call that changes it. `noop` needs none. */
const WITHOUT: readonly string[] = ['clock-skew', 'http-call', 'noop'];

function experimentAt(path: string): Experiment {
  const result = parseExperiment(readFileSync(`${root}${path}`, 'utf8'), { file: path, kinds, environment: {} });
  assert.ok(result.ok, result.ok ? '' : formatProblems(result.problems));
  return result.experiment;
}

/** The fabric's containers, as Compose would make them. */
function fabric(): readonly Target[] {
  const { services } = compose.parse(parseYaml(readFileSync(`${root}fabric/compose.yaml`, 'utf8'), { merge: true, maxAliasCount: 1000 }));
  return Object.entries(services).map(([service, { labels }], index) => ({
    id: `id-${service}`,
    name: `fabric_${service}_1`,
    service,
    project: 'fabric',
    labels,
    image: 'firedrill/fabric:local',
    state: 'running',
    addresses: [`172.30.0.${index + 2}`],
    persistent: false,
  }));
}

const system = fabric();
const examples = readdirSync(`${root}faults`).filter((name) => name.endsWith('.yaml'));
const library = readdirSync(root).filter((name) => name.endsWith('.yaml'));

/** The plan of an experiment of a folder against the fabric as Compose would make it. */
function planOf(experiment: Experiment, folder: string) {
  const targets = new Map(
    Object.entries(experiment.targets).map(([name, selector]) => [name, system.filter((target) => matches(target, selector))]),
  );
  return planExperiment({ experiment, variant: undefined, folder, project: 'fabric', faults, targets, system, seed: 1 });
}

test('each fault and composite is in an experiment, or it is said why not', () => {
  const used = [...library, ...examples.map((name) => `faults/${name}`)].flatMap((path) =>
    experimentAt(path).method.flatMap((step) => (step.type === 'fault' ? [step.fault, step.composite ?? ''] : [])),
  );
  const unused = kinds.faults.map(({ name }) => name).filter((name) => !used.includes(name) && !WITHOUT.includes(name));
  // Written out in the library, by the faults that they are made of.
  assert.deepEqual(unused, ['region-blackout', 'replication-throttling', 'cache-eviction-storm', 'synchronized-cron']);
});

for (const file of examples) {
  test(`faults/${file} can be planned, under its own limits, and its load outlasts what is asked of it`, () => {
    const experiment = experimentAt(`faults/${file}`);
    const plan = planOf(experiment, `${root}faults`);
    assert.ok(plan.faults.length > 0 && plan.faults.every(({ operations }) => operations.operations.length > 0));
    assert.ok(Object.keys(experiment.objectives).length > 0);
    const asked = Object.values(experiment.objectives).flatMap(({ after, ...objective }) => [
      objective['recovered-within']?.ms ?? 0,
      after?.within.ms ?? 0,
    ]);
    const loadMs = experiment.scenarios.map(({ settings }) => z.object({ duration: z.string() }).parse(settings).duration);
    for (const each of loadMs) assert.ok(Number.parseInt(each, 10) * 1000 >= plan.lastUndoMs + Math.max(...asked), each);
  });
}

for (const file of library) {
  test(`${file} can be planned, under its own limits, and every probe finds what it looks at`, () => {
    const experiment = experimentAt(file);
    const plan = planOf(experiment, root);
    assert.ok(plan.faults.length > 0 && plan.faults.every(({ operations }) => operations.operations.length > 0));
    for (const { name, target } of experiment.probes) {
      const selector = target === undefined ? undefined : experiment.targets[target];
      assert.ok(target === undefined || (selector && system.some((each) => matches(each, selector))), name);
    }
  });
}
