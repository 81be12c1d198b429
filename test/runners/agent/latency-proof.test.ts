import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Counted } from '../../../runners/agent/impair-mechanism.ts';
import { judgeDelay, type Seen } from '../../../runners/agent/operations/latency-proof.ts';
import { counted } from '../../helpers/counted.ts';

const HALF_A_SECOND = { delayMs: 500, jitterMs: 0, ways: 1 };
const TWENTY_SECONDS = { delayMs: 20_000, jitterMs: 0, ways: 1 };

function seen(bytes: Partial<Seen['bytes']>, packets: Partial<Counted> = {}): Seen {
  return {
    bytes: { acknowledgedMs: undefined, waitingMs: undefined, roundTripMs: undefined, ...bytes },
    packets: counted({ taken: 10, passed: 10, ...packets }),
    open: 1,
  };
}

test('bytes acknowledged as late as asked prove it, with the figure', () => {
  const judged = judgeDelay(HALF_A_SECOND, seen({ acknowledgedMs: 503.24 }), false);
  assert.equal(judged.proven, true);
  assert.equal(judged.facts['measuredDelayMs'], 503.2);
  assert.match(judged.evidence, /acknowledged after 503.2 ms \(asked: 500 ms one way\)/);
});

test('bytes acknowledged too early refute it', () => {
  const judged = judgeDelay(HALF_A_SECOND, seen({ acknowledgedMs: 0.4, roundTripMs: 0.2 }), true);
  assert.equal(judged.proven, false);
  assert.match(judged.evidence, /after 0.4 ms at most/);
});

test('a delay each way must show twice, and is told one way', () => {
  const each = { ...HALF_A_SECOND, ways: 2 };
  assert.equal(judgeDelay(each, seen({ acknowledgedMs: 510 }), true).proven, false);
  assert.equal(judgeDelay(each, seen({ acknowledgedMs: 1010 }), false).facts['measuredDelayMs'], 505);
});

test('a delay of 20 s is proven by bytes that wait for a second, without a figure for the whole', () => {
  assert.equal(judgeDelay(TWENTY_SECONDS, seen({ waitingMs: 900 }), false).proven, false);
  const judged = judgeDelay(TWENTY_SECONDS, seen({ waitingMs: 1010 }), false);
  assert.equal(judged.proven, true);
  assert.deepEqual(judged.facts, { matchedPackets: 10, overflowedPackets: 0, waitedMs: 1010 });
});

test('a short delay is waited out', () => {
  assert.equal(judgeDelay(HALF_A_SECOND, seen({ waitingMs: 499 }), false).proven, false);
});

test('without a packet of the channel nothing is proven', () => {
  const judged = judgeDelay(HALF_A_SECOND, seen({ acknowledgedMs: 600 }, { taken: 0 }), true);
  assert.equal(judged.proven, false);
  assert.match(judged.evidence, /nothing was sent on it/);
});

test('where no connection carries bytes, the hold times of packets count at last, and not before', () => {
  const held = seen({}, { released: 5, meanHoldMs: 501 });
  assert.equal(judgeDelay(HALF_A_SECOND, held, false).proven, false);
  assert.equal(judgeDelay(HALF_A_SECOND, held, true).facts['measuredDelayMs'], 501);
  assert.equal(judgeDelay(HALF_A_SECOND, seen({}, { released: 5, meanHoldMs: 20 }), true).proven, false);
  assert.equal(judgeDelay(TWENTY_SECONDS, seen({}, { held: 3 }), true).proven, true);
  assert.equal(judgeDelay(HALF_A_SECOND, seen({}, { held: 3 }), true).proven, false);
});

test('jitter lowers what is asked for at least', () => {
  assert.equal(judgeDelay({ delayMs: 100, jitterMs: 50, ways: 1 }, seen({ acknowledgedMs: 46 }), false).proven, true);
});
