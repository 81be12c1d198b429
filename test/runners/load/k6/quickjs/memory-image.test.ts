import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageOf, layOut } from '../../../../../runners/load/k6/quickjs/memory-image.ts';

const PAGE = 4096;

test('a copy of a memory has all of it, and touches what is empty nowhere', () => {
  const memory = Buffer.alloc(10 * PAGE);
  memory[0] = 1;
  memory[PAGE * 3 + 17] = 2;
  memory[PAGE * 4] = 3;
  memory[PAGE * 10 - 1] = 4;
  const image = imageOf(memory);
  assert.equal(image.bytes, memory.length);
  assert.deepEqual(
    image.stretches.map(({ at, content }) => [at / PAGE, content.length / PAGE]),
    [
      [0, 1],
      [3, 2],
      [9, 1],
    ],
  );
  memory[0] = 9;
  const copy = new Uint8Array(memory.length);
  layOut(image, copy);
  assert.deepEqual([copy[0], copy[PAGE * 3 + 17], copy[PAGE * 4], copy[PAGE * 10 - 1]], [1, 2, 3, 4]);
});

test('an empty memory makes an empty image', () => {
  assert.deepEqual(imageOf(Buffer.alloc(2 * PAGE)), { bytes: 2 * PAGE, stretches: [] });
});
