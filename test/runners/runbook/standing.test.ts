import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVERYTHING } from '../../../runners/agent/channel.ts';
import type { Operation } from '../../../runners/agent/operations/index.ts';
import { standing } from '../../../runners/runbook/standing.ts';

const on = (id: string) => ({ id, name: id });
const dark = (id: string, addresses: readonly string[] = []): Operation => ({
  op: 'blackout',
  container: on(id),
  channel: { ...EVERYTHING, addresses },
});
const replaced = (from: string, to = from) => ({ from, to: on(to), refused: undefined, moved: [] });
const MOVED = [{ was: ['10.0.0.9'], now: ['10.0.0.8'] }];

test('a fault strikes again where its container restarted or was made anew, time and again', () => {
  const { strikesFor } = standing([dark('a'), dark('b')]);
  assert.deepEqual(strikesFor(replaced('a')), [{ from: 'a', to: on('a') }]);
  assert.deepEqual(strikesFor(replaced('a', 'a2')), [{ from: 'a', to: on('a2') }]);
  assert.deepEqual(strikesFor(replaced('a2', 'a3')), [{ from: 'a2', to: on('a3') }]);
  assert.deepEqual(strikesFor(replaced('a')), []);
  assert.deepEqual(strikesFor(replaced('stranger')), []);
});

test('one that moved is gone by on every container that it concerns, once, and goes on being', () => {
  const { strikesFor } = standing([dark('a', ['10.0.0.9']), dark('b', ['10.0.0.9']), dark('c', ['10.0.0.7'])]);
  const far = { ...replaced('far', 'far2'), moved: MOVED };
  assert.deepEqual(strikesFor(far), [
    { from: 'a', to: on('a'), moved: MOVED },
    { from: 'b', to: on('b'), moved: MOVED },
  ]);
  assert.deepEqual(strikesFor(far), []);
  assert.deepEqual(strikesFor({ ...replaced('a', 'a2'), moved: MOVED }), [{ from: 'a', to: on('a2'), moved: MOVED }]);
  assert.deepEqual(strikesFor(replaced('far2', 'far3')), [
    { from: 'a2', to: on('a2'), moved: [] },
    { from: 'b', to: on('b'), moved: [] },
  ]);
});

test('what is never done once more is not, whoever starts', () => {
  const evict: Operation = { op: 'evict', container: on('a'), port: 6379, pattern: '*', share: 0.5, seed: 1 };
  const killed: Operation = { op: 'engine', container: on('a'), call: 'kill' };
  for (const operation of [evict, killed]) assert.deepEqual(standing([operation]).strikesFor(replaced('a', 'a2')), []);
});
