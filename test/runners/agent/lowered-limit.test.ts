import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ControlGroups } from '../../../runners/agent/cgroup.ts';
import { type EngineLimits, limitsOf } from '../../../runners/agent/engine-limits.ts';
import { loweredLimit } from '../../../runners/agent/lowered-limit.ts';
import type { Ground } from '../../../runners/agent/operations/five-moves.ts';

/** A container whose first process is ours, and whose limit is a text in memory. */
function stand(found: string, options: { readonly memoryIsLost?: boolean; readonly engine?: string; readonly busyBelow?: number } = {}) {
  const state = {
    limit: found,
    busyBelow: options.busyBelow ?? 0,
    lowest: 70,
    remembered: undefined as string | undefined,
    touched: false,
  };
  const engine = {
    inspect: async () => ({
      running: true,
      pid: process.pid,
      limits: { ...limitsOf({}), memory: options.engine ?? found } satisfies EngineLimits,
    }),
  };
  const ground = {
    engine,
    tag: 'FIREDRILL-00000000',
    mayHaveTouched: () => state.touched || options.memoryIsLost === true,
    found: () => state.remembered,
    remember: (text: string) => {
      state.remembered = text;
    },
    memoryIsLost: () => options.memoryIsLost === true,
  } as unknown as Ground;
  const make = () =>
    loweredLimit(
      ground,
      { id: 'id', name: 'c' },
      {
        what: 'its limit',
        of: () => ({
          read: () => state.limit,
          write(text) {
            if (Number(text) < state.busyBelow) throw Object.assign(new Error('EBUSY'), { code: 'EBUSY' });
            state.limit = text;
          },
        }),
        lower(now) {
          if (Number(now) <= 50) throw new Error('nothing to take');
          return '50';
        },
        byEngine: (limits) => limits.memory,
        instead: (_groups: ControlGroups) => String(state.lowest),
      },
    );
  return { state, make };
}

test('a limit is put back to what was found, also by an agent that knows it from memory alone, and twice', async () => {
  const { state, make } = stand('100');
  const first = make();
  await first.arm();
  state.touched = true;
  await first.set();
  assert.equal(state.limit, '50');
  await assert.rejects(make().readBack(), /still 50, and was 100/);
  await make().undo();
  assert.equal(state.limit, '100');
  await make().undo();
  assert.match(await make().readBack(), /is 100/);
});

test('what somebody else has set meanwhile is left alone', async () => {
  const { state, make } = stand('100');
  await make().arm();
  state.touched = true;
  await make().set();
  state.limit = '80';
  assert.match((await make().undo()).evidence ?? '', /somebody else/);
  assert.equal(state.limit, '80');
  await make().readBack();
});

test('a limit that the kernel refuses is set as low as it goes, and remembered so', async () => {
  const { state, make } = stand('100', { busyBelow: 60 });
  await make().arm();
  state.touched = true;
  const { change } = await make().set();
  assert.deepEqual([state.limit, change], ['70', { found: '100', set: '70' }]);
  await make().undo();
  assert.equal(state.limit, '100');
});

test('what the kernel could not do at once is tried again, as far down as it goes by then, until it is as asked', async () => {
  const { state, make } = stand('100', { busyBelow: 70 });
  const limit = make();
  await limit.arm();
  state.touched = true;
  await limit.set();
  assert.equal(await limit.lowerAgain(), 'as-before');
  Object.assign(state, { busyBelow: 60, lowest: 60 });
  assert.equal(await limit.lowerAgain(), 'lowered');
  assert.equal(state.limit, '60');
  state.busyBelow = 0;
  assert.equal(await limit.lowerAgain(), 'as-asked');
  assert.equal(state.limit, '50');
  await make().undo();
  assert.equal(state.limit, '100');
});

test('an agent that died in the middle of trying again is made up for, whether the kernel had followed or not', async () => {
  for (const followed of [true, false]) {
    const { state, make } = stand('100', { busyBelow: 60 });
    const limit = make();
    await limit.arm();
    state.touched = true;
    await limit.set();
    state.remembered = JSON.stringify({ found: '100', set: '70', tried: '50' });
    if (followed) state.limit = '50';
    await assert.rejects(make().readBack(), /is still \d+, and was 100/);
    await make().undo();
    assert.equal(state.limit, '100');
    await make().readBack();
  }
});

test('trying again leaves alone what somebody else has set meanwhile', async () => {
  const { state, make } = stand('100', { busyBelow: 60 });
  const limit = make();
  await limit.arm();
  state.touched = true;
  await limit.set();
  Object.assign(state, { limit: '80', busyBelow: 0 });
  assert.equal(await limit.lowerAgain(), 'as-before');
  assert.equal(state.limit, '80');
});

test('one that was never found out is never touched, whatever the engine says', async () => {
  const { state, make } = stand('30', { engine: '100' });
  await assert.rejects(make().arm(), /nothing to take/);
  state.touched = true;
  await make().undo();
  await make().readBack();
  assert.equal(state.limit, '30');
});

test('with the memory lost, it goes by the engine, and calls for a person where that explains nothing', async () => {
  const ours = stand('50', { memoryIsLost: true, engine: '100' });
  await ours.make().undo();
  assert.equal(ours.state.limit, '100');
  await ours.make().readBack();
  const strange = stand('42', { memoryIsLost: true, engine: '100' });
  await strange.make().undo();
  assert.equal(strange.state.limit, '42');
  await assert.rejects(strange.make().readBack(), /a person must look/);
});
