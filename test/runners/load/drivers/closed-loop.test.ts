import assert from 'node:assert/strict';
import { test } from 'node:test';
import { busyAt, playVirtually } from '../virtual-load.ts';

test('constant-vus: each virtual user begins again as soon as its iteration has ended, until the time is over', async () => {
  const load = await playVirtually('constant-vus', { vus: 3, duration: '1s' });
  assert.equal(load.played.length, 300);
  assert.deepEqual([...new Set(load.played.map(({ user }) => user))], [1, 2, 3]);
  assert.deepEqual(
    load.played.map(({ number }) => number).toSorted((a, b) => a - b),
    Array.from({ length: 300 }, (_, index) => index),
  );
  assert.ok(load.played.every(({ beganMs }) => beganMs < 1000));
  assert.equal(load.doneMs, 1000);
});

test('a pause between two ends is drawn anew after each iteration', async () => {
  const load = await playVirtually('constant-vus', { vus: 1, duration: '20s', 'think-time': { between: ['50ms', '150ms'] } });
  const pauses = load.played.slice(1).map(({ beganMs }, index) => beganMs - (load.played[index]?.endedMs ?? 0));
  assert.ok(Math.min(...pauses) >= 50 && Math.max(...pauses) <= 151, `${Math.min(...pauses)} to ${Math.max(...pauses)} ms`);
  const mean = pauses.reduce((sum, ms) => sum + ms, 0) / pauses.length;
  assert.ok(Math.abs(mean - 100) < 10, `${mean} ms on average`);
});

test('a dead target does not make a busy loop: an iteration without an answer is followed by 100 ms', async () => {
  const load = await playVirtually('constant-vus', { vus: 1, duration: '2s' }, { lastsMs: () => 0, fails: (ms) => ms < 1000 });
  assert.equal(load.played.filter(({ end }) => end === 'failed').length, 10);
  assert.ok(load.played.filter(({ end }) => end === 'completed').length > 500);
});

test('minIterationDuration makes a virtual user wait for the rest of it', async () => {
  const load = await playVirtually('constant-vus', { vus: 2, duration: '1s' }, { minIterationMs: 100 });
  assert.equal(load.played.length, 20);
  const slow = await playVirtually('constant-vus', { vus: 2, duration: '1s' }, { minIterationMs: 100, lastsMs: () => 200 });
  assert.equal(slow.played.length, 10, 'an iteration that takes longer waits for nothing');
});

test('ramping-vus: the number of virtual users at work follows the line, up and down', async () => {
  const stages = [
    { duration: '4s', target: 4 },
    { duration: '2s', target: 4 },
    { duration: '4s', target: 0 },
  ];
  const load = await playVirtually('ramping-vus', { startVUs: 0, stages });
  const seen = [500, 1500, 2500, 3500, 5000, 6500, 7500, 8500, 9500].map((ms) => busyAt(load, ms));
  assert.deepEqual(seen, [0, 1, 2, 3, 4, 4, 3, 2, 1]);
  assert.deepEqual([...new Set(load.played.map(({ user }) => user))], [1, 2, 3, 4], 'the same users throughout');
  assert.equal(load.doneMs, 10_000);
});

test('a virtual user that is ramped down ends its iteration in gracefulRampDown, else it is interrupted', async () => {
  const settings = {
    startVUs: 2,
    gracefulRampDown: '500ms',
    stages: [
      { duration: '1s', target: 2 },
      { duration: '0s', target: 0 },
      { duration: '3s', target: 0 },
    ],
  };
  const patient = await playVirtually('ramping-vus', settings, { lastsMs: () => 300 });
  assert.deepEqual([...new Set(patient.played.map(({ end }) => end))], ['completed']);
  assert.ok(patient.played.every(({ endedMs }) => endedMs <= 1200));
  const stuck = await playVirtually('ramping-vus', settings, { lastsMs: () => 60_000 });
  assert.deepEqual(
    stuck.played.map(({ user, endedMs, end }) => [user, endedMs, end]),
    [
      [2, 1500, 'interrupted'],
      [1, 1500, 'interrupted'],
    ],
  );
});

test('a virtual user that is wanted again before its grace is over is not interrupted', async () => {
  const stages = [
    { duration: '1s', target: 1 },
    { duration: '0s', target: 0 },
    { duration: '200ms', target: 0 },
    { duration: '0s', target: 1 },
    { duration: '2s', target: 1 },
  ];
  const load = await playVirtually('ramping-vus', { startVUs: 1, gracefulRampDown: '500ms', stages }, { lastsMs: () => 1500 });
  assert.deepEqual(
    load.played.map(({ beganMs, endedMs, end }) => [beganMs, endedMs, end]),
    [
      [0, 1500, 'completed'],
      [1500, 3000, 'completed'],
      [3000, 4500, 'completed'],
    ],
  );
});

test('per-vu-iterations: each virtual user carries out its own number, and the load is over', async () => {
  const load = await playVirtually('per-vu-iterations', { vus: 3, iterations: 4 }, { lastsMs: (number) => 10 + number });
  for (const user of [1, 2, 3]) {
    const numbers = load.played.filter((each) => each.user === user).map(({ number }) => number);
    assert.deepEqual(
      numbers,
      [0, 1, 2, 3].map((index) => (user - 1) * 4 + index),
    );
  }
  assert.ok(load.doneMs < 100, `done at ${load.doneMs} ms`);
  assert.deepEqual(load.droppedMs, []);
});

test('shared-iterations: who is faster does more, and there are exactly as many as were asked for', async () => {
  const load = await playVirtually('shared-iterations', { vus: 2, iterations: 50 }, { lastsMs: (number) => (number === 0 ? 400 : 10) });
  assert.equal(load.played.length, 50);
  assert.equal(load.played.filter(({ user }) => user === 1).length, 6);
  assert.equal(new Set(load.played.map(({ number }) => number)).size, 50);
});

test('iterations that have not begun by maxDuration are dropped, and those under way get gracefulStop', async () => {
  const shared = await playVirtually(
    'shared-iterations',
    { vus: 2, iterations: 50, maxDuration: '1s' },
    { lastsMs: () => 300, gracefulStopMs: 500 },
  );
  assert.deepEqual([shared.played.length, shared.droppedMs.length], [8, 42]);
  assert.ok(shared.played.every(({ end }) => end === 'completed'));
  assert.equal(shared.doneMs, 1200);
  const each = await playVirtually(
    'per-vu-iterations',
    { vus: 2, iterations: 5, maxDuration: '1s' },
    { lastsMs: () => 60_000, gracefulStopMs: 500 },
  );
  assert.deepEqual(
    each.played.map(({ end }) => end),
    ['interrupted', 'interrupted'],
  );
  assert.deepEqual([each.droppedMs.length, each.doneMs], [8, 1500]);
});

test('a load that is stopped early begins nothing more, and drops nothing that was never begun', async () => {
  const load = await playVirtually('shared-iterations', { vus: 1, iterations: 1000 }, { stopAt: { ms: 100, graceMs: 50 } });
  assert.ok(load.played.length <= 11);
  assert.deepEqual(load.droppedMs, []);
});

test('a generator that stalls begins the iterations of a closed loop late, and not more of them', async () => {
  const load = await playVirtually('constant-vus', { vus: 1, duration: '2s', 'think-time': '90ms' }, { stalled: [500, 1500] });
  assert.equal(load.played.length, 10);
});

test('several processes share virtual users and iterations without overlap', async () => {
  for (const processes of [2, 3]) {
    const parts = await Promise.all(
      Array.from({ length: processes }, (_, index) =>
        playVirtually('shared-iterations', { vus: 7, iterations: 100 }, { share: { index, of: processes } }),
      ),
    );
    const numbers = parts.flatMap(({ played }) => played.map(({ number }) => number)).toSorted((a, b) => a - b);
    assert.deepEqual(
      numbers,
      Array.from({ length: 100 }, (_, index) => index),
    );
    const users = new Set(parts.flatMap(({ played }) => played.map(({ user }) => user)));
    assert.deepEqual(
      [...users].toSorted((a, b) => a - b),
      [1, 2, 3, 4, 5, 6, 7],
    );
    const perVu = await Promise.all(
      Array.from({ length: processes }, (_, index) =>
        playVirtually('per-vu-iterations', { vus: 5, iterations: 4 }, { share: { index, of: processes } }),
      ),
    );
    assert.equal(new Set(perVu.flatMap(({ played }) => played.map(({ number }) => number))).size, 20);
  }
});
