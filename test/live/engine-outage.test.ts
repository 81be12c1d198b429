/** The line to the engine is cut in the middle of a run, and mended: the run waits for it, and says that everything is undone. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { engineAddress } from '../../runners/docker/engine.ts';
import { LABEL } from '../../runners/docker/labels.ts';
import { until } from '../helpers/agent-stage.ts';
import { latestReport } from '../helpers/firedrill-process.ts';
import { type TinySystem, tinyExperiment, tinySystem } from '../helpers/tiny-system.ts';
import { openLine } from '../torture/engine-line.ts';

let system: TinySystem;
let healthy: readonly string[];

before(async () => {
  system = await tinySystem('engine-outage');
  const up = await system.run(['up', 'compose.yaml', '--yes']);
  assert.equal(up.exitCode, 0, up.stderr);
  healthy = await system.containers();
});

after(() => system.close());

async function isPaused(): Promise<boolean> {
  const label = [`com.docker.compose.project=${system.project}`, 'com.docker.compose.service=allowed'];
  const [found] = await system.docker.listContainers({ filters: { label } });
  return found?.State === 'paused';
}

test('a run that is cut off is undone by its agent, and says so once the engine answers again', async () => {
  const line = await openLine((engineAddress(system.docker) ?? '').replace(/^unix:\/\//, ''));
  try {
    const file = await system.experiment(tinyExperiment({ fault: 'container-pause' }));
    const running = system.start(['run', file, '--yes', '--lease', '2s'], { DOCKER_HOST: line.address });
    await running.until(/in effect since/);
    assert.ok(await isPaused());
    line.cut();
    await running.until(/the engine does not answer; for 1m at most it is waited for/);
    await until('the agent has undone it', async () => !(await isPaused()));
    line.mend();
    const outcome = await running.ended;
    const report = await latestReport(system.folder);
    assert.equal(report.faults[0]?.state, 'undone', outcome.stdout + outcome.stderr);
    assert.match(report.faults[0]?.readBack ?? '', /undone and read back/);
    assert.notEqual(outcome.exitCode, 6, outcome.stdout + outcome.stderr);
    assert.match(outcome.stdout, /The agent was lost/);
    assert.deepEqual(await system.containers(), healthy);
    const left = await system.docker.listContainers({ all: true, filters: { label: [`${LABEL.lock}=${system.project}`] } });
    assert.deepEqual(left, []);
  } finally {
    await line.close();
  }
});
