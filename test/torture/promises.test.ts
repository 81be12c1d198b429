import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokenPromises, type Times } from './promises.ts';

const LEASE_MS = 10_000;
const ON_TIME: Times = { beganMs: 90, because: 'input-ended', faults: [{ fault: 'network-loss-1', backMs: 1080, tookMs: 400 }] };

function broken(times: Times, victim: Parameters<typeof brokenPromises>[0] = 'runner', lagMs = 0) {
  return brokenPromises(victim, times, LEASE_MS, lagMs);
}

test('an undo that begins within 100 ms of the runner’s death, and is done 1 s later, is in time', () => {
  assert.deepEqual(broken(ON_TIME), []);
});

test('one that begins later is late, unless the machine itself was late by as much', () => {
  const late = { ...ON_TIME, beganMs: 130 };
  assert.deepEqual(broken(late), ['undo began after 130 ms; 100 ms are promised']);
  assert.deepEqual(broken(late, 'runner', 30), []);
});

test('a runner that is frozen, or no longer heard, is given its lease', () => {
  const afterLease = { ...ON_TIME, beganMs: LEASE_MS + 100, faults: [] };
  for (const victim of ['frozen-runner', 'silent-line'] as const) {
    assert.deepEqual(broken(afterLease, victim), []);
    assert.equal(broken({ ...afterLease, beganMs: LEASE_MS + 101 }, victim).length, 1);
  }
});

test('rules, pauses and limits that take longer than 1 s are late, however long their undo took', () => {
  const slow = { ...ON_TIME, faults: [{ fault: 'network-loss-1', backMs: 1500, tookMs: 1400 }] };
  assert.deepEqual(broken(slow), ['network-loss-1 was back after 1500 ms; 1090 ms are promised']);
});

test('what the engine has to do is given the time of the call, and 1 s', () => {
  const started = (backMs: number) => ({ ...ON_TIME, faults: [{ fault: 'container-stop-1', backMs, tookMs: 700 }] });
  assert.deepEqual(broken(started(1790)), []);
  assert.equal(broken(started(1791)).length, 1);
});

test('a fault that ends by itself is over when its target is well, of which nothing is promised', () => {
  assert.deepEqual(broken({ ...ON_TIME, faults: [{ fault: 'container-restart-1', backMs: 3385, tookMs: 2 }] }), []);
});
