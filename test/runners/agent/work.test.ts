import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openMemory } from '../../../runners/agent/memory.ts';
import type { FiveMoves } from '../../../runners/agent/operations/five-moves.ts';
import { workWith } from '../../../runners/agent/work.ts';

const TIMEOUT_MS = 30_000;

function folder(t: { after(clean: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), 'firedrill-agent-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

function part(name: string, moves: Partial<FiveMoves>) {
  const nothing = async () => ({});
  const all = { arm: nothing, inject: nothing, prove: nothing, undo: nothing, readBack: nothing, ...moves };
  return { container: { id: name, name }, key: `run/fault/${name}`, moves: all };
}

test('an operation that fails is told with its error, and keeps the others from nothing', async (t) => {
  const memory = openMemory(join(folder(t), 'memory.json'), false);
  const fails = part('fails', { inject: () => Promise.reject(new Error('no such namespace')) });
  const works = part('works', { inject: async () => ({ atNs: 42n, mechanism: 'nfqueue', facts: { matched: 3 } }) });
  const [first, second] = await workWith(new Map([['fault', [fails, works]]]), memory).move('fault', 'inject', TIMEOUT_MS);
  assert.equal(first?.ok, false);
  assert.equal(first?.error, 'no such namespace');
  assert.match(first?.atNs ?? '', /^\d+$/);
  assert.deepEqual(
    { ...second, tookMs: 0 },
    { container: 'works', ok: true, atNs: '42', tookMs: 0, mechanism: 'nfqueue', facts: { matched: 3 } },
  );
});

test('before an inject begins it is remembered, on disk, that its containers may be touched', async (t) => {
  const path = join(folder(t), 'memory.json');
  const seen: unknown[] = [];
  const each = part('c', {
    async inject() {
      seen.push(openMemory(path, false).recall('run/fault/c'));
      return {};
    },
  });
  const memory = openMemory(path, false);
  const work = workWith(new Map([['fault', [each]]]), memory);
  await work.move('fault', 'arm', TIMEOUT_MS);
  assert.deepEqual(memory.recall('run/fault/c'), {});
  await work.move('fault', 'inject', TIMEOUT_MS);
  assert.deepEqual(seen, [{ touched: true }]);
});

test('what was found is there for the agent that comes after, beside that it was touched', (t) => {
  const path = join(folder(t), 'memory.json');
  const memory = openMemory(path, false);
  memory.remember(['c'], { found: 'running' });
  memory.remember(['c'], { touched: true });
  assert.deepEqual(openMemory(path, false).recall('c'), { found: 'running', touched: true });
});

test('an undo ends a proof under way, and comes after it', async (t) => {
  const order: string[] = [];
  const each = part('c', {
    prove: (signal) =>
      new Promise((_, reject) =>
        signal.addEventListener('abort', () => {
          order.push('proof ended');
          reject(new Error('ended'));
        }),
      ),
    async undo() {
      order.push('undone');
      return {};
    },
  });
  const work = workWith(new Map([['fault', [each]]]), openMemory(join(folder(t), 'memory.json'), false));
  const proof = work.move('fault', 'prove', TIMEOUT_MS);
  await new Promise(setImmediate);
  await work.move('fault', 'undo', TIMEOUT_MS);
  assert.deepEqual(order, ['proof ended', 'undone']);
  assert.equal((await proof)[0]?.ok, false);
});

test('an undo ends an arming under way, and what was asked for before it and not begun is not done any more', async (t) => {
  const order: string[] = [];
  const each = part('c', {
    arm: (signal) =>
      new Promise((_, reject) =>
        signal.addEventListener('abort', () => {
          order.push('arming ended');
          reject(new Error('ended'));
        }),
      ),
    async inject() {
      order.push('injected');
      return {};
    },
    async undo() {
      order.push('undone');
      return {};
    },
  });
  const memory = openMemory(join(folder(t), 'memory.json'), false);
  const work = workWith(new Map([['fault', [each]]]), memory);
  const armed = work.move('fault', 'arm', TIMEOUT_MS);
  const injected = work.move('fault', 'inject', TIMEOUT_MS);
  await new Promise(setImmediate);
  const undone = work.move('fault', 'undo', TIMEOUT_MS);
  await assert.rejects(injected, /the fault 'fault' is being undone/);
  await undone;
  assert.equal((await armed)[0]?.ok, false);
  assert.deepEqual(order, ['arming ended', 'undone']);
  assert.deepEqual(memory.recall('run/fault/c'), {});
});

test('an act that comes after the undo is refused; one that is armed anew is not', async (t) => {
  const acts: string[] = [];
  const each = part('c', {
    async inject() {
      acts.push('injected');
      return {};
    },
  });
  const work = workWith(new Map([['fault', [each]]]), openMemory(join(folder(t), 'memory.json'), false));
  for (const move of ['arm', 'undo', 'read-back'] as const) await work.move('fault', move, TIMEOUT_MS);
  for (const move of ['inject', 'prove'] as const)
    await assert.rejects(work.move('fault', move, TIMEOUT_MS), /the fault 'fault' is being undone/);
  assert.deepEqual(acts, []);
  for (const move of ['arm', 'inject'] as const) await work.move('fault', move, TIMEOUT_MS);
  assert.deepEqual(acts, ['injected']);
});

test('a move that does not heed its limit is given up, so that the next one comes', async (t) => {
  const each = part('c', { inject: () => new Promise(() => {}) });
  const work = workWith(new Map([['fault', [each]]]), openMemory(join(folder(t), 'memory.json'), false));
  const [injected] = await work.move('fault', 'inject', 1);
  assert.equal(injected?.error, 'it took too long, and was given up');
  assert.equal((await work.move('fault', 'undo', TIMEOUT_MS))[0]?.ok, true);
});

test('a fault that is not in the orders is refused', async (t) => {
  const work = workWith(new Map(), openMemory(join(folder(t), 'memory.json'), false));
  await assert.rejects(work.move('fault', 'inject', TIMEOUT_MS), /no fault 'fault' in the orders/);
});

test('a memory that was there before means having been at work; one that cannot be read, or is missing when sweeping, means knowing nothing', (t) => {
  const path = join(folder(t), 'memory.json');
  const first = openMemory(path, false);
  assert.deepEqual([first.wasAtWork, first.blind], [false, false]);
  first.remember(['a', 'b'], { touched: true });
  const again = openMemory(path, false);
  assert.deepEqual([again.wasAtWork, again.blind, again.recall('b'), again.recall('c')], [true, false, { touched: true }, {}]);
  writeFileSync(path, '{"operations":');
  assert.equal(openMemory(path, false).blind, true);
  assert.equal(openMemory(`${path}-missing`, true).blind, true);
});
