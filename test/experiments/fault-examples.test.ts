/** Each fault has an experiment: right as it is written, and within reach of what its system is. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
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

/** What no system here has anything for: no part runs under libfaketime. `noop` needs none. */
const WITHOUT: readonly string[] = ['clock-skew', 'noop'];

function experimentAt(path: string): Experiment {
  const result = parseExperiment(readFileSync(`${root}${path}`, 'utf8'), { file: path, kinds, environment: {} });
  assert.ok(result.ok, result.ok ? '' : formatProblems(result.problems));
  return result.experiment;
}

/** A system's containers, as Compose would make them. */
function containersOf(composeFile: string): readonly Target[] {
  const { services } = compose.parse(parseYaml(readFileSync(composeFile, 'utf8'), { merge: true, maxAliasCount: 1000 }));
  const project = basename(dirname(composeFile));
  return Object.entries(services).map(([service, { labels }], index) => ({
    id: `id-${service}`,
    name: `${project}_${service}_1`,
    service,
    project,
    labels,
    image: `firedrill/${project}:local`,
    state: 'running',
    addresses: [`172.30.0.${index + 2}`],
    persistent: false,
  }));
}

const examples = readdirSync(`${root}faults`).filter((name) => name.endsWith('.yaml'));
const library = readdirSync(root).filter((name) => name.endsWith('.yaml'));

/** An experiment of a folder, planned against its own system as Compose would make it. */
function planIn(folder: string, file: string) {
  const experiment = experimentAt(join(folder, file));
  assert.ok(experiment.system, `${file} names no system`);
  const system = containersOf(join(root, folder, experiment.system.compose));
  const targets = new Map(
    Object.entries(experiment.targets).map(([name, selector]) => [name, system.filter((target) => matches(target, selector))]),
  );
  const project = system[0]?.project;
  const plan = planExperiment({ experiment, variant: undefined, folder: join(root, folder), project, faults, targets, system, seed: 1 });
  return { experiment, system, plan };
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
    const { experiment, plan } = planIn('faults', file);
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
    const { experiment, system, plan } = planIn('', file);
    assert.ok(plan.faults.length > 0 && plan.faults.every(({ operations }) => operations.operations.length > 0));
    for (const { name, target } of experiment.probes) {
      const selector = target === undefined ? undefined : experiment.targets[target];
      assert.ok(target === undefined || (selector && system.some((each) => matches(each, selector))), name);
    }
  });
}
