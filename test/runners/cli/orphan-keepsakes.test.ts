import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeOrphan, orphanKeepsakes } from '../../../runners/cli/sweep/orphan-keepsakes.ts';

const container = (name: string, role: string) => ({ Names: [`/${name}`], Labels: { 'firedrill.role': role } });
const engine = (...containers: ReturnType<typeof container>[]) => ({ listContainers: () => Promise.resolve(containers) });
const KEPT = container('FIREDRILL-1a2b3c4d', 'keepsake');

test('what is kept for a run that nobody knows of is named, with what to type', async () => {
  assert.deepEqual(await orphanKeepsakes(engine(KEPT, container('firedrill-hold', 'hold'))), ['FIREDRILL-1a2b3c4d']);
  assert.match(describeOrphan('FIREDRILL-1a2b3c4d'), /docker inspect FIREDRILL-1a2b3c4d; .* docker rm FIREDRILL-1a2b3c4d$/);
});

test('what is kept while a run is known on the engine may be its own, and is passed over', async () => {
  for (const role of ['agent', 'lock']) assert.deepEqual(await orphanKeepsakes(engine(KEPT, container('other', role))), []);
});
