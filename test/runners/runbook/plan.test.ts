import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FiredrillError } from '../../../runners/failure.ts';
import { containerPause } from '../../../runners/faults/container-pause.ts';
import { containerStop } from '../../../runners/faults/container-stop.ts';
import type { Target } from '../../../runners/faults/fault.ts';
import { httpCall } from '../../../runners/faults/http-call.ts';
import { planExperiment } from '../../../runners/runbook/plan.ts';
import { exampleExperiment, exampleFault, exampleTarget } from '../../helpers/example-run.ts';

const system = ['a', 'b', 'c', 'd'].map((name, index) => exampleTarget(name, { region: index < 2 ? 'east' : 'west' }));
const [a, b, c] = system as [Target, Target, Target, Target];

function planWith(overrides: Partial<Parameters<typeof planExperiment>[0]> = {}) {
  return planExperiment({
    experiment: exampleExperiment(),
    variant: undefined,
    project: 'shop',
    faults: [exampleFault()],
    targets: new Map([['east', [a, b]]]),
    system,
    seed: 1,
    ...overrides,
  });
}

function refusal(act: () => unknown): FiredrillError {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof FiredrillError);
    return error;
  }
  throw new assert.AssertionError({ message: 'it was not refused' });
}

test('a plan counts the containers it touches, of all in the system and in each region', () => {
  assert.deepEqual(planWith().blastRadius, {
    touched: 2,
    total: 4,
    regions: [
      { region: 'east', touched: 2, total: 2 },
      { region: 'west', touched: 0, total: 2 },
    ],
  });
});

test('a plan puts its faults on an absolute timeline that ends after the watch', () => {
  const plan = planWith();
  assert.deepEqual(
    plan.faults.map((fault) => [fault.name, fault.atMs, fault.durationMs]),
    [['blackout', 5000, 3000]],
  );
  assert.equal(plan.lastUndoMs, 8000);
  assert.equal(plan.endMs, 8000 + exampleExperiment().watch.ms);
});

test('a target that selects nothing is refused with the exit code of unfit ground', () => {
  assert.equal(refusal(() => planWith({ targets: new Map([['east', []]]) })).exitCode, 7);
});

test('a container that is paused or in a restart loop is refused with its name and what to type', () => {
  const paused = { ...b, state: 'paused' };
  const targets = new Map([['east', [a, paused]]]);
  const experiment = exampleExperiment({ fault: 'container-stop' });
  const refused = refusal(() => planWith({ targets, faults: [containerStop], experiment }));
  assert.deepEqual([refused.code, refused.exitCode], ['target-unfit', 7]);
  assert.match(`${refused.message} ${refused.hint}`, /needs containers that run: b is paused\. .*docker unpause b/);
  assert.equal(planWith({ targets }).faults.length, 1, 'a fault that needs no running container is none the worse');
});

test('more containers than max-targets are refused, with both figures', () => {
  const experiment = { ...exampleExperiment(), limits: { ...exampleExperiment().limits, maxTargets: 1 } };
  assert.match(refusal(() => planWith({ experiment })).message, /2 containers; its limit is 1/);
});

test('a larger share than max-share is refused, and exactly the limit is not', () => {
  const limited = (maxShare: number) => ({ ...exampleExperiment(), limits: { ...exampleExperiment().limits, maxShare } });
  assert.match(refusal(() => planWith({ experiment: limited(0.49) })).message, /2 of 4 containers \(50%\); its limit is 49%/);
  assert.equal(planWith({ experiment: limited(0.5) }).faults.length, 1);
});

test('a fault that nobody can undo needs consent in the file', () => {
  const faults = [exampleFault({ undoneBy: 'none' })];
  assert.match(refusal(() => planWith({ faults })).hint ?? '', /consent: not-undone/);
  assert.equal(planWith({ faults, experiment: exampleExperiment({ consent: 'not-undone' }) }).faults.length, 1);
});

test('where it depends on the settings who can undo it, the plan says so, and asks for consent by that', () => {
  const step = (settings: Record<string, unknown>, more: object = {}) => exampleExperiment({ fault: 'http-call', settings, ...more });
  const planCall = (experiment: ReturnType<typeof step>) => planWith({ faults: [httpCall], experiment }).faults[0]?.undoneBy;
  const url = 'http://flags/dark';
  assert.equal(planCall(step({ url, undo: { url } })), 'agent');
  assert.match(refusal(() => planCall(step({ url }))).hint ?? '', /consent: not-undone/);
  assert.equal(planCall(step({ url }, { consent: 'not-undone' })), 'none');
});

test('a fault that destroys data on a volume needs irreversible: accept as well', () => {
  const faults = [exampleFault({ undoneBy: 'none', destroysData: true })];
  const targets = new Map([['east', [{ ...a, persistent: true }]]]);
  const experiment = exampleExperiment({ consent: 'not-undone' });
  assert.match(refusal(() => planWith({ faults, targets, experiment })).hint ?? '', /irreversible: accept/);
  assert.equal(
    planWith({ faults, targets, experiment: exampleExperiment({ consent: 'not-undone', irreversible: 'accept' }) }).faults.length,
    1,
  );
});

test('two faults that take the same of one container at the same time are refused, and apart they are not', () => {
  const faults = [containerPause, containerStop];
  const stepsAt = (secondAtMs: number, target: string) => ({
    ...exampleExperiment({ name: 'freeze', fault: 'container-pause' }),
    method: [
      exampleExperiment({ name: 'freeze', fault: 'container-pause' }).method,
      exampleExperiment({ name: 'halt', fault: 'container-stop', at: { ms: secondAtMs }, target }).method,
    ].flat(),
  });
  const targets = new Map([
    ['east', [a, b]],
    ['b', [b]],
    ['c', [c]],
  ]);
  const planAt = (secondAtMs: number, target = 'b') => planWith({ faults, targets, experiment: stepsAt(secondAtMs, target) });
  const refused = refusal(() => planAt(7000));
  assert.equal(refused.message, "The faults 'freeze' and 'halt' both take the state of b at the same time.");
  assert.equal(refused.exitCode, 3);
  assert.match(refusal(() => planAt(8999)).message, /'freeze' and 'halt'/);
  assert.equal(planAt(9000).faults.length, 2);
  assert.equal(planAt(7000, 'c').faults.length, 2);
});
