import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, parseBytes, size } from '../../../experiments/language/size.ts';

test('sizes are powers of 1024, as Compose writes them or with the exact unit', () => {
  for (const text of ['64m', '64mb', '64MiB', '65536k', '0.0625g']) assert.equal(parseBytes(text), 67_108_864, text);
  assert.equal(parseBytes('0b'), 0);
  for (const text of ['64', '64 MiB', 'MiB', '-1m', '1e3b', '']) {
    assert.equal(parseBytes(text), undefined, text);
    assert.match(size.safeParse(text).error?.issues[0]?.message ?? '', /is not a size; write it like 64MiB or 1g/);
  }
});

test('bytes are said in the largest unit that fits', () => {
  assert.deepEqual([0, 512, 1024, 67_108_864, 1.5 * 1024 ** 3].map(formatBytes), ['0 B', '512 B', '1 KiB', '64 MiB', '1.5 GiB']);
});
