import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CONFIG_FILE, readConfig } from '../../../runners/cli/config.ts';
import { FiredrillError } from '../../../runners/failure.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firedrill-config-'));
});
after(() => rm(folder, { recursive: true, force: true }));

async function readWith(text: string) {
  await writeFile(join(folder, CONFIG_FILE), text);
  return readConfig(folder);
}

describe('firedrill.config.yaml', () => {
  test('says what may be touched, what never, how far any experiment may go, and which file stops it', async () => {
    const text = `
allow: {projects: [shop, bank]}
protect: {names: [vault-*], projects: [payments]}
limits: {max-targets: 3, max-share: 10%, max-duration: 5m}
stop-file: /run/firedrill/STOP`;
    assert.deepEqual(await readWith(text), {
      allow: { projects: ['shop', 'bank'] },
      protect: { names: ['vault-*'], projects: ['payments'] },
      limits: { 'max-targets': 3, 'max-share': 0.1, 'max-duration': { ms: 300_000 } },
      'stop-file': '/run/firedrill/STOP',
    });
  });

  test('allows nothing and caps nothing where it is empty or not there', async () => {
    const nothing = { allow: { projects: [] }, protect: { names: [], projects: [] }, limits: {}, 'stop-file': '.firedrill/STOP' };
    assert.deepEqual(await readWith(''), nothing);
    await rm(join(folder, CONFIG_FILE));
    assert.deepEqual(await readConfig(folder), nothing);
  });

  for (const [what, text] of [
    ['a mistyped key', 'allow: {project: [shop]}'],
    ['text that is no YAML', 'allow: ['],
    ['a cap that is no share', 'limits: {max-share: 2}'],
    ['a project that is no text', 'allow: {projects: [{a: 1}]}'],
  ] as const) {
    test(`refuses ${what}, naming the file`, async () => {
      await assert.rejects(
        readWith(text),
        (error) => error instanceof FiredrillError && error.exitCode === 4 && error.message.includes(join(folder, CONFIG_FILE)),
      );
    });
  }
});
