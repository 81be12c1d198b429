import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterLook, deadAfterMs, type HeartbeatLimits, type Life, lifeOf, NOTHING_SEEN, silenceMs } from '../../probes/heartbeat-state.ts';
import type { ReadingValue } from '../../probes/reading-value.ts';

const limits: HeartbeatLimits = { intervalMs: 1000, misses: 3, marginMs: 500 };

/** What is told at each look of a series: [instant, reading]. */
function lives(looks: readonly (readonly [number, ReadingValue])[], by = limits): (Life | undefined)[] {
  let memory = NOTHING_SEEN;
  return looks.map(([atMs, value]) => {
    memory = afterLook(memory, value, atMs);
    return lifeOf(memory, by, atMs);
  });
}

/** Looks every 250 ms at a counter that goes up every second, but not between these instants. */
function counter(silentFromMs: number, silentToMs: number, untilMs: number): [number, ReadingValue][] {
  const beats = Array.from({ length: untilMs / 1000 }, (_, index) => index * 1000).filter((at) => at < silentFromMs || at >= silentToMs);
  return Array.from({ length: untilMs / 250 }, (_, index) => [index * 250, beats.filter((at) => at <= index * 250).length]);
}

test('nothing is said before the first beat, and then it is alive', () => {
  assert.deepEqual(
    lives([
      [0, 7],
      [250, 7],
      [500, 8],
      [750, 8],
    ]),
    [undefined, undefined, 'alive', 'alive'],
  );
});

test('the timeout is misses × interval and the margin', () => {
  assert.equal(deadAfterMs(limits), 3500);
  assert.deepEqual(
    lives([
      [0, 1],
      [100, 2],
      [1600, 2],
      [1601, 2],
      [3600, 2],
      [3601, 2],
    ]),
    [undefined, 'alive', 'alive', 'suspected', 'suspected', 'dead'],
  );
});

test('one that never beats is dead once there was time for it, and one that answers nothing too', () => {
  assert.deepEqual(
    lives([
      [0, 1],
      [3500, 1],
      [3501, 1],
    ]),
    [undefined, undefined, 'dead'],
  );
  assert.deepEqual(
    lives([
      [0, null],
      [3501, null],
    ]),
    [undefined, 'dead'],
  );
});

test('a hiccup shorter than the timeout is no death; a longer silence is one, found within the timeout and a look', () => {
  const hiccup = lives(counter(10_000, 12_000, 30_000));
  assert.equal(hiccup.filter((life) => life === 'dead').length, 0);
  assert.ok(hiccup.includes('suspected'));
  const outage = lives(counter(10_000, 20_000, 30_000));
  const deadAtMs = outage.indexOf('dead') * 250;
  assert.ok(deadAtMs > 9000 + 3500 && deadAtMs <= 9000 + 3500 + 250, `dead at ${deadAtMs}`);
  assert.equal(outage[20_000 / 250], 'alive');
});

test('a beat that is a little late is a false alarm without a margin, and none with it; looks that lie apart are none', () => {
  const late: [number, ReadingValue][] = [
    [0, 1],
    [1000, 2],
    [2000, 3],
    [3300, 3],
    [3400, 4],
  ];
  assert.ok(lives(late, { ...limits, marginMs: 0 }).includes('suspected'));
  assert.ok(!lives(late, { ...limits, marginMs: 400 }).includes('suspected'));
  const apart: [number, ReadingValue][] = Array.from({ length: 40 }, (_, index) => [index * 700, Math.floor((index * 700) / 1000)]);
  assert.ok(!lives(apart, { ...limits, marginMs: 0 }).includes('suspected'));
});

test('a counter that begins again has beaten, and an answer of nothing is neither a beat nor forgets the last', () => {
  assert.deepEqual(
    lives([
      [0, 9],
      [500, 10],
      [3000, 0],
    ]),
    [undefined, 'alive', 'alive'],
  );
  assert.deepEqual(
    lives([
      [0, 9],
      [500, 10],
      [1000, null],
      [2500, 10],
      [2600, 11],
    ]),
    [undefined, 'alive', 'alive', 'suspected', 'alive'],
  );
});

test('silence is counted from the last beat that was seen', () => {
  const memory = afterLook(afterLook(NOTHING_SEEN, 'a', 100), 'b', 400);
  assert.equal(silenceMs(memory, 1000), 600);
  assert.equal(silenceMs(NOTHING_SEEN, 1000), undefined);
});
