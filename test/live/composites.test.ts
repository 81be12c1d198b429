/** A composite on real containers: its parts strike, are proven and are undone as any other fault. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { latestReport } from '../helpers/firedrill-process.ts';
import { type TinySystem, tinyExperiment, tinySystem } from '../helpers/tiny-system.ts';

let system: TinySystem;
let healthy: readonly string[];

before(async () => {
  system = await tinySystem('composites');
  const up = await system.run(['up', 'compose.yaml', '--yes']);
  assert.equal(up.exitCode, 0, up.stderr);
  healthy = await system.containers();
});

after(() => system.close());

test('plan names the part and what it is a part of, and the run proves and undoes it', async () => {
  const file = await system.experiment(tinyExperiment({ fault: 'region-blackout', duration: '2s' }));
  const plan = await system.run(['plan', file]);
  assert.match(plan.stdout, /network-blackout of region-blackout, 1 container/);
  const outcome = await system.run(['run', file, '--yes']);
  assert.equal(outcome.exitCode, 0, outcome.stdout + outcome.stderr);
  const [fault] = (await latestReport(system.folder)).faults;
  assert.deepEqual([fault?.name, fault?.state], ['region-blackout', 'undone']);
  assert.deepEqual(await system.containers(), healthy);
});
