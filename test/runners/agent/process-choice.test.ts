import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, matching } from '../../../runners/agent/process-choice.ts';
import type { Process } from '../../../runners/agent/processes.ts';

const FIRST = 100;
const PROCESSES = [
  ['worker', ['/usr/bin/worker']],
  ['worker', ['worker', '--queue', 'mail']],
  ['python3', ['/opt/app/worker', '--queue', 'video']],
  ['a-name-that-is-', ['/bin/a-name-that-is-long']],
  ['sh', ['sh', '-c', 'worker']],
].map(
  ([name, command], index): Process => ({
    pid: FIRST + index,
    insidePid: index + 1,
    startTicks: '1',
    name: String(name),
    command: [command ?? []].flat(),
  }),
);
const ALL = { pick: 'all', seed: 1 } as const;

function inside(processes: readonly Process[]): readonly number[] {
  return processes.map((each) => each.insidePid);
}

test('a name is that of the process or of its program, never the first process’s, and is cut as the kernel cuts it', () => {
  assert.deepEqual(inside(matching(PROCESSES, FIRST, { name: 'worker', ...ALL })), [2, 3]);
  assert.deepEqual(inside(matching(PROCESSES, FIRST, { name: 'a-name-that-is-long', ...ALL })), [4]);
  assert.deepEqual(inside(matching(PROCESSES, FIRST, { name: 'work', ...ALL })), []);
});

test('a pattern is on the whole command line', () => {
  assert.deepEqual(inside(matching(PROCESSES, FIRST, { pattern: '--queue (mail|video)$', ...ALL })), [2, 3]);
});

test('as many are drawn as are picked, the same by the same seed, and at least one of a share', () => {
  const pick = (wanted: { count: number } | { share: number }, seed = 1) => inside(drawn(PROCESSES, { name: 'x', pick: wanted, seed }));
  assert.deepEqual([pick({ count: 2 }).length, pick({ count: 99 }).length, pick({ share: 0.1 }).length], [2, 5, 1]);
  assert.deepEqual(pick({ count: 3 }), pick({ count: 3 }));
  assert.equal(new Set([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => pick({ count: 1 }, seed)[0])).size > 1, true);
});
