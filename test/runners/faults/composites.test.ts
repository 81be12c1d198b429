/** Every composite as a user writes it: parsed by the real language, expanded, and planned by the faults that it is made of. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compositeKind } from '../../../experiments/language/composite.ts';
import type { Experiment } from '../../../experiments/language/experiment.ts';
import { parseExperiment } from '../../../experiments/language/parse.ts';
import { kinds } from '../../../runners/cli/kinds.ts';
import { composites } from '../../../runners/faults/composites/index.ts';
import { faults } from '../../../runners/faults/index.ts';
import { planExperiment } from '../../../runners/runbook/plan.ts';
import { exampleTarget } from '../../helpers/example-run.ts';

/** The least that each needs, besides target, time and duration. */
const LEAST: Readonly<Record<string, string>> = {
  'region-blackout': 'duration: 30s',
  'replication-throttling': 'duration: 30s, to: other',
  'cache-eviction-storm': 'consent: not-undone',
  'synchronized-cron': 'consent: not-undone, command: [run-jobs]',
  'zone-degraded': 'duration: 30s',
  'dependency-brownout': 'duration: 30s, port: 8080',
};

function parse(step: string, more = '') {
  const text = `title: x\ntargets: {some: {service: some}, other: {service: other}}\nmethod:\n  - {at: 5s, target: some, ${step}}\n${more}`;
  return parseExperiment(text, { file: 'x.yaml', kinds, environment: {} });
}

function experimentOf(step: string, more?: string): Experiment {
  const parsed = parse(step, more);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.problems.map(({ message, hint }) => `${message}; ${hint}`).join('\n'));
  return parsed.experiment;
}

function planOf(experiment: Experiment) {
  const [some, other] = ['some', 'other'].map((name) => ({ ...exampleTarget(name), addresses: [`172.30.0.${name.length}`] }));
  assert.ok(some && other);
  const targets = new Map([
    ['some', [some]],
    ['other', [other]],
  ]);
  const system = [some, other, exampleTarget('third'), exampleTarget('fourth')];
  return planExperiment({ experiment, variant: undefined, project: 'shop', faults, targets, system, seed: 1 });
}

const stepsOf = (experiment: Experiment) => experiment.method.flatMap((step) => (step.type === 'fault' ? [step] : []));

describe('composites', () => {
  for (const { name, parts } of composites) {
    test(`${name} becomes the steps that it is made of, which its faults can plan`, () => {
      const experiment = experimentOf(`fault: ${name}, ${LEAST[name]}`);
      assert.deepEqual(
        stepsOf(experiment).map((step) => [step.fault, step.composite]),
        parts.map((part) => [part.fault, name]),
      );
      const plan = planOf(experiment);
      assert.deepEqual(
        plan.faults.map(({ kind, composite }) => [kind, composite]),
        parts.map((part) => [part.fault, name]),
      );
      assert.ok(plan.faults.every(({ operations }) => operations.operations.length > 0));
    });
  }

  test('parts are named by the step, begin at their offsets, and end with the composite', () => {
    const storm = stepsOf(experimentOf('fault: cache-eviction-storm, name: storm, consent: not-undone, share: 50%'));
    assert.deepEqual(
      storm.map(({ name, at, duration, settings }) => [name, at.ms, duration, settings['share']]),
      [
        ['storm.first', 5_000, undefined, '50%'],
        ['storm.second', 10_000, undefined, '50%'],
        ['storm.third', 15_000, undefined, '50%'],
      ],
    );
    const zone = stepsOf(experimentOf('fault: zone-degraded, duration: 20s, cpus: 0.25'));
    assert.deepEqual(
      zone.map(({ name, duration, settings }) => [name, duration?.ms, settings]),
      [
        ['zone-degraded.late', 20_000, { delay: '100ms' }],
        ['zone-degraded.lossy', 20_000, { share: '2%' }],
        ['zone-degraded.slow', 20_000, { cpus: 0.25 }],
      ],
    );
  });

  test('an objective goes by a part, and one that names the composite is told which there are', () => {
    const objective = (fault: string) =>
      `probes: {p: {probe: container, target: some}}\nobjectives: {o: {fault: ${fault}, good: {reading: p, tolerance: running}, throughout: true}}\n`;
    assert.equal(
      experimentOf('fault: zone-degraded, duration: 20s', objective('zone-degraded.slow')).objectives['o']?.fault,
      'zone-degraded.slow',
    );
    const parsed = parse('fault: zone-degraded, duration: 20s', objective('zone-degraded'));
    assert.ok(!parsed.ok && parsed.problems.some(({ message }) => message.includes("called 'zone-degraded'")));
  });

  test('settings are checked as those of the fault that they stand for', () => {
    const parsed = parse('fault: zone-degraded, duration: 20s, delay: 90s');
    assert.ok(!parsed.ok);
    assert.match(parsed.problems.map(({ message }) => message).join(), /'90s' is out of range/);
    const missing = parse('fault: synchronized-cron, consent: not-undone');
    assert.ok(!missing.ok && missing.problems.some(({ message }) => message.includes("'command'")));
  });

  test('what nobody can undo needs consent, and takes it to the parts that need it', () => {
    const parsed = parse('fault: cache-eviction-storm');
    assert.ok(!parsed.ok && parsed.problems.some(({ code }) => code === 'consent-missing'));
  });

  test('two that take the same of one container at the same time are refused', () => {
    const twice = experimentOf(
      'fault: zone-degraded, name: one, duration: 20s',
      '  - {at: 8s, fault: zone-degraded, name: two, target: some, duration: 5s}\n',
    );
    assert.throws(() => planOf(twice), { code: 'faults-overlap' });
  });

  test('one that is made of what there is not is refused when firedrill starts', () => {
    const made = (fault: string, setting: string) => () =>
      compositeKind(
        { name: 'c', summary: '', parameters: { p: { of: [fault, setting] } }, parts: [{ name: 'a', fault, settings: {} }] },
        faults,
      );
    assert.throws(made('no-such-fault', 'x'), /which is no fault/);
    assert.throws(made('cpu-throttle', 'x'), /no setting 'x'/);
    assert.equal(made('cpu-throttle', 'cpus')().lasting, true);
  });
});
