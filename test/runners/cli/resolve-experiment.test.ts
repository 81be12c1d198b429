import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CONFIG_FILE } from '../../../runners/cli/config.ts';
import { resolveExperiment } from '../../../runners/cli/resolve-experiment.ts';
import type { ContainerLine, ContainerLister } from '../../../runners/docker/targets.ts';
import { FiredrillError } from '../../../runners/failure.ts';
import { exampleExperiment, exampleFault } from '../../helpers/example-run.ts';

let workingDirectory = '';
before(async () => {
  workingDirectory = await mkdtemp(join(tmpdir(), 'firedrill-resolve-'));
});
after(() => rm(workingDirectory, { recursive: true, force: true }));

function line(name: string, labels: Record<string, string> = {}): ContainerLine {
  return {
    Id: `id-${name}`,
    Names: [`/${name}`],
    Image: 'shop:local',
    State: 'running',
    Status: 'Up',
    Labels: { 'firedrill.allow': 'true', region: 'east', ...labels },
  };
}

function engineWith(lines: readonly ContainerLine[]): ContainerLister {
  return { listContainers: () => Promise.resolve(lines) };
}

function resolveWith(lines: readonly ContainerLine[], seed = 1) {
  const experiment = { ...exampleExperiment(), targets: { east: { labels: { region: 'east' }, pick: { count: 1 } } } };
  const options = { experiment, variant: undefined, project: undefined, faults: [exampleFault()], seed, workingDirectory };
  return resolveExperiment([{ name: undefined, docker: engineWith(lines) }], options);
}

describe('resolving an experiment', () => {
  const four = ['a', 'b', 'c', 'd'].map((name) => line(name));

  test('touches only what was drawn, and the plan says of how many', async () => {
    const { plan, targets } = await resolveWith(four);
    const [drawn] = targets.get('east') ?? [];
    assert.equal(plan.blastRadius.touched, 1);
    assert.equal(plan.blastRadius.total, 4);
    assert.deepEqual(plan.selections, [{ target: 'east', pick: '1', candidates: ['a', 'b', 'c', 'd'], picked: [drawn?.name] }]);
    assert.deepEqual(
      plan.faults[0]?.operations.operations.map((each) => each.container.name),
      [drawn?.name],
    );
  });

  test('the same seed touches the same container, and not every seed does', async () => {
    const drawnBy = async (seed: number) => (await resolveWith(four, seed)).plan.selections[0]?.picked[0];
    assert.equal(await drawnBy(5), await drawnBy(5));
    assert.ok(new Set(await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(drawnBy))).size > 1);
  });

  test('one that is protected is refused, though another was drawn', async () => {
    const drawn = (await resolveWith(four)).plan.selections[0]?.picked[0];
    const guarded = four.map((each) =>
      each.Names[0] === `/${drawn}` ? each : { ...each, Labels: { ...each.Labels, 'firedrill.protect': 'true' } },
    );
    await assert.rejects(resolveWith(guarded), { code: 'protected' });
  });

  test('the machine’s configuration caps what an experiment may do', async () => {
    const path = join(workingDirectory, CONFIG_FILE);
    await writeFile(path, 'limits: {max-share: 20%}');
    await assert.rejects(resolveWith(four), (error) => {
      assert.ok(error instanceof FiredrillError);
      assert.match(error.message, /1 of 4 containers \(25%\); its limit is 20%/);
      assert.match(error.hint ?? '', /firedrill\.config\.yaml/);
      return true;
    });
    await writeFile(path, 'limits: {max-duration: 7s}');
    await assert.rejects(resolveWith(four), { code: 'too-long' });
    await rm(path);
  });
});
