import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blockLength, drawBlocks } from '../../../../probes/slo/compare/blocks.ts';
import { randomFrom } from '../../../../probes/slo/compare/random-from.ts';
import { series } from './drawn-series.ts';

/** The middle of what 41 seeds give. */
function typicalLength(count: number, memory: number): number {
  const lengths = Array.from({ length: 41 }, (_, seed) => blockLength(series(seed + 1, count, memory)));
  return lengths.sort((one, other) => one - other)[20] ?? 0;
}

describe('the length of blocks', () => {
  it('is twice that of the formula where the memory is known: (8/3 n)^⅓ for a memory of ½', () => {
    const [found, expected] = [typicalLength(1000, 0.5), 2 * Math.cbrt((8 / 3) * 1000)];
    assert.ok(found > expected / 1.5 && found < expected * 1.5, `${found}, not ${expected}`);
  });

  it('grows with memory and is short without', () => {
    const lengths = [0, 0.5, 0.9].map((memory) => typicalLength(500, memory));
    assert.ok((lengths[0] ?? 9) <= 8, String(lengths));
    assert.deepEqual(
      lengths,
      lengths.toSorted((one, other) => one - other),
    );
    assert.ok((lengths[2] ?? 0) > 3 * (lengths[0] ?? 0), String(lengths));
  });

  it('is 1 where nothing changes, and never more than a fifth of the series', () => {
    assert.equal(blockLength([4, 4, 4, 4, 4, 4, 4, 4, 4, 4]), 1);
    const slope = Array.from({ length: 60 }, (_, index) => index);
    assert.ok(blockLength(slope) <= 12 && blockLength(slope) > 5);
  });
});

describe('drawn blocks', () => {
  it('are stretches of neighbours, as many values as there were, each place as often', () => {
    const random = randomFrom(7);
    const often = Array.from({ length: 10 }, () => 0);
    for (let draw = 0; draw < 3000; draw += 1) {
      const drawn = drawBlocks(10, 4, random);
      assert.equal(drawn.length, 10);
      for (const start of [0, 4, 8])
        for (let step = 1; start + step < Math.min(10, start + 4); step += 1)
          assert.equal(drawn[start + step], ((drawn[start] ?? 0) + step) % 10);
      for (const index of drawn) often[index] = (often[index] ?? 0) + 1;
    }
    for (const count of often) assert.ok(Math.abs(count - 3000) < 300, String(often));
  });
});
