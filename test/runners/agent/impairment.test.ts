import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Effect, impairerArguments, netemArguments } from '../../../runners/agent/impairment.ts';
import { bitsUsed, takeMarks } from '../../../runners/agent/packet-marks.ts';

const DELAY: Effect = { kind: 'delay', delayMs: 100, jitterMs: 0, distribution: 'uniform', correlation: 0, bufferBytesMax: 1000 };

test('an effect is told to the impairer as names and values', () => {
  assert.deepEqual(impairerArguments({ ...DELAY, jitterMs: 20, distribution: 'pareto', correlation: 0.25 }), [
    'delay-ms=100',
    'jitter-ms=20',
    'distribution=pareto',
    'correlation=0.25',
    'buffer=1000',
  ]);
  assert.deepEqual(impairerArguments({ kind: 'loss', share: 0.1, burst: 5 }), ['loss=0.1', 'loss-burst=5']);
  assert.deepEqual(impairerArguments({ kind: 'corrupt', share: 0.1, checksum: 'fix' }), ['corrupt=0.1', 'fix-checksum=1']);
  assert.deepEqual(impairerArguments({ kind: 'duplicate', share: 0.1 }), ['duplicate=0.1']);
  assert.deepEqual(impairerArguments({ kind: 'reorder', share: 0.1, byMs: 20, bufferBytesMax: 1 }), [
    'reorder=0.1',
    'reorder-ms=20',
    'buffer=1',
  ]);
  assert.deepEqual(impairerArguments({ kind: 'rate', bitsPerSecond: 1e6, queueBytesMax: 15_000 }), [
    'rate=1000000',
    'line-bytes=15000',
    'buffer=95535',
  ]);
});

test('an effect is told to netem in its own words', () => {
  const words = (effect: Effect) => netemArguments(effect).replace('limit 100000 ', '');
  assert.equal(words(DELAY), 'delay 100ms');
  assert.equal(words({ ...DELAY, jitterMs: 20 }), 'delay 100ms 20ms 0%');
  assert.equal(words({ ...DELAY, jitterMs: 20, distribution: 'normal', correlation: 0.25 }), 'delay 100ms 20ms 25% distribution normal');
  assert.equal(words({ kind: 'loss', share: 0.001 }), 'loss random 0.1%');
  assert.equal(words({ kind: 'loss', share: 0.5, burst: 4 }), 'loss gemodel 25% 25%');
  assert.equal(words({ kind: 'duplicate', share: 0.1 }), 'duplicate 10%');
  assert.equal(words({ kind: 'reorder', share: 0.1, byMs: 20, bufferBytesMax: 1 }), 'delay 20ms reorder 90%');
  assert.equal(words({ kind: 'corrupt', share: 0.1, checksum: 'keep' }), 'corrupt 10%');
  assert.equal(netemArguments({ kind: 'rate', bitsPerSecond: 1e6, queueBytesMax: 15_000 }), 'limit 10 rate 1000000bit -14');
  assert.throws(() => words({ kind: 'corrupt', share: 0.1, checksum: 'fix' }), /cannot make the checksum fit/);
});

test('impairments in one namespace take bits of their own, and give them back', () => {
  const [first, second] = [takeMarks('net:[1]', ''), takeMarks('net:[1]', '')];
  assert.equal((first.done | first.fresh) & (second.done | second.fresh), 0);
  assert.deepEqual([takeMarks('net:[2]', '').done, first.done], [0x10000, 0x10000]);
  first.release();
  assert.equal(takeMarks('net:[1]', '').done, first.done);
});

test('bits that the rules of others use are left to them, and more impairments than there are bits for are refused', () => {
  const saved = '*mangle\n-A OUTPUT -m mark --mark 0x10000/0x10000 -j ACCEPT\n-A OUTPUT -j MARK --set-xmark 0x0/0x80000\nCOMMIT\n';
  const taken = Array.from({ length: 5 }, () => takeMarks('net:[3]', saved));
  assert.ok(taken.every(({ done, fresh }) => ((done | fresh) & 0x90000) === 0));
  assert.throws(() => takeMarks('net:[3]', saved), /no bits of the packets' mark are free/);
});

test('a whole mark that is looked at or set takes its bits alone, but for one that is set ahead of ours, or where packets come in anew', () => {
  assert.equal(bitsUsed('*mangle\n-A OUTPUT -m mark --mark 0x1 -j ACCEPT\n-A INPUT -j MARK --set-xmark 0x2/0xffffffff\n'), 0x3);
  assert.equal(bitsUsed('*raw\n-A OUTPUT -j MARK --set-xmark 0x2/0xffffffff\n'), 0xffff_ffff);
  const saved = '*mangle\n-A OUTPUT -j MARK --set-xmark 0x1/0xffffffff\n';
  assert.equal(takeMarks('net:[4]', saved).done, 0x10000);
  assert.throws(() => takeMarks('net:[4]', saved, true), /other rules set the whole mark/);
});
