import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicMs, runClock } from '../../../../runners/load/pacing/clock.ts';
import { Schedule, type Stream } from '../../../../runners/load/pacing/schedule.ts';
import { createWaker } from '../../../../runners/load/pacing/waker.ts';

/** A schedule in virtual time: it acts when `wake` is called, and says when it wants to be woken. */
function virtual() {
  const state = { nowMs: 0, dueMs: Number.POSITIVE_INFINITY, wake: () => {} };
  const clock = { nowMs: () => state.nowMs, toMonotonicMs: (ms: number) => ms };
  const schedule = new Schedule(clock, 'thread', (wake) => {
    state.wake = wake;
    return {
      wakeAt(dueMs) {
        state.dueMs = dueMs;
      },
      async stop() {},
    };
  });
  return { schedule, state };
}

class Recorded implements Stream {
  nextMs: number;
  readonly seen: [number, number][] = [];
  readonly #everyMs: number;
  readonly #log: string[];
  readonly #name: string;

  constructor(name: string, startMs: number, everyMs: number, log: string[] = []) {
    this.#name = name;
    this.nextMs = startMs;
    this.#everyMs = everyMs;
    this.#log = log;
  }

  arrive(nowMs: number): void {
    this.seen.push([this.nextMs, nowMs]);
    this.#log.push(this.#name);
    this.nextMs += this.#everyMs;
  }
}

test('arrivals act when due and the schedule asks to be woken for the next one', () => {
  const { schedule, state } = virtual();
  const stream = new Recorded('a', 10, 10);
  schedule.add(stream);
  assert.equal(state.dueMs, 10);
  state.nowMs = 9.9;
  state.wake();
  assert.deepEqual(stream.seen, []);
  state.nowMs = 10.2;
  state.wake();
  assert.deepEqual(stream.seen, [[10, 10.2]]);
  assert.equal(state.dueMs, 20);
});

test('after a stall every arrival comes, with its own intended time', () => {
  const { schedule, state } = virtual();
  const stream = new Recorded('a', 0, 10);
  schedule.add(stream);
  state.nowMs = 1000;
  state.wake();
  assert.equal(stream.seen.length, 101);
  assert.ok(stream.seen.every(([intended], index) => intended === index * 10));
  assert.equal(state.dueMs, 1010);
});

test('streams are served in the order of their times', () => {
  const { schedule, state } = virtual();
  const log: string[] = [];
  schedule.add(new Recorded('a', 5, 20, log));
  schedule.add(new Recorded('b', 10, 20, log));
  state.nowMs = 50;
  state.wake();
  assert.equal(log.join(''), 'ababab');
});

test('catching up leaves room for answers in between, and finishes', async () => {
  const { schedule, state } = virtual();
  const stream = new Recorded('a', 0, 1);
  schedule.add(stream);
  state.nowMs = 1999.5;
  state.wake();
  const first = stream.seen.length;
  assert.ok(first < 2000, `${first} in one go`);
  while (stream.seen.length < 2000) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(stream.seen.length, 2000);
});

test('a stream that is taken out is not served any more', () => {
  const { schedule, state } = virtual();
  const stream = new Recorded('a', 0, 10);
  schedule.add(stream);
  schedule.remove(stream);
  state.nowMs = 100;
  state.wake();
  assert.equal(stream.seen.length, 1);
});

test('either waker serves arrivals that are 1 ms apart, none before its time and half of them within 5 ms', async () => {
  for (const kind of ['thread', 'timer'] as const) {
    const clock = runClock(process.hrtime.bigint());
    const schedule = new Schedule(clock, kind);
    const stream = new Recorded('a', clock.nowMs() + 60, 1);
    schedule.add(stream);
    while (stream.seen.length < 300) await new Promise((resolve) => setTimeout(resolve, 20));
    await schedule.stop();
    assert.ok(stream.seen.every(([intended, at]) => at >= intended));
    const lags = stream.seen.map(([intended, at]) => at - intended).sort((a, b) => a - b);
    assert.ok((lags[150] ?? 99) < 5, `${kind}: median lag ${lags[150]?.toFixed(2)} ms`);
  }
});

test('the thread wakes after the due time, once, and sleeps while nothing is due', async () => {
  const wakes: number[] = [];
  const dueMs = monotonicMs() + 100;
  let woken = () => {};
  const done = new Promise<void>((resolve) => {
    woken = resolve;
  });
  const waker = createWaker('thread', () => {
    wakes.push(monotonicMs());
    if (monotonicMs() >= dueMs) woken();
  });
  waker.wakeAt(dueMs);
  await done;
  await waker.stop();
  const count = wakes.length;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(wakes.length, count, 'stopped means stopped');
});
