/** How several generator processes part a load between them; which arrivals and virtual users are whose is said by the drivers. */
import type { Share } from '../executors/executor.ts';
import { createRandom } from '../pacing/random.ts';

/** A seed of its own for each process, so that no two draw the same data; the first one's is the run's. */
export function seedFor(seed: number, { index }: Share): number {
  return index === 0 ? seed : Math.floor(createRandom(seed, `process ${index}`).next() * 2 ** 32);
}

/**
 * The share of a scenario that has so many virtual users at most: a process without any would drop all that is its own.
 * Undefined where this process has no part in it.
 */
export function shareAmong(usersMax: number, { index, of }: Share): Share | undefined {
  return index < usersMax ? { index, of: Math.min(of, usersMax) } : undefined;
}
