import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operation } from '../../../runners/agent/operations/index.ts';
import { ordersOf } from '../../../runners/cli/engine-orders.ts';

const noop = (id: string, engine?: string): Operation => ({
  op: 'noop',
  container: { id, name: id, ...(engine === undefined ? {} : { engine }) },
});

test('each engine gets the operations on its own containers, and no fault that has none there', () => {
  const faults = [
    { fault: 'both', operations: [noop('a'), noop('b', 'far'), noop('c')] },
    { fault: 'far', operations: [noop('d', 'far')] },
  ];
  const idsOn = (engine: string | undefined) =>
    ordersOf(faults, engine).map(({ fault, operations }) => [fault, operations.map(({ container }) => container.id)]);
  assert.deepEqual(idsOn(undefined), [['both', ['a', 'c']]]);
  assert.deepEqual(idsOn('far'), [
    ['both', ['b']],
    ['far', ['d']],
  ]);
  assert.deepEqual(idsOn('nowhere'), []);
});
