/**
 * The part of a load that one of several generator processes carries out: arrival, virtual user and iteration number i
 * belong to process i mod count. So the parts meet nowhere, and together they are the whole plan.
 */
import { createRandom } from './random.ts';

export interface Share {
  /** From 0 up to count − 1. */
  readonly index: number;
  readonly count: number;
}

/** All of it in one process. */
export const WHOLE: Share = { index: 0, count: 1 };

/** How many of the numbers 0 … all − 1 are its own. */
export function shareOf(all: number, { index, count }: Share): number {
  return Math.max(0, Math.ceil((all - index) / count));
}

/** The number, in the whole plan, of what is the n-th of its own. */
export function numberIn({ index, count }: Share, n: number): number {
  return n * count + index;
}

/** A seed of its own for each process, so that no two draw the same data; the first one's is the run's. */
export function seedFor(seed: number, { index }: Share): number {
  return index === 0 ? seed : Math.floor(createRandom(seed, `process ${index}`).next() * 2 ** 32);
}

/**
 * The share of a scenario that has so many virtual users at most: a process without any would drop all that is its own.
 * Undefined where this process has no part in it.
 */
export function shareAmong(usersMax: number, { index, count }: Share): Share | undefined {
  return index < usersMax ? { index, count: Math.min(count, Math.max(1, usersMax)) } : undefined;
}
