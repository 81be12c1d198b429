import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ensureBrowser } from '../../../runners/cli/set-up/browser.ts';
import { EXIT, FiredrillError } from '../../../runners/failure.ts';
import { exampleExperiment } from '../../helpers/example-run.ts';
import { pretendMachine } from './pretend-machine.ts';

const consent = { assumed: true, log: () => undefined };
const probe = { name: 'viewer', probe: 'browser', every: { ms: 5000 }, timeout: { ms: 10_000 }, settings: {} };
const looking = { ...exampleExperiment(), probes: [probe] };

test('an experiment without a browser probe needs no browser, and none is looked for', async () => {
  const machine = pretendMachine();
  const find = () => Promise.reject(new Error('looked for'));
  await ensureBrowser({ ...exampleExperiment(), probes: [{ ...probe, probe: 'http' }] }, { machine, consent, find });
  assert.deepEqual(machine.commands, []);
});

test('a browser that is there is used, and one that is missing is installed', async () => {
  const machine = pretendMachine();
  await ensureBrowser(looking, { machine, consent, find: async () => '/home/me/.cache/chromium' });
  assert.deepEqual(machine.commands, []);
  await ensureBrowser(looking, { machine, consent, find: async () => undefined });
  assert.match(machine.commands.at(-1) ?? '', /^apt-get install .* chromium$/);
});

test('where it cannot be installed, nothing runs and the hint says what to do', async () => {
  const machine = pretendMachine({ isRoot: false });
  await assert.rejects(ensureBrowser(looking, { machine, consent, find: async () => undefined }), (error: unknown) => {
    assert.ok(error instanceof FiredrillError);
    assert.equal(error.exitCode, EXIT.groundUnfit);
    assert.match(error.hint ?? '', /Install Chromium or Google Chrome/);
    return true;
  });
});
