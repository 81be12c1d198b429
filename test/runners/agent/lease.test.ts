import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LeaseTimer, startLease } from '../../../runners/agent/lease.ts';

/** A clock that moves when told. */
function clock(): LeaseTimer & { pass(ms: number): void } {
  let nowMs = 0;
  let waiting: { atMs: number; call: () => void }[] = [];
  return {
    nowMs: () => nowMs,
    after(ms, call) {
      const each = { atMs: nowMs + ms, call };
      waiting.push(each);
      return () => {
        waiting = waiting.filter((other) => other !== each);
      };
    },
    pass(ms) {
      const untilMs = nowMs + ms;
      for (let next = waiting[0]; next && next.atMs <= untilMs; next = waiting[0]) {
        waiting.shift();
        nowMs = next.atMs;
        next.call();
      }
      nowMs = untilMs;
    },
  };
}

function lease(leaseMs: number) {
  const timer = clock();
  const expired: number[] = [];
  return { timer, expired, lease: startLease(leaseMs, timer, () => expired.push(timer.nowMs())) };
}

test('a lease that nobody renews runs out at its length, once', () => {
  const { timer, expired } = lease(1000);
  timer.pass(999);
  assert.deepEqual(expired, []);
  timer.pass(5000);
  assert.deepEqual(expired, [1000]);
});

test('a lease runs its whole length from the last renewal', () => {
  const { timer, expired, lease: held } = lease(1000);
  for (let renewal = 0; renewal < 5; renewal++) {
    timer.pass(900);
    held.renew();
  }
  assert.deepEqual(expired, []);
  timer.pass(3000);
  assert.deepEqual(expired, [5500]);
});

test('a lease that was ended never runs out', () => {
  const { timer, expired, lease: held } = lease(1000);
  held.end();
  timer.pass(10_000);
  assert.deepEqual(expired, []);
});
