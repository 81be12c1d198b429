import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { regionalDeltas, widestDelta } from '../../../../probes/slo/spread/regional-deltas.ts';
import { draws, shuffled } from './drawn.ts';

describe('pairwise regional deltas', () => {
  it('are the distances of each two regions (worked by hand)', () => {
    const values = new Map([
      ['us-east-1', 80],
      ['eu-central-1', 95],
      ['sa-east-1', 140],
    ]);
    assert.deepEqual(regionalDeltas(values), [
      { one: 'us-east-1', other: 'eu-central-1', delta: 15 },
      { one: 'us-east-1', other: 'sa-east-1', delta: 60 },
      { one: 'eu-central-1', other: 'sa-east-1', delta: 45 },
    ]);
    assert.deepEqual(widestDelta(values), { one: 'us-east-1', other: 'sa-east-1', delta: 60 });
  });

  it('are endless between a region that answers nothing and one that does, and not known between two that answer nothing', () => {
    const values = new Map([
      ['alive', 20],
      ['dead', Number.POSITIVE_INFINITY],
      ['gone', Number.POSITIVE_INFINITY],
    ]);
    assert.deepEqual(
      regionalDeltas(values).map(({ delta }) => delta),
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, undefined],
    );
    assert.equal(widestDelta(values)?.delta, Number.POSITIVE_INFINITY);
    values.delete('alive');
    assert.equal(widestDelta(values), undefined);
  });

  it('take a region that says nothing for a gap, not for one that is near', () => {
    const near = [
      ['x', 20],
      ['y', 21],
    ] as const;
    assert.equal(widestDelta(new Map(near))?.delta, 1);
    for (const silent of [undefined, Number.NaN])
      assert.equal(widestDelta(new Map<string, number | undefined>([...near, ['z', silent]])), undefined);
  });

  it('need two regions, and are 0 where all are equal', () => {
    assert.equal(widestDelta(new Map()), undefined);
    assert.equal(widestDelta(new Map([['alone', 20]])), undefined);
    assert.equal(
      widestDelta(
        new Map([
          ['x', 20],
          ['y', 20],
        ]),
      )?.delta,
      0,
    );
  });

  it('are n (n − 1) / 2, the widest of them the range, in whatever order the regions come', () => {
    for (const { random, amounts } of draws(8)) {
      const values = new Map(shuffled(amounts, random).map((amount, index) => [`region-${index}`, amount]));
      assert.equal(regionalDeltas(values).length, (amounts.length * (amounts.length - 1)) / 2);
      assert.equal(widestDelta(values)?.delta, Math.max(...amounts) - Math.min(...amounts));
    }
  });
});
