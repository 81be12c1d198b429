import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LeaseTimer } from '../../../runners/agent/lease.ts';
import type { AgentNotice, AgentReply, Move, OperationResult } from '../../../runners/agent/protocol.ts';
import { startSession } from '../../../runners/agent/session.ts';
import type { Work } from '../../../runners/agent/work.ts';

const LEASE_MS = 1000;

/** A session on work that notes what it is asked; `fails` names moves that fail. */
function stage(
  options: {
    readonly fails?: readonly string[];
    readonly restarted?: boolean;
    readonly lockStays?: boolean;
    /** The undo of the second fault ends when this does. */
    readonly slow?: Promise<unknown>;
  } = {},
) {
  const done: string[] = [];
  const said: (AgentReply | AgentNotice)[] = [];
  let expire = () => {};
  const timer: LeaseTimer = {
    nowMs: () => LEASE_MS,
    after: (_ms, call) => {
      expire = call;
      return () => {};
    },
  };
  const result = (fault: string, move: Move): OperationResult => {
    const ok = !options.fails?.includes(`${fault} ${move}`);
    return { container: 'c', ok, atNs: '1', tookMs: 0, ...(ok ? {} : { error: `${move} failed` }) };
  };
  const work: Work = {
    faults: ['first', 'second'],
    async move(fault, move) {
      if (!['first', 'second'].includes(fault)) throw new Error(`no fault '${fault}' in the orders`);
      done.push(`${fault} ${move}`);
      if (fault === 'second' && move === 'undo') await options.slow;
      return [result(fault, move)];
    },
    async follow({ fault, to }) {
      done.push(`${fault} follow ${to.name}`);
      return [result(fault, 'prove')];
    },
  };
  let nowMs = 0;
  const session = startSession(
    {
      orders: { runId: 'run', leaseMs: LEASE_MS, lock: 'lock', faults: [] },
      work,
      timer: { ...timer, nowMs: () => nowMs },
      say: (line) => said.push(line),
      async unlock() {
        if (options.lockStays) throw new Error('the engine does not answer');
        done.push('unlock');
      },
      clockNs: () => 7n,
      wall: () => 'noon',
    },
    options.restarted ?? false,
  );
  return {
    session,
    done,
    said,
    /** The time of whatever waits last has passed. */
    passTime: () => expire(),
    runOut() {
      nowMs = LEASE_MS;
      expire();
    },
  };
}

const UNDO_ALL = ['second undo', 'first undo', 'second read-back', 'first read-back'];

test('it says that it is ready, and answers each request with its id and clock', async () => {
  const { session, said, done } = stage();
  session.hear('{"id":3,"move":"arm","fault":"first","timeoutMs":1000}');
  session.hear('{"id":4,"move":"keep"}');
  await new Promise(setImmediate);
  assert.deepEqual(said, [
    { notice: 'ready', clockNs: '7', at: 'noon' },
    { id: 4, ok: true, clockNs: '7', results: [] },
    { id: 3, ok: true, clockNs: '7', results: [{ container: 'c', ok: true, atNs: '1', tookMs: 0 }] },
  ]);
  assert.deepEqual(done, ['first arm']);
});

test('a line that is no request, and a fault that is not in the orders, are answered as errors and touch nothing', async () => {
  const { session, said, done } = stage();
  session.hear('{"id":1,"move":"destroy"}');
  session.hear('{"id":2,"move":"inject","fault":"third","timeoutMs":1000}');
  await new Promise(setImmediate);
  assert.deepEqual(said.slice(1), [
    { id: -1, ok: false, error: 'not a request: {"id":1,"move":"destroy"}' },
    { id: 2, ok: false, error: "no fault 'third' in the orders" },
  ]);
  assert.deepEqual(done, []);
});

for (const because of ['input-ended', 'signal'] as const) {
  test(`when ${because} it undoes everything in reverse, reads it back, unlocks and leaves`, async () => {
    const { session, said, done } = stage();
    session.undoAll(because);
    session.undoAll('lease-expired');
    assert.equal(await session.left, true);
    assert.deepEqual(done, [...UNDO_ALL, 'unlock']);
    assert.deepEqual(
      said.map((line) => ('notice' in line ? line.notice : 'reply')),
      ['ready', 'undoing', 'undone', 'undone', 'left'],
    );
    assert.deepEqual(said[1], { notice: 'undoing', because, at: 'noon' });
  });
}

test('when the lease runs out it undoes by itself, and tells a thawed runner that asks for more', async () => {
  const { session, said, done, runOut } = stage();
  runOut();
  session.hear('{"id":9,"move":"inject","fault":"first","timeoutMs":1000}');
  assert.equal(await session.left, true);
  assert.deepEqual(done, [...UNDO_ALL, 'unlock']);
  assert.ok(said.some((line) => 'id' in line && line.id === 9 && !line.ok && line.error === 'the agent is undoing everything'));
});

test('restarted, it undoes at once and is never ready', async () => {
  const { session, said } = stage({ restarted: true });
  assert.equal(await session.left, true);
  assert.ok(!said.some((line) => 'notice' in line && line.notice === 'ready'));
});

test('an undo that takes its time does not keep the next from beginning, and both end before anything is read back', async () => {
  const { promise: slow, resolve: letGo } = Promise.withResolvers<void>();
  const { session, done, passTime } = stage({ slow });
  session.undoAll('input-ended');
  await new Promise(setImmediate);
  assert.deepEqual(done, ['second undo']);
  passTime();
  await new Promise(setImmediate);
  assert.deepEqual(done, ['second undo', 'first undo']);
  letGo();
  assert.equal(await session.left, true);
  assert.deepEqual(done, [...UNDO_ALL, 'unlock']);
});

test('an undo that fails and still reads back clean is clean; both are told', async () => {
  const { session, said } = stage({ fails: ['second undo'] });
  session.undoAll('input-ended');
  assert.equal(await session.left, true);
  const undone = said.find((line) => 'notice' in line && line.notice === 'undone');
  assert.deepEqual(undone, {
    notice: 'undone',
    fault: 'second',
    results: [{ container: 'c', ok: true, atNs: '1', tookMs: 0, error: 'undo failed' }],
    at: 'noon',
  });
});

test('what cannot be read back keeps nothing else from being undone, keeps the lock, and is not clean', async () => {
  const { session, said, done } = stage({ fails: ['second read-back'] });
  session.undoAll('input-ended');
  assert.equal(await session.left, false);
  assert.deepEqual(done, UNDO_ALL);
  assert.deepEqual(said.at(-1), { notice: 'left', clean: false, at: 'noon' });
});

test('a lock that cannot be removed is not clean', async () => {
  const { session } = stage({ lockStays: true });
  session.undoAll('input-ended');
  assert.equal(await session.left, false);
});

test('told to leave it leaves without undoing, and leaves the lock to the runner', async () => {
  const { session, done } = stage();
  session.hear('{"id":1,"move":"leave"}');
  session.undoAll('input-ended');
  assert.equal(await session.left, true);
  assert.deepEqual(done, []);
});
