import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FaultContext, Target } from '../../../runners/faults/fault.ts';
import { networkPartition } from '../../../runners/faults/network-partition.ts';
import { plannedTarget as target } from '../../helpers/planned-target.ts';

const LEFT = [target('left-1', '10.0.0.1'), target('left-2', '10.0.0.2')];
const RIGHT = [target('right', '10.0.1.1', 'fd00::1')];
const SELECTIONS: Readonly<Record<string, readonly Target[]>> = { left: LEFT, right: RIGHT, mixed: [...LEFT.slice(1), ...RIGHT] };
const CONTEXT: FaultContext = { targets: LEFT, select: (name) => SELECTIONS[name] ?? [], seed: 1 };

function channels(settings: object) {
  const { operations } = networkPartition.plan(settings, CONTEXT);
  return operations.map((operation) => ('channel' in operation ? operation.channel : undefined));
}

test('a partition cuts each container of one side off from every address of the other, and touches the other without entering it', () => {
  const plan = networkPartition.plan({ to: 'right' }, CONTEXT);
  for (const channel of channels({ to: 'right' }))
    assert.deepEqual([channel?.addresses, channel?.direction], [['10.0.1.1', 'fd00::1'], 'both']);
  assert.deepEqual(plan.alsoTouched, RIGHT);
  assert.deepEqual(plan.effects, ['left-1 ↔ right: nothing arrives', 'left-2 ↔ right: nothing arrives']);
});

test('a partition of one way takes only what its targets send', () => {
  assert.ok(channels({ to: 'right', 'one-way': true, ports: [5432] }).every((channel) => channel?.direction === 'out'));
  assert.deepEqual(
    networkPartition.plan({ to: 'right', 'one-way': true, ports: [5432] }, CONTEXT).effects[0],
    'left-1 → right on port 5432: nothing arrives',
  );
});

test('a container on both sides is refused, and so is a partition without another side', () => {
  assert.throws(() => networkPartition.plan({ to: 'mixed' }, CONTEXT), { code: 'sides-overlap', message: /left-2/ });
  assert.throws(() => networkPartition.plan({}, CONTEXT));
});
