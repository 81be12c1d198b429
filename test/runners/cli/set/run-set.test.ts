/** Command lines that no set can be made of: refused before anything is touched. */
import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { main } from '../../../../runners/cli/main.ts';

const FILE = fileURLToPath(new URL('../../../../experiments/synchronized-cron.yaml', import.meta.url));

async function refused(...args: readonly string[]): Promise<string> {
  let said = '';
  const exitCode = await main({
    args: ['run', FILE, ...args],
    environment: {},
    workingDirectory: await mkdtemp(join(tmpdir(), 'firedrill-refused-')),
    stdout: { write: () => assert.fail('nothing is said where nothing is done') },
    stderr: { write: (text: string) => (said += text) },
    onSignal: () => () => {},
  });
  assert.equal(exitCode, 4, said);
  return said;
}

test('a set of variants that are none, or of no sensible number of runs, is refused with what to type', async () => {
  assert.match(
    await refused('--variants', 'windw-1s'),
    /There is no variant 'windw-1s'\.\n {2}hint: There are: plain, unprotected, window-1s,/,
  );
  assert.match(
    await refused('--variants', 'all', '--variant', 'unprotected'),
    /hint: Name them all behind --variants: --variants plain,unprotected/,
  );
  assert.match(await refused('--variants', 'plain,plain'), /named twice/);
  assert.match(await refused('--repeat', '0'), /'0' is not a number of times from 1 to 100/);
  assert.match(await refused('--variants', 'all', '--repeat', '99'), /are 396 runs; the limit is 200/);
  assert.match(await refused('--interleave'), /only one variant to run/);
  assert.match(await refused('--baseline', 'nowhere'), /There is no run or set 'nowhere' to compare with/);
});
