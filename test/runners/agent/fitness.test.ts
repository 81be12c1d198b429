import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FoundContainer } from '../../../runners/agent/engine.ts';
import { limitsOf } from '../../../runners/agent/engine-limits.ts';
import { assertFit } from '../../../runners/agent/fitness.ts';

const NOW_MS = Date.parse('2026-01-01T00:01:00Z');

function found(more: Partial<FoundContainer> = {}): FoundContainer {
  return {
    id: 'id',
    status: 'running',
    running: true,
    paused: false,
    pid: 42,
    startedAt: '2026-01-01T00:00:58.5Z',
    health: undefined,
    restarts: 0,
    labels: {},
    outOfMemory: false,
    limits: limitsOf({}),
    autoRemove: false,
    networkMode: 'shop',
    ...more,
  };
}

test('a container that runs is fit, also one that the engine restarted long ago', () => {
  assertFit(found(), NOW_MS);
  assertFit(found({ restarts: 1 }), NOW_MS);
  assertFit(found({ restarts: 9, startedAt: '2026-01-01T00:00:00Z' }), NOW_MS);
});

for (const [what, container, why] of [
  ['gone', undefined, /no such container any more/],
  ['paused', found({ status: 'paused', paused: true }), /found paused, and is left alone/],
  ['exited', found({ status: 'exited', running: false }), /found exited, and is left alone/],
  ['restarting', found({ status: 'restarting' }), /found restarting, and is left alone/],
  ['running for a moment in a restart loop', found({ restarts: 5 }), /restart loop.*restarted it 5 times, the last time 1.5 s ago/],
] as const) {
  test(`a container that is ${what} is refused with a word that says so`, () => {
    assert.throws(() => assertFit(container, NOW_MS), why);
  });
}
