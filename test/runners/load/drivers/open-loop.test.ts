import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../../../runners/load/pacing/random.ts';
import { playVirtually } from '../virtual-load.ts';

const RAMP = {
  startRate: 0,
  stages: [
    { duration: '5s', target: 100 },
    { duration: '5s', target: 100 },
    { duration: '0s', target: 300 },
    { duration: '5s', target: 0 },
  ],
};

/** Arrivals up to a time, by the areas under the lines. */
function planned(ms: number): number {
  const seconds = ms / 1000;
  if (seconds <= 5) return 10 * seconds ** 2;
  if (seconds <= 10) return 250 + 100 * (seconds - 5);
  const inside = Math.min(seconds, 15) - 10;
  return 750 + 300 * inside - 30 * inside ** 2;
}

test('ramping-arrival-rate: every 100 ms has its share of the area under the lines, within 3', async () => {
  const { played, droppedMs } = await playVirtually('ramping-arrival-rate', RAMP);
  assert.deepEqual([played.length, droppedMs.length], [1500, 0]);
  for (let fromMs = 0; fromMs < 15_000; fromMs += 100) {
    const count = played.filter(({ intendedMs }) => intendedMs >= fromMs && intendedMs < fromMs + 100).length;
    const share = planned(fromMs + 100) - planned(fromMs);
    assert.ok(Math.abs(count - share) <= 3, `${count} instead of ${share} from ${fromMs} ms on`);
  }
});

test('for any stages, arrivals in every 100 ms are within 3 of the plan, whatever the target and the generator do', async () => {
  const random = createRandom(11, 'stages');
  for (let round = 0; round < 8; round += 1) {
    const stages = Array.from({ length: 1 + Math.floor(random.next() * 3) }, () => ({
      duration: `${100 * Math.floor(1 + random.next() * 10)}ms`,
      target: Math.floor(random.next() * 1500),
    }));
    const startRate = Math.floor(random.next() * 1500);
    const lastsMs = () => random.next() * 500;
    const { played, plan } = await playVirtually('ramping-arrival-rate', { startRate, stages }, { lastsMs, stalled: [200, 400] });
    assert.ok(plan.model === 'open');
    const times = played.map(({ intendedMs }) => intendedMs);
    let [fromRate, stageMs] = [startRate, 0];
    for (const { duration, target } of stages) {
      const lengthMs = Number.parseInt(duration, 10);
      for (let inside = 0; inside < lengthMs; inside += 100) {
        const rateAt = (ms: number) => fromRate + ((target - fromRate) * ms) / lengthMs;
        const share = ((rateAt(inside) + rateAt(inside + 100)) / 2) * 0.1;
        const count = times.filter((ms) => ms >= stageMs + inside && ms < stageMs + inside + 100).length;
        assert.ok(Math.abs(count - share) <= 3, `round ${round}: ${count} instead of ${share} at ${stageMs + inside} ms`);
      }
      [fromRate, stageMs] = [target, stageMs + lengthMs];
    }
    assert.equal(times.length, plan.planned);
  }
});

test('an arrival for which no virtual user is free is dropped, at its intended time', async () => {
  const load = await playVirtually('constant-arrival-rate', { rate: 100, duration: '1s', maxVUs: 5 }, { lastsMs: () => 100 });
  assert.equal(load.played.length, 50);
  assert.equal(load.droppedMs.length, 50);
  assert.equal(new Set(load.played.map(({ user }) => user)).size, 5);
});

test('a generator that stalled drops nothing for lack of virtual users where the target keeps up', async () => {
  const settings = { rate: 100, duration: '1s', maxVUs: 5 };
  const load = await playVirtually('constant-arrival-rate', settings, { lastsMs: () => 2, stalled: [200, 400] });
  assert.deepEqual([load.played.length, load.droppedMs], [100, []]);
  assert.deepEqual(
    load.played.map(({ number, intendedMs }) => [number, Math.round(intendedMs)]).toSorted(([a = 0], [b = 0]) => a - b),
    Array.from({ length: 100 }, (_, index) => [index, index * 10]),
    'each keeps its own time',
  );
});

test('arrivals that were late wait for a virtual user as long as they were late, and are dropped then', async () => {
  const settings = { rate: 100, duration: '1s', maxVUs: 5 };
  const load = await playVirtually('constant-arrival-rate', settings, { lastsMs: () => 10_000, stalled: [200, 400] });
  assert.deepEqual([load.played.length, load.droppedMs.length], [5, 95]);
  const ending = await playVirtually('constant-arrival-rate', settings, { lastsMs: () => 150, stalled: [700, 1200], gracefulStopMs: 1000 });
  assert.equal(ending.played.length + ending.droppedMs.length, 100);
  assert.ok(ending.played.filter(({ beganMs }) => beganMs >= 1200).length >= 15, 'five users, three times and more in 500 ms');
  assert.ok(Math.max(...ending.played.map(({ beganMs }) => beganMs)) <= 1200 + 500);
  const numbers = new Set(ending.played.map(({ number }) => number));
  assert.equal(numbers.size, ending.played.length);
});

test('what waits in line when the load is stopped is dropped, since its time had come', async () => {
  const settings = { rate: 100, duration: '1s', maxVUs: 5 };
  const options = { lastsMs: () => 10_000, stalled: [200, 400], stopAt: { ms: 420, graceMs: 50 } } as const;
  const { played, droppedMs } = await playVirtually('constant-arrival-rate', settings, options);
  assert.equal(played.length, 5);
  assert.deepEqual(
    droppedMs.map(Math.round).toSorted((a, b) => a - b),
    Array.from({ length: 37 }, (_, index) => 50 + index * 10),
  );
});

test('minIterationDuration keeps a virtual user busy for the rest of it', async () => {
  const settings = { rate: 100, duration: '1s', maxVUs: 5 };
  const free = await playVirtually('constant-arrival-rate', settings, { lastsMs: () => 10 });
  assert.equal(free.droppedMs.length, 0);
  const held = await playVirtually('constant-arrival-rate', settings, { lastsMs: () => 10, minIterationMs: 100 });
  assert.deepEqual([held.played.length, held.droppedMs.length], [50, 50]);
});

test('of those that rest for minIterationDuration, the one whose time is up is taken, whenever it ended', async () => {
  const settings = { rate: 20, duration: '200ms', maxVUs: 2 };
  const load = await playVirtually('constant-arrival-rate', settings, {
    lastsMs: (number) => (number === 0 ? 90 : 10),
    minIterationMs: 100,
  });
  assert.deepEqual(load.droppedMs, []);
  assert.deepEqual(
    load.played.map(({ user, intendedMs }) => [user, intendedMs]).toSorted(([, one = 0], [, other = 0]) => one - other),
    [
      [1, 0],
      [2, 50],
      [1, 100],
      [2, 150],
    ],
  );
});

test('iterations are numbered by their arrival, and users used again, so that a run can be repeated', async () => {
  const load = await playVirtually('constant-arrival-rate', { rate: 100, duration: '1s', preAllocatedVUs: 1 });
  assert.deepEqual(
    load.played.map(({ number }) => number),
    Array.from({ length: 100 }, (_, index) => index),
  );
  assert.deepEqual([...new Set(load.played.map(({ user }) => user))], [1]);
});

test('several processes send each arrival once, at the time that one process would', async () => {
  const whole = await playVirtually('ramping-arrival-rate', RAMP);
  const timesOf = (loads: (typeof whole)[]) =>
    loads.flatMap(({ played }) => played.map(({ number, intendedMs }) => [number, intendedMs] as const)).toSorted(([a], [b]) => a - b);
  for (const processes of [2, 3]) {
    const parts = await Promise.all(
      Array.from({ length: processes }, (_, index) => playVirtually('ramping-arrival-rate', RAMP, { share: { index, of: processes } })),
    );
    assert.deepEqual(timesOf(parts), timesOf([whole]));
    const users = parts.map(({ played }) => new Set(played.map(({ user }) => user)));
    assert.equal(
      new Set(users.flatMap((each) => [...each])).size,
      users.reduce((sum, each) => sum + each.size, 0),
    );
  }
});
