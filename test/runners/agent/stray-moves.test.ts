import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FiveMoves, Outcome } from '../../../runners/agent/operations/five-moves.ts';
import { inOrder } from '../../../runners/agent/stray-moves.ts';

const LIVE = new AbortController().signal;
const OVER = AbortSignal.abort();

/** Moves that note when they begin; `slow` ends when told to. */
function scene(slow: keyof FiveMoves) {
  const order: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  const move = (name: keyof FiveMoves) => async (): Promise<Outcome> => {
    order.push(name);
    return name === slow ? promise.finally(() => order.push(`${name} ended`)) : {};
  };
  const moves = { arm: move('arm'), inject: move('inject'), prove: move('prove'), undo: move('undo'), readBack: move('readBack') };
  return { moves: inOrder(moves), order, end: () => resolve({}), fail: () => reject(new Error('the engine broke')) };
}

const turn = () => new Promise(setImmediate);

for (const move of ['arm', 'inject'] as const) {
  test(`an undo waits for the end of what was begun to ${move}, however that ends`, async () => {
    for (const how of ['end', 'fail'] as const) {
      const { moves, order, ...begun } = scene(move);
      moves[move](LIVE).catch(() => undefined);
      const undone = moves.undo(LIVE);
      await turn();
      assert.deepEqual(order, [move]);
      begun[how]();
      await undone;
      await moves.readBack(LIVE);
      assert.deepEqual(order, [move, `${move} ended`, 'undo', 'readBack']);
    }
  });
}

test('an undo whose time is over undoes what there is, and nothing passes for undone while the act may still come', async () => {
  const { moves, order, end } = scene('inject');
  const injected = moves.inject(LIVE);
  await moves.undo(OVER);
  assert.deepEqual(order, ['inject', 'undo']);
  await assert.rejects(moves.readBack(OVER), /^Error: its injecting was given up, and may still be under way$/);
  end();
  await injected;
  await turn();
  await moves.readBack(OVER);
});

test('an undo that was given up is waited for too, before anything is read back', async () => {
  const { moves, order, end } = scene('undo');
  const undone = moves.undo(LIVE);
  await turn();
  const readBack = moves.readBack(LIVE);
  await turn();
  assert.deepEqual(order, ['undo']);
  end();
  await Promise.all([undone, readBack]);
  assert.deepEqual(order, ['undo', 'undo ended', 'readBack']);
});

test('a proof keeps no undo waiting', async () => {
  const { moves, order } = scene('prove');
  void moves.prove(LIVE);
  await moves.undo(LIVE);
  await moves.readBack(LIVE);
  assert.deepEqual(order, ['prove', 'undo', 'readBack']);
});
