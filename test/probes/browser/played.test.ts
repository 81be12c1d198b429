import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Played } from '../../../probes/browser/play-video.ts';

/** Looks every 200 ms at these positions, in ms. */
function watched(positions: readonly number[]): { played: Played; endMs: number } {
  const played = new Played();
  for (const [index, position] of positions.entries()) played.see(position, 1000 + index * 200);
  return { played, endMs: 1000 + (positions.length - 1) * 200 };
}

test('what has played is what the position went on by, from the first look', () => {
  const { played, endMs } = watched([5000, 5200, 5400, 5600]);
  assert.equal(played.ms, 600);
  assert.equal(played.stillMs(endMs), 0);
});

test('a position that stays where it is stands still since its last move', () => {
  const { played, endMs } = watched([0, 200, 400, 400, 400, 400]);
  assert.equal(played.ms, 400);
  assert.equal(played.stillMs(endMs), 600);
});

test('a jump forward counts no more than twice the time that passed, and one back nothing', () => {
  assert.equal(watched([0, 60_000]).played.ms, 400);
  assert.equal(watched([5000, 0, 200]).played.ms, 200);
});

test('a video that never moves has played nothing, however long one looks', () => {
  assert.equal(watched(Array.from({ length: 50 }, () => 0)).played.ms, 0);
});
