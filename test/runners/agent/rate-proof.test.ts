import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Counted } from '../../../runners/agent/impair-mechanism.ts';
import { formatRate, judgeRate, rateMeter } from '../../../runners/agent/operations/rate-proof.ts';

const MEGABIT = { kind: 'rate', bitsPerSecond: 1e6, queueBytesMax: 25_000 } as const;

function packets(dropped = 0, taken = 500): Counted {
  const told = { dropped, garbled: 0, doubled: 0, late: 0 };
  const bytes = { in: 0, out: 0 };
  return {
    taken,
    takenOff: 0,
    passed: taken,
    passedBytes: bytes,
    held: 0,
    peakBytes: 0,
    released: taken,
    overflowed: 0,
    meanHoldMs: 20,
    told,
  };
}

test('a rate is told from looks that are two seconds apart at least, in each direction', () => {
  const meter = rateMeter();
  assert.equal(meter.look({ in: 1000, out: 0 }, 0), undefined);
  assert.equal(meter.look({ in: 60_000, out: 10 }, 1_000), undefined);
  assert.deepEqual(meter.look({ in: 251_000, out: 500 }, 2_000), { in: 1e6, out: 2_000 });
  // From the look that is just far enough back.
  assert.deepEqual(meter.look({ in: 310_000, out: 10 }, 3_000), { in: 1e6, out: 0 });
});

test('a rate is proven within five per cent of what was asked, in either direction', () => {
  for (const rate of [0.951e6, 1e6, 1.049e6]) {
    const judged = judgeRate(MEGABIT, { packets: packets(), rates: { in: 10, out: rate } }, false);
    assert.deepEqual([judged.proven, judged.facts['measuredBitsPerSecond']], [true, rate]);
  }
});

test('a rate is not proven where more goes on, where too little came, or where nothing was seen', () => {
  const judge = (rate: number, of: Counted, atLast = true) => judgeRate(MEGABIT, { packets: of, rates: { in: 0, out: rate } }, atLast);
  assert.match(judge(1.06e6, packets(9)).evidence, /^not narrowed: 1.06 Mbit\/s went on \(asked: 1 Mbit\/s\)/);
  assert.equal(judge(1.06e6, packets(9)).proven, false);
  assert.match(judge(0.5e6, packets()).evidence, /^nothing was narrowed/);
  assert.equal(judge(0.5e6, packets()).proven, false);
  assert.equal(judge(0, packets(0, 0)).evidence, 'no packet of the channel was seen: nothing was sent on it');
  assert.equal(judgeRate(MEGABIT, { packets: packets(), rates: undefined }, true).proven, false);
});

test('bursts that were too long for the line prove it when the time to wait is over', () => {
  const judge = (atLast: boolean) => judgeRate(MEGABIT, { packets: packets(12), rates: { in: 0, out: 0.5e6 } }, atLast);
  assert.deepEqual([judge(false).proven, judge(true).proven], [false, true]);
});

test('rates are written as people write them', () => {
  assert.deepEqual([8, 8_000, 1_500_000, 1e9].map(formatRate), ['8 bit/s', '8 kbit/s', '1.5 Mbit/s', '1 Gbit/s']);
});
