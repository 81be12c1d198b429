import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { acquireLock, type LockEngine, lockHolder, lockName, staleBecause } from '../../../runners/docker/lock.ts';

/** An engine that keeps containers by name, as far as a lock needs one; `agents` are what it lists. */
function engineWith(agents: readonly { readonly State: string }[] = []) {
  const containers = new Map<string, Record<string, string>>();
  const engine: LockEngine = {
    createContainer({ name, Labels }) {
      if (containers.has(name)) return Promise.reject(Object.assign(new Error('name is in use'), { statusCode: 409 }));
      containers.set(name, Labels);
      return Promise.resolve();
    },
    getContainer: (name) => ({
      inspect() {
        const Labels = containers.get(name);
        return Labels
          ? Promise.resolve({ Config: { Labels } })
          : Promise.reject(Object.assign(new Error('no such container'), { statusCode: 404 }));
      },
      remove: () => Promise.resolve(containers.delete(name)),
    }),
    getImage: () => ({ inspect: () => Promise.resolve({}) }),
    importImage: () => Promise.resolve(Readable.from([])),
    listContainers: () => Promise.resolve(agents.map((each) => ({ ...each, Names: ['/agent'] }))),
  };
  return { engine, containers };
}

const NOW = new Date('2026-01-02T03:04:05Z');
const LOCK = lockName('shop');

test('a lock goes by the project, and runs without one share a lock', () => {
  assert.equal(LOCK, 'firedrill-lock-shop');
  assert.equal(lockName(undefined), 'firedrill-lock-no-system');
});

test('whoever is refused hears who holds it, also while the engine has given out the name and does not know the container yet', async () => {
  const { engine, containers } = engineWith();
  await acquireLock(engine, LOCK, 'run-1', NOW);
  const labels = containers.get(LOCK) ?? {};
  let looks = 0;
  const late: LockEngine = {
    ...engine,
    getContainer: (name) => ({
      ...engine.getContainer(name),
      inspect() {
        looks += 1;
        return looks > 2
          ? Promise.resolve({ Config: { Labels: labels } })
          : Promise.reject(Object.assign(new Error('no such container'), { statusCode: 404 }));
      },
    }),
  };
  await assert.rejects(acquireLock(late, LOCK, 'run-2', NOW), /locked by run run-1/);
});

test('a lock needs no image anew where the line breaks while the engine is asked for it', async () => {
  const imported: object[] = [];
  const { engine, containers } = engineWith();
  const answering = (inspect: () => Promise<unknown>): LockEngine => ({
    ...engine,
    getImage: () => ({ inspect }),
    importImage(_tar, options) {
      imported.push(options);
      return Promise.resolve(Readable.from([]));
    },
  });
  const broken = answering(() => Promise.reject(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })));
  await assert.rejects(acquireLock(broken, LOCK, 'run-1', NOW), /ECONNRESET/);
  assert.deepEqual([imported, [...containers.keys()]], [[], []]);
  const without = answering(() => Promise.reject(Object.assign(new Error('no such image'), { statusCode: 404 })));
  await acquireLock(without, LOCK, 'run-1', NOW);
  assert.equal(imported.length, 1);
});

describe('a lock is stale', () => {
  /** Takes the lock as a run of this machine whose process is `pid`. */
  async function holderWith(pid: number, agents: readonly { readonly State: string }[] = [], host?: string) {
    const { engine, containers } = engineWith(agents);
    await acquireLock(engine, LOCK, 'run-1', NOW);
    const labels = containers.get(LOCK);
    assert(labels !== undefined);
    labels['firedrill.lock.pid'] = String(pid);
    if (host !== undefined) labels['firedrill.lock.host'] = host;
    const holder = await lockHolder(engine, LOCK);
    assert(holder !== undefined);
    return { engine, holder };
  }
  const gone = () => spawnSync('/bin/true').pid;

  test('when its process is gone from this very machine, and then says so to the next', async () => {
    const { engine, holder } = await holderWith(gone());
    assert.match((await staleBecause(engine, holder)) ?? '', /process \d+ is gone from this machine/);
    await assert.rejects(acquireLock(engine, LOCK, 'run-2', NOW), (error: Error & { hint?: string }) => {
      assert.match(error.message, /run-1 .*is gone from this machine/);
      assert.match(error.hint ?? '', /That run is dead.*firedrill sweep/);
      return true;
    });
    assert.equal((await lockHolder(engine, LOCK))?.runId, 'run-1');
  });

  test('not while its process lives', async () => {
    const { engine, holder } = await holderWith(process.pid);
    assert.equal(await staleBecause(engine, holder), undefined);
  });

  test('not for a process of another machine, whose processes cannot be seen from here', async () => {
    const { engine, holder } = await holderWith(gone(), [], 'elsewhere/1234');
    assert.equal(await staleBecause(engine, holder), undefined);
  });

  test('when its agent is there and no longer runs, from wherever one looks', async () => {
    const ended = await holderWith(gone(), [{ State: 'exited' }], 'elsewhere/1234');
    assert.equal(await staleBecause(ended.engine, ended.holder), 'its agent no longer runs');
    for (const State of ['running', 'created']) {
      const alive = await holderWith(gone(), [{ State }], 'elsewhere/1234');
      assert.equal(await staleBecause(alive.engine, alive.holder), undefined, State);
    }
  });
});
