import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asFound,
  changesFor,
  filesOf,
  loweredNow,
  lowerLimits,
  type ProcessTable,
  raiseLimits,
  readChanges,
  withoutChange,
} from '../../../runners/agent/file-limits.ts';
import type { FileLimit, Owner } from '../../../runners/agent/open-files.ts';
import type { Process } from '../../../runners/agent/processes.ts';

const ROOT: Owner = { user: 0, group: 0 };

interface Pretended {
  limit: FileLimit;
  owner: Owner | undefined;
  open: number;
  /** How many of them, from the first on, are connections. */
  connections: number;
}

/** A container's processes in memory, by pid. */
function stand(processes: Record<number, Partial<Pretended>>) {
  const all = new Map<number, Pretended>();
  const begin = (pid: number, more: Partial<Pretended> = {}) =>
    all.set(pid, { limit: { soft: 1024, hard: 4096 }, owner: ROOT, open: 10, connections: 0, ...more });
  for (const [pid, more] of Object.entries(processes)) begin(Number(pid), more);
  const asProcess = (pid: number): Process => ({ pid, startTicks: `${pid}`, insidePid: pid, name: 'served', command: [] });
  const table: ProcessTable = {
    processes: async () => [...all.keys()].map(asProcess),
    openFiles(pid) {
      const found = all.get(pid);
      const numbers = Array.from({ length: found?.open ?? 0 }, (_, number) => number);
      return found && { limit: found.limit, owner: found.owner, numbers, lasting: () => numbers.slice(found.connections) };
    },
    async set(pid, owner, limit) {
      const found = all.get(pid);
      if (!found) throw new Error('No such process');
      assert.deepEqual(owner, found.owner, 'only its own user may');
      assert.equal(limit.hard, found.limit.hard, 'the hard limit is never touched');
      found.limit = limit;
    },
  };
  const soft = () => [...all.values()].map((each) => each.limit.soft);
  const plan = async (leave = 0) => changesFor(filesOf(await table.processes(), table), leave);
  return { all, begin, table, soft, plan };
}

test('each process is left so many, by its own user, and gets back what it had, twice', async () => {
  const { table, soft, plan } = stand({ 1: { open: 5 }, 2: { open: 20, owner: { user: 33, group: 33 }, limit: { soft: 256, hard: 512 } } });
  const changes = await plan(3);
  await lowerLimits(changes, table);
  assert.deepEqual(soft(), [8, 23]);
  assert.equal(await raiseLimits(changes, table), 2);
  assert.deepEqual(soft(), [1024, 256]);
  assert.equal(await raiseLimits(changes, table), 0);
  assert.deepEqual(await loweredNow(changes, table), []);
});

test('what a connection has is not given out again when it closes', async () => {
  const { table, soft, plan } = stand({ 1: { open: 10, connections: 4 } });
  await lowerLimits(await plan(), table);
  assert.deepEqual(soft(), [0]);
});

test('a child that was begun under the lowered limit gets what its parent had', async () => {
  const { begin, table, soft, plan } = stand({ 1: {} });
  const changes = await plan();
  await lowerLimits(changes, table);
  begin(2, { limit: { soft: 10, hard: 4096 } });
  assert.deepEqual(withoutChange(filesOf(await table.processes(), table), changes), [], 'it needs no change of its own');
  assert.equal(await raiseLimits(changes, table), 2);
  assert.deepEqual(soft(), [1024, 1024]);
});

test('two that had different limits are never given the same one, so that it is known whose a child is', async () => {
  const { plan } = stand({ 1: {}, 2: { limit: { soft: 512, hard: 4096 } }, 3: {} });
  assert.deepEqual(
    (await plan()).map(({ found, set }) => [found.soft, set]),
    [
      [1024, 10],
      [512, 11],
      [1024, 10],
    ],
  );
});

test('what somebody else has set meanwhile, and another process of the same number, are left alone', async () => {
  const { all, begin, table, soft, plan } = stand({ 1: {}, 2: {} });
  const changes = (await plan()).map((each) => (each.pid === 2 ? { ...each, startTicks: 'earlier' } : each));
  await lowerLimits(changes.slice(0, 1), table);
  const first = all.get(1);
  assert.ok(first);
  first.limit = { soft: 700, hard: 4096 };
  begin(2, { limit: { soft: 100, hard: 4096 } });
  assert.equal(await raiseLimits(changes, table), 0);
  assert.deepEqual(soft(), [700, 100]);
});

test('where it is lost what was set, a limit lower than it was found is put back, and that of its children', async () => {
  const { begin, table, soft, plan } = stand({ 1: {}, 2: { limit: { soft: 300, hard: 4096 } } });
  const changes = await plan();
  await lowerLimits(changes.slice(0, 1), table);
  begin(3, { limit: { soft: 10, hard: 4096 } });
  const kept = readChanges(JSON.stringify(asFound(changes)));
  assert.equal(kept[0]?.set, undefined);
  assert.equal(await raiseLimits(kept, table), 2);
  assert.deepEqual(soft(), [1024, 300, 1024]);
});

test('one that has ended keeps nobody from being put back, and one that cannot be is told after all the others', async () => {
  const { all, table, soft, plan } = stand({ 1: {}, 2: {}, 3: {} });
  const changes = await plan();
  await lowerLimits(changes, table);
  all.delete(1);
  const stubborn: ProcessTable = {
    ...table,
    set: (pid, owner, limit) => (pid === 2 ? Promise.reject(new Error('Operation not permitted')) : table.set(pid, owner, limit)),
  };
  await assert.rejects(raiseLimits(changes, stubborn), /process 2 \(served\): Operation not permitted/);
  assert.deepEqual(soft(), [10, 1024]);
});

test('a process that is nobody’s alone, or has no more room than is to be left, is refused', async () => {
  await assert.rejects(stand({ 1: { owner: undefined } }).plan(), /its process 1 \(served\) runs under several users at once/);
  await assert.rejects(stand({ 1: { open: 1020 } }).plan(4), /has 1020 files open, and may open no more than 1024 as it is/);
});
