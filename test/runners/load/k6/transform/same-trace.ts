/** The property that every script is tested for: rewritten, it does what it did, in the same order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bothTraces, type Files } from './fake-host.ts';

export function testSameTraces(scripts: Readonly<Record<string, Files | string>>): void {
  for (const [title, files] of Object.entries(scripts)) {
    test(`${title}: the same happens in the same order`, async () => {
      const { script, plain, rewritten } = await bothTraces(files);
      assert.deepEqual(script.obstacles, []);
      assert.equal(script.path, 'transform');
      assert.ok(
        plain.some((line) => line.startsWith('> ')),
        'the script waits somewhere',
      );
      assert.deepEqual(rewritten, plain);
    });
  }
}
