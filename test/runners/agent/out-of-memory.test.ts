import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FoundContainer } from '../../../runners/agent/engine.ts';
import { revivalOf } from '../../../runners/agent/out-of-memory.ts';

/** An engine that says these in turn, the last of them for ever. */
function engineSaying(...found: readonly Partial<FoundContainer>[]) {
  const started: string[] = [];
  let asked = 0;
  return {
    started,
    async inspect() {
      const now = found[Math.min(asked, found.length - 1)];
      asked += 1;
      return now as FoundContainer;
    },
    async start(id: string) {
      started.push(id);
    },
  };
}

const RUNS = { running: true, pid: 7, outOfMemory: false };
const ENDED = { running: false, pid: 0, outOfMemory: true };

test('a container whose death the engine has not heard of yet is started again once it has', async () => {
  const engine = engineSaying(RUNS, RUNS, ENDED);
  assert.match((await revivalOf(engine, 'it', { isAlive: () => false, wait: async () => {} }).revive()) ?? '', /is started again/);
  assert.deepEqual(engine.started, ['it']);
});

test('an engine that does not hear of the death at all is no reason to take the container for alive', async () => {
  const engine = engineSaying(RUNS);
  const revival = revivalOf(engine, 'it', { isAlive: () => false, wait: async () => {} });
  await assert.rejects(revival.revive(), /has ended, and the engine has not heard of it in 20 s/);
  await assert.rejects(revival.assertAlive(), /has not heard of it/);
  assert.deepEqual(engine.started, []);
});

test('one that runs, and one that ended for another reason, are left as they are', async () => {
  for (const engine of [engineSaying(RUNS, ENDED), engineSaying({ ...ENDED, outOfMemory: false })]) {
    assert.equal(await revivalOf(engine, 'it', { isAlive: () => true, wait: async () => {} }).revive(), undefined);
    assert.deepEqual(engine.started, []);
  }
});
