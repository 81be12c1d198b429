import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CONFIG_FILE, readAllowance } from '../../../runners/docker/allowance.ts';
import { FiredrillError } from '../../../runners/failure.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firedrill-config-'));
});
after(() => rm(folder, { recursive: true, force: true }));

async function readWith(text: string) {
  await writeFile(join(folder, CONFIG_FILE), text);
  return readAllowance(folder);
}

describe('firedrill.config.yaml', () => {
  test('names the projects that may be touched', async () => {
    assert.deepEqual(await readWith('allow: {projects: [shop, bank]}'), { projects: ['shop', 'bank'] });
  });

  test('allows nothing where it is empty or not there', async () => {
    assert.deepEqual(await readWith(''), { projects: [] });
    await rm(join(folder, CONFIG_FILE));
    assert.deepEqual(await readAllowance(folder), { projects: [] });
  });

  for (const [what, text] of [
    ['a mistyped key', 'allow: {project: [shop]}'],
    ['text that is no YAML', 'allow: ['],
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
