import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Delays } from '../../../../runners/load/pacing/delays.ts';
import { createRandom } from '../../../../runners/load/pacing/random.ts';

function delaysOf() {
  let wakes = 0;
  const streams = new Set<unknown>();
  const schedule = {
    add: (stream: unknown) => streams.add(stream),
    remove: (stream: unknown) => streams.delete(stream),
    wake: () => (wakes += 1),
  };
  const delays = new Delays(schedule as unknown as ConstructorParameters<typeof Delays>[0]);
  return { delays, streams, wakes: () => wakes };
}

test('what was asked for in any order is done in order of time, and in order of asking where it is due at once', () => {
  const { delays } = delaysOf();
  const random = createRandom(3, 'delays');
  const asked = Array.from({ length: 2000 }, (_, index) => ({ atMs: Math.floor(random.next() * 50), index }));
  const done: typeof asked = [];
  for (const each of asked) delays.at(each.atMs, (atMs) => done.push({ atMs, index: each.index }));
  while (delays.nextMs !== Number.POSITIVE_INFINITY) delays.arrive(delays.nextMs);
  assert.deepEqual(
    done,
    asked.toSorted((a, b) => a.atMs - b.atMs || a.index - b.index),
  );
});

test('what is cancelled is not done, and does not hold up the rest', () => {
  const { delays } = delaysOf();
  const done: number[] = [];
  const all = [10, 20, 30, 40].map((ms) => delays.at(ms, (dueMs) => done.push(dueMs)));
  all[0]?.cancel();
  all[2]?.cancel();
  assert.equal(delays.nextMs, 20);
  while (delays.nextMs !== Number.POSITIVE_INFINITY) delays.arrive(delays.nextMs);
  assert.deepEqual(done, [20, 40]);
});

test('the schedule is woken only by what is due before everything else', () => {
  const { delays, wakes, streams } = delaysOf();
  delays.at(50, () => {});
  delays.at(60, () => {});
  delays.at(40, () => {});
  assert.equal(wakes(), 2);
  assert.equal(streams.size, 1);
  delays.stop();
  assert.deepEqual([streams.size, delays.nextMs], [0, Number.POSITIVE_INFINITY]);
});
