import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { assertNotStopped, watchForStop } from '../../../runners/cli/emergency-stop.ts';
import type { LockEngine } from '../../../runners/docker/lock.ts';
import { askToStop, forgetAsking, hold, isAskedToStop, isHeld, release } from '../../../runners/docker/stop-mark.ts';

/** An engine that keeps containers by name. */
function engineOf(containers = new Map<string, Record<string, string>>()): LockEngine {
  const missing = () => Promise.reject(Object.assign(new Error('no such container'), { statusCode: 404 }));
  return {
    createContainer({ name, Labels }) {
      if (containers.has(name)) return Promise.reject(Object.assign(new Error('name is in use'), { statusCode: 409 }));
      containers.set(name, Labels);
      return Promise.resolve();
    },
    getContainer: (name) => ({
      inspect: () => (containers.has(name) ? Promise.resolve({ Config: { Labels: containers.get(name) ?? {} } }) : missing()),
      remove: () => (containers.delete(name) ? Promise.resolve() : missing()),
    }),
    getImage: () => ({ inspect: () => Promise.resolve({}) }),
    importImage: () => Promise.resolve(Readable.from([])),
    listContainers: () => Promise.resolve([]),
  };
}

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firedrill-stop-'));
});
after(() => rm(folder, { recursive: true, force: true }));

describe('marks on the engine', () => {
  test('one run is asked and no other; asking twice is asking once, and forgetting twice is forgetting once', async () => {
    const engine = engineOf();
    await askToStop(engine, 'run-1');
    await askToStop(engine, 'run-1');
    assert.deepEqual([await isAskedToStop(engine, 'run-1'), await isAskedToStop(engine, 'run-2')], [true, false]);
    await forgetAsking(engine, 'run-1');
    await forgetAsking(engine, 'run-1');
    assert.equal(await isAskedToStop(engine, 'run-1'), false);
  });

  test('a held engine lets no run begin until it is released', async () => {
    const engine = engineOf();
    const places = { engines: [engineOf(), engine], stopFile: join(folder, 'none') };
    await hold(engine);
    await hold(engine);
    assert.equal(await isHeld(engine), true);
    await assert.rejects(assertNotStopped(places), { code: 'held', exitCode: 7 });
    await release(engine);
    await release(engine);
    await assertNotStopped(places);
  });
});

describe('a run that looks for its stop', () => {
  async function stoppedBy(act: (engine: LockEngine, stopFile: string) => Promise<void>, engine = engineOf()): Promise<string> {
    const stopFile = join(folder, `STOP-${Math.random()}`);
    const places = { engines: [engine], stopFile, runId: 'run-1' };
    const stopped = new Promise<string>((resolve) => void watchForStop(places, AbortSignal.timeout(5_000), resolve));
    await act(engine, stopFile);
    return stopped;
  }

  test('hears that it is asked, and takes the mark away, which is how the asker knows', async () => {
    const engine = engineOf();
    assert.equal(await stoppedBy((each) => askToStop(each, 'run-1'), engine), 'firedrill stop');
    assert.equal(await isAskedToStop(engine, 'run-1'), false);
  });

  test('sees the stop file, also when the engine does not answer', async () => {
    const deaf: LockEngine = {
      ...engineOf(),
      getContainer: () => ({ inspect: () => Promise.reject(new Error('cut off')), remove: () => Promise.resolve() }),
    };
    assert.match(await stoppedBy((_, stopFile) => writeFile(stopFile, ''), deaf), /^the stop file /);
  });

  test('goes on while nobody asks it, and stops looking when it is told to', async () => {
    const over = new AbortController();
    let calls = 0;
    const looking = watchForStop({ engines: [engineOf()], stopFile: join(folder, 'none'), runId: 'run-1' }, over.signal, () => {
      calls += 1;
    });
    over.abort();
    await looking;
    assert.equal(calls, 0);
  });
});
