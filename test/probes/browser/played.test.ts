import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright';
import { Played, playVideo } from '../../../probes/browser/play-video.ts';

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

/** Plays for a second on a page whose video stands at 0 for some looks, and answers with what the next one does. */
async function playedOn(fineLooks: number, then: (limit: AbortSignal) => Promise<unknown>): Promise<string> {
  const abort = new AbortController();
  let looks = 0;
  const evaluate = async () => {
    looks += 1;
    if (looks <= fineLooks) return { atS: 0, error: null };
    setTimeout(() => abort.abort(), 50);
    return await then(abort.signal);
  };
  const page = { locator: () => ({ first: () => ({ evaluate }) }) } as unknown as Page;
  const stage = { page, limit: abort.signal, leftMs: () => 1, onFilled: () => {} };
  return await playVideo(stage, { selector: 'video', for: { ms: 1000 }, still: { ms: 5000 } }).then(
    () => 'played',
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

const timesOut = async () => {
  throw Object.assign(new Error('Timeout 1ms exceeded'), { name: 'TimeoutError' });
};
const neverAnswers = async () => await sleep(60_000, undefined, { ref: false });

test('a look that the end of the time cuts short says what was seen before it', async () => {
  assert.equal(await playedOn(1, neverAnswers), 'BrokenJourney: it did not begin to play');
  assert.equal(await playedOn(1, timesOut), 'BrokenJourney: it did not begin to play');
});

test('a video that never came is told as that, and a page that is gone in the middle as what it is', async () => {
  assert.equal(await playedOn(0, timesOut), 'TimeoutError: Timeout 1ms exceeded');
  const gone = () => Promise.reject(new Error('Target page has been closed'));
  assert.equal(await playedOn(1, gone), 'Error: Target page has been closed');
});
