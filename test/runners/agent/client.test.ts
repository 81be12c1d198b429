import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeoutOf } from '../../../runners/agent/client.ts';
import type { Operation } from '../../../runners/agent/operations/index.ts';

const container = { id: 'id', name: 'c' };
const timeouts = (operations: readonly Operation[]) =>
  (['arm', 'inject', 'prove', 'undo'] as const).map((move) => timeoutOf(move, 'f', { faults: [{ fault: 'f', operations }] }));

test('arming may take longer the more containers it starts programs for; striking and undoing them may not', () => {
  const many = (count: number) => Array.from({ length: count }, (): Operation => ({ op: 'noop', container }));
  assert.deepEqual(timeouts(many(1)), [30_500, 10_000, 10_000, 30_000]);
  assert.deepEqual(timeouts(many(50)), [55_000, 10_000, 10_000, 30_000]);
});

test('a proof that takes time, and an undo that waits, are given it', () => {
  const job: Operation = { op: 'command', container, command: ['job'], delayMs: 60_000, timeoutMs: 1_000 };
  const killed: Operation = {
    op: 'process-kill',
    container,
    choice: { name: 'x', pick: 'all', seed: 1 },
    signal: 'SIGKILL',
    respawnWithinMs: 5_000,
  };
  const [, , prove] = timeouts([job]);
  const [, , , undo] = timeouts([killed]);
  assert.deepEqual([prove, undo], [70_000, 45_000]);
});
