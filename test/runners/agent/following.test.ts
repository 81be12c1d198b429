import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { EVERYTHING } from '../../../runners/agent/channel.ts';
import { repeatedBy } from '../../../runners/agent/following.ts';
import { openMemory } from '../../../runners/agent/memory.ts';
import { concerning } from '../../../runners/agent/moved-addresses.ts';
import type { Operation } from '../../../runners/agent/operations/index.ts';
import type { Part } from '../../../runners/agent/parts.ts';
import { workWith } from '../../../runners/agent/work.ts';

const TIMEOUT_MS = 30_000;
const container = (id: string) => ({ id, name: id });
const dark = (id: string): Operation => ({ op: 'noop', container: container(id) });
const follow = (from: string, to: string) => ({ fault: 'dark', from, to: container(to) });

describe('what a following repeats', () => {
  const operations = [dark('a'), dark('b'), dark('a')];
  const places = (...follows: ReturnType<typeof follow>[]) =>
    repeatedBy(operations, follows).map(({ index, operation }) => [index, operation.container.id]);

  test('is everything that the fault does to that container', () => {
    assert.deepEqual(places(follow('a', 'a2')), [
      [0, 'a2'],
      [2, 'a2'],
    ]);
    assert.deepEqual(places(), []);
    assert.deepEqual(places(follow('nobody', 'x')), []);
  });

  test('goes on from where the container stands by now', () => {
    assert.deepEqual(places(follow('a', 'a2'), follow('a2', 'a3')), [
      [0, 'a3'],
      [2, 'a3'],
    ]);
    assert.deepEqual(places(follow('a', 'a2'), follow('a', 'a3')), []);
    assert.deepEqual(places(follow('b', 'b'), follow('b', 'b')), [[1, 'b']]);
  });

  test('is nothing that restarts, stops or kills its container itself', () => {
    const by = (operation: Operation) => repeatedBy([operation], [follow('a', 'a')]).length;
    assert.equal(by({ op: 'engine', container: container('a'), call: 'kill' }), 0);
    assert.equal(by({ op: 'restart', container: container('a'), graceS: 0, healthyWithinMs: 0 }), 0);
    assert.equal(by({ op: 'engine', container: container('a'), call: 'pause' }), 1);
  });
});

test('a following goes by where the others are by now, in channels and in what is spared', () => {
  const channel = { ...EVERYTHING, addresses: ['10.0.0.3', '10.9.0.0/16'], spare: ['10.0.0.4'] };
  const operation: Operation = { op: 'blackout', container: container('a'), channel };
  const moved = [
    { was: ['10.0.0.3'], now: ['10.0.0.7', 'fd00::7'] },
    { was: ['10.0.0.4'], now: ['10.0.0.3'] },
  ];
  const [repeated] = repeatedBy([operation], [{ ...follow('a', 'a'), moved }]);
  assert.deepEqual(repeated?.operation, {
    ...operation,
    channel: { ...channel, addresses: ['10.0.0.7', 'fd00::7', '10.9.0.0/16'], spare: ['10.0.0.3'] },
  });
  assert.deepEqual(concerning(operation, moved), moved);
  assert.deepEqual(concerning(operation, [{ was: ['10.0.0.5'], now: ['10.0.0.6'] }]), []);
  assert.deepEqual(concerning(dark('a'), moved), []);
});

describe('the agent following', () => {
  function scene(t: { after(clean: () => void): void }, fresh: Partial<Part['moves']> = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'firedrill-following-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'memory.json');
    const done: string[] = [];
    const part = (key: string, generation: number, moves: Partial<Part['moves']> = {}): Part => {
      const move = (name: string) => async () => {
        done.push(`${key} ${name}`);
        return { atNs: 7n };
      };
      const all = { arm: move('arm'), inject: move('inject'), prove: move('prove'), undo: move('undo'), readBack: move('readBack') };
      return { container: container('c'), key, generation, moves: { ...all, ...moves } };
    };
    const memory = openMemory(path, false);
    const work = workWith(new Map([['dark', [part('old', 0)]]]), memory, {
      partsAfter: (_, before) => [part(`new-${before.length + 1}`, before.length + 1, fresh)],
      async keepMemory() {
        done.push(`kept ${memory.followed().length} followed, ${Object.keys(memory.recall('new-1')).join() || 'nothing'} of the new one`);
      },
    });
    return { work, done, path, memory };
  }

  test('arms, injects and proves anew, and undoes what came last first', async (t) => {
    const { work, done } = scene(t);
    const results = await work.follow(follow('a', 'a2'), TIMEOUT_MS);
    assert.deepEqual(
      results.map(({ ok, atNs }) => [ok, atNs]),
      [[true, '7']],
    );
    await work.move('dark', 'undo', TIMEOUT_MS);
    assert.deepEqual(
      done.filter((each) => !each.startsWith('kept')),
      ['new-1 arm', 'new-1 inject', 'new-1 prove', 'new-1 undo', 'old undo'],
    );
  });

  test('has whom it follows, and how that was found, kept elsewhere before it acts', async (t) => {
    const fresh: Partial<Part['moves']> = {};
    const { work, done, memory } = scene(t, fresh);
    fresh.arm = async () => {
      memory.remember(['new-1'], { found: 'as it was' });
      return {};
    };
    await work.move('dark', 'arm', TIMEOUT_MS);
    await work.follow(follow('a', 'a2'), TIMEOUT_MS);
    assert.deepEqual(done, [
      'old arm',
      'kept 0 followed, nothing of the new one',
      'kept 1 followed, nothing of the new one',
      'kept 1 followed, found of the new one',
      'new-1 inject',
      'new-1 prove',
    ]);
  });

  test('where others have moved, takes away first what went by their old addresses', async (t) => {
    const { work, done } = scene(t);
    await work.follow({ ...follow('c', 'c'), moved: [{ was: ['10.0.0.3'], now: ['10.0.0.7'] }] }, TIMEOUT_MS);
    assert.deepEqual(
      done.filter((each) => !each.startsWith('kept')),
      ['old undo', 'new-1 arm', 'new-1 inject', 'new-1 prove'],
    );
  });

  test('has on disk whom it follows before it touches anything, and that it may have', async (t) => {
    const seen: unknown[] = [];
    const look = (path: string) => async () => {
      const { operations, followed } = JSON.parse((await import('node:fs')).readFileSync(path, 'utf8'));
      seen.push([operations, followed]);
      return {};
    };
    const fresh: Partial<Part['moves']> = {};
    const { work, path } = scene(t, fresh);
    fresh.arm = look(path);
    fresh.inject = look(path);
    await work.follow(follow('a', 'a2'), TIMEOUT_MS);
    const told = [{ fault: 'dark', from: 'a', to: container('a2') }];
    assert.deepEqual(seen, [
      [{}, told],
      [{ 'new-1': { touched: true } }, told],
    ]);
    assert.deepEqual(openMemory(path, false).followed(), told);
  });

  test('stops at the move that fails, and is cut short by the undo', async (t) => {
    const failing = scene(t, { arm: () => Promise.reject(new Error('it was found exited')) });
    const [result] = await failing.work.follow(follow('a', 'a2'), TIMEOUT_MS);
    assert.equal(result?.error, 'it was found exited');
    assert.deepEqual(
      failing.done.filter((each) => !each.startsWith('kept')),
      [],
    );

    const hanging = scene(t, {
      prove: (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut')))),
    });
    const following = hanging.work.follow(follow('a', 'a2'), TIMEOUT_MS);
    const undone = hanging.work.move('dark', 'undo', TIMEOUT_MS);
    assert.deepEqual((await following.catch((error: Error) => [{ error: error.message }]))[0]?.error !== undefined, true);
    await undone;
    assert.ok(hanging.done.includes('old undo'));
    await assert.rejects(hanging.work.follow(follow('a2', 'a3'), TIMEOUT_MS), /is being undone/);
  });
});
