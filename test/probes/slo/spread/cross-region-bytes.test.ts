import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  crossRegionBytes,
  type Flow,
  type Place,
  TRANSFER_PRICES,
  transferCost,
} from '../../../../probes/slo/spread/cross-region-bytes.ts';
import { draws, near, shuffled } from './drawn.ts';

const home: Place = { region: 'us-east-1', zone: 'a' };
const beside: Place = { region: 'us-east-1', zone: 'b' };
const far: Place = { region: 'sa-east-1', zone: 'a' };
const GB = 1e9;

describe('cross-region bytes', () => {
  it('are told by the border that they crossed', () => {
    const flows: Flow[] = [
      { from: home, to: home, bytes: 1 },
      { from: home, to: beside, bytes: 10 },
      { from: home, to: far, bytes: 100 },
      { from: far, to: 'internet', bytes: 1000 },
      { from: 'internet', to: far, bytes: 10_000 },
      { from: home, to: undefined, bytes: 100_000 },
      { from: home, to: { region: 'us-east-1' }, bytes: 1_000_000 },
    ];
    assert.deepEqual(crossRegionBytes(flows), { inside: 10_001, zone: 10, region: 100, internet: 1000, unplaced: 1_100_000 });
  });

  it('cost 0.01 USD a GB to the sender and to the receiver between zones, 0.02 between regions, 0.085 to 0.12 to the internet', () => {
    const cost = (from: Place, to: Place) => transferCost(crossRegionBytes([{ from, to, bytes: GB }]) ?? assert.fail());
    assert.deepEqual(cost(home, beside), [0.02, 0.02]);
    assert.deepEqual(cost(home, far), [0.02, 0.02]);
    assert.deepEqual(cost(home, 'internet'), [0.085, 0.12]);
    assert.deepEqual(cost(home, home), [0, 0]);
  });

  it('that nobody can place cost from nothing to the dearest, never nothing', () => {
    assert.deepEqual(transferCost(crossRegionBytes([{ from: undefined, to: home, bytes: GB }]) ?? assert.fail()), [0, 0.12]);
  });

  it('are undefined without flows, and where bytes or prices are no number', () => {
    assert.equal(crossRegionBytes([]), undefined);
    for (const bytes of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      assert.equal(crossRegionBytes([{ from: home, to: far, bytes }]), undefined);
    const crossed = crossRegionBytes([{ from: home, to: far, bytes: GB }]) ?? assert.fail();
    assert.equal(transferCost(crossed, { ...TRANSFER_PRICES, region: Number.NaN }), undefined);
  });

  it('of any flows add up to all bytes, whatever their order, and cost in proportion', () => {
    const places = [home, beside, far, 'internet', undefined] as const;
    for (const { random, amounts } of draws(12)) {
      const flows = amounts.map((bytes) => ({ from: places[Math.floor(random() * 5)], to: places[Math.floor(random() * 5)], bytes }));
      const crossed = crossRegionBytes(flows) ?? assert.fail();
      near(
        Object.values(crossed).reduce((sum, bytes) => sum + bytes, 0),
        amounts.reduce((sum, bytes) => sum + bytes, 0),
      );
      assert.deepEqual(crossRegionBytes(shuffled(flows, random)), crossed);
      const [least, most] = transferCost(crossed) ?? assert.fail();
      const [doubleLeast, doubleMost] =
        transferCost(crossRegionBytes(flows.map((flow) => ({ ...flow, bytes: 2 * flow.bytes }))) ?? assert.fail()) ?? assert.fail();
      assert.ok(least <= most);
      near(doubleLeast, 2 * least);
      near(doubleMost, 2 * most);
    }
  });
});
