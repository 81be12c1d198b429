/** What netem's counters say of how long it holds packets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdMeter } from '../../../runners/agent/netem-hold.ts';

/** Looks every 20 ms at a queue that lets one packet go every 5 ms after it was held for so long. */
function lookAt(holdMs: number, looks: number) {
  const meter = holdMeter();
  let seen = { released: 0, meanHoldMs: 0 };
  for (let nowMs = 0; nowMs < looks * 20; nowMs += 20) {
    const [came, passed] = [Math.floor(nowMs / 5), Math.max(0, Math.floor((nowMs - holdMs) / 5))];
    seen = meter.look(passed, came - passed, nowMs);
  }
  return seen;
}

test('the mean time is told once there were enough looks, not by those while the queue filled up', () => {
  assert.equal(lookAt(100, 10).released, 0);
  const { released, meanHoldMs } = lookAt(100, 40);
  assert.ok(released > 100);
  assert.ok(Math.abs(meanHoldMs - 100) < 1, `${meanHoldMs}`);
  assert.ok(Math.abs(lookAt(10, 40).meanHoldMs - 10) < 1);
});

test('a queue that lets nothing go says nothing', () => {
  assert.deepEqual(lookAt(10_000, 40), { released: 0, meanHoldMs: 0 });
});
