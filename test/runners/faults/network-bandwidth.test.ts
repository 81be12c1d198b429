import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FaultContext } from '../../../runners/faults/fault.ts';
import { networkBandwidth } from '../../../runners/faults/network-bandwidth.ts';
import { plannedTarget } from '../../helpers/planned-target.ts';

const CONTEXT: FaultContext = { targets: [plannedTarget('web', '10.0.0.1')], select: () => [], seed: 1 };

function effect(settings: object) {
  const [operation] = networkBandwidth.plan(settings, CONTEXT).operations;
  return operation !== undefined && 'effect' in operation ? operation.effect : undefined;
}

test('a rate is in bits a second, and what may wait is what the line sends in the time of its queue, ten long packets at least', () => {
  assert.deepEqual(effect({ rate: '2mbit' }), { kind: 'rate', bitsPerSecond: 2e6, queueBytesMax: 50_000 });
  assert.deepEqual(effect({ rate: '0.5gbit', queue: '10ms' }), { kind: 'rate', bitsPerSecond: 5e8, queueBytesMax: 625_000 });
});

test('a slow line still takes ten long packets', () => {
  assert.deepEqual(effect({ rate: '8kbit' }), { kind: 'rate', bitsPerSecond: 8e3, queueBytesMax: 15_000 });
});

test('what is no rate, or out of range, is refused', () => {
  for (const rate of ['2', '2mb', '-1mbit', '7kbit', '0mbit', '2gbit', 'mbit']) assert.throws(() => effect({ rate }), rate);
  assert.throws(() => effect({ rate: '1mbit', queue: '1ms' }), /between 10ms|10ms to 10s/);
});

test('a queue that would hold too much is refused with the longest that would do', () => {
  assert.throws(() => effect({ rate: '1gbit', queue: '10s' }), { code: 'queue-too-long', hint: 'Write at most: queue: 536ms' });
});

test('the plan says what is narrowed, to what, and what may wait', () => {
  const { effects } = networkBandwidth.plan({ rate: '2mbit', direction: 'out', ports: [80] }, CONTEXT);
  assert.deepEqual(effects, ['web: what it sends on port 80 is 2mbit a second at most; 50000 bytes wait at most']);
});
