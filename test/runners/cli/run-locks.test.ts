import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { type LockedEngine, lockRun } from '../../../runners/cli/run-locks.ts';
import type { LockEngine } from '../../../runners/docker/lock.ts';
import type { Target } from '../../../runners/faults/fault.ts';

/** An engine that keeps containers by name, and gives a name out once. */
function pretendEngine(name?: string) {
  const containers = new Map<string, Record<string, string>>();
  const failure = (statusCode: number) => Promise.reject(Object.assign(new Error(String(statusCode)), { statusCode }));
  const docker: LockEngine = {
    createContainer(options) {
      if (containers.has(options.name)) return failure(409);
      containers.set(options.name, options.Labels);
      return Promise.resolve();
    },
    getContainer: (of) => ({
      inspect() {
        const Labels = containers.get(of);
        return Labels ? Promise.resolve({ Config: { Labels } }) : failure(404);
      },
      remove: () => Promise.resolve(containers.delete(of)),
    }),
    getImage: () => ({ inspect: () => Promise.resolve({}) }),
    importImage: () => Promise.resolve(Readable.from([])),
    listContainers: () => Promise.resolve([]),
  };
  const engine: LockedEngine = { name, docker };
  return { engine, names: () => [...containers.keys()].sort() };
}

function target(project: string | undefined, engine?: string): Target {
  return {
    id: `${project}-1`,
    name: `${project}_web_1`,
    service: 'web',
    project,
    labels: {},
    image: 'web',
    state: 'running',
    addresses: [],
    persistent: false,
    ...(engine === undefined ? {} : { engine }),
  };
}

test('a run without a system locks each project that it touches, once, and gives all of it back', async () => {
  const { engine, names } = pretendEngine();
  const locks = await lockRun([engine], undefined, 'run-1');
  await locks.alsoFor([target('shop'), target('shop'), target('bank'), target(undefined)]);
  assert.deepEqual(names(), ['firedrill-lock-bank', 'firedrill-lock-no-system', 'firedrill-lock-shop']);
  assert.deepEqual(locks.besides(undefined), ['firedrill-lock-bank', 'firedrill-lock-shop']);
  await locks.release();
  assert.deepEqual(names(), []);
});

test('a run on a system is refused by one without a system that touches the same project, and the other way round', async () => {
  const { engine, names } = pretendEngine();
  const first = await lockRun([engine], undefined, 'run-1');
  await first.alsoFor([target('shop')]);
  await assert.rejects(lockRun([engine], 'shop', 'run-2'), /locked by run run-1/);
  await first.release();
  const second = await lockRun([engine], 'shop', 'run-2');
  const third = await lockRun([engine], undefined, 'run-3');
  await assert.rejects(third.alsoFor([target('bank'), target('shop')]), /locked by run run-2/);
  await third.release();
  assert.deepEqual(names(), ['firedrill-lock-shop']);
  await second.alsoFor([target('shop')]);
  await second.release();
  assert.deepEqual(names(), []);
});

test('a project is locked on the engine that its containers are on, and the run itself on every one', async () => {
  const [here, there] = [pretendEngine(), pretendEngine('there')];
  const locks = await lockRun([here.engine, there.engine], undefined, 'run-1');
  await locks.alsoFor([target('shop', 'there')]);
  assert.deepEqual([here.names(), there.names()], [['firedrill-lock-no-system'], ['firedrill-lock-no-system', 'firedrill-lock-shop']]);
  assert.deepEqual([locks.besides(undefined), locks.besides('there')], [[], ['firedrill-lock-shop']]);
});

test('a run that cannot lock every engine locks none', async () => {
  const [here, there] = [pretendEngine(), pretendEngine('there')];
  const other = await lockRun([there.engine], 'shop', 'run-1');
  await assert.rejects(lockRun([here.engine, there.engine], 'shop', 'run-2'), /locked by run run-1/);
  assert.deepEqual([here.names(), there.names()], [[], ['firedrill-lock-shop']]);
  await other.release();
});
