import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KeepsakeGround, keepsake } from '../../../runners/agent/keepsake.ts';

const TAG = 'FIREDRILL-1a2b3c4d';

/** An engine in memory, and what the agent has on disk; both outlive the agents that use them. `calls` has what changed the engine. */
function stand() {
  const containers = new Map<string, { readonly id: string; readonly text: string }>();
  const state = { coming: undefined as string | undefined, made: 0, gate: Promise.resolve() };
  const calls: string[] = [];
  const named = (id: string) => [...containers].find(([, each]) => each.id === id)?.[0] ?? '';
  const ground = (diesBefore?: string): KeepsakeGround => {
    const begin = (call: string) => {
      if (call === diesBefore) throw new Error('killed');
      calls.push(call);
    };
    return {
      tag: TAG,
      rememberComing(name) {
        state.coming = name;
      },
      comingKeepsake: () => state.coming,
      engine: {
        async inspectWhole(name) {
          const found = containers.get(name);
          return found && { Id: found.id, Config: { Labels: { 'firedrill.role': 'keepsake', 'firedrill.kept': found.text } } };
        },
        async create(name, body) {
          begin('create');
          assert.equal(state.coming, name, 'that it is asked for is written down before');
          const id = `id-${++state.made}`;
          await state.gate;
          containers.set(name, { id, text: (body as { Labels: Record<string, string> }).Labels['firedrill.kept'] ?? '' });
          return id;
        },
        async remove(id) {
          begin('remove');
          containers.delete(named(id));
        },
        async rename(id, name) {
          begin('rename');
          const from = named(id);
          const found = containers.get(from);
          if (found) containers.set(name, found);
          containers.delete(from);
        },
      },
    };
  };
  return { containers, state, calls, ground };
}

test('what is kept can be read until it is dropped, and twice dropped is dropped', async () => {
  const { ground, containers } = stand();
  const kept = keepsake(ground());
  assert.equal(await kept.read(), undefined);
  await kept.keep('found', 'image', []);
  assert.equal(await keepsake(ground()).read(), 'found');
  await kept.drop();
  await kept.drop();
  assert.deepEqual([await kept.read(), containers.size], [undefined, 0]);
});

test('what is replaced is there until the other is, whenever the agent dies', async () => {
  for (const diesBefore of ['create', 'remove', 'rename', undefined]) {
    const { ground, containers } = stand();
    await keepsake(ground()).keep('first', 'image', []);
    await keepsake(ground(diesBefore))
      .keep('second', 'image', [])
      .catch((error: Error) => assert.equal(error.message, 'killed'));
    const successor = keepsake(ground());
    assert.equal(await successor.read(), diesBefore === 'create' ? 'first' : 'second', `killed before ${diesBefore}`);
    if (diesBefore === 'create') continue;
    await successor.drop();
    assert.equal(containers.size, 0, `killed before ${diesBefore}`);
  }
});

test('one that the engine still makes for an agent that died is waited for, and dropped', async () => {
  const { ground, containers, state } = stand();
  const made = Promise.withResolvers<void>();
  state.gate = made.promise;
  void keepsake(ground()).keep('found', 'image', []);
  await new Promise(setImmediate);
  const dropped = keepsake(ground()).drop();
  await new Promise(setImmediate);
  made.resolve();
  await dropped;
  assert.equal(containers.size, 0);
  assert.equal(state.coming, undefined);
});
