/** Numbers drawn by chance, for what must hold of any numbers: of very different sizes, with zeros and with equals among them. */
import assert from 'node:assert/strict';
import { randomFrom } from '../../../helpers/random.ts';

/** Draws that each property is tried on. */
export const DRAWS = 300;

/** One draw: where chance comes from, and amounts drawn by it. */
export interface Draw {
  readonly random: () => number;
  readonly amounts: readonly number[];
}

/** Draws of 2 to 40 amounts, one at least above 0. */
export function draws(seed: number): Draw[] {
  return Array.from({ length: DRAWS }, (_, index) => {
    const random = randomFrom(seed * 10_007 + index);
    const count = 2 + Math.floor(random() * 39);
    const decades = random() * 9;
    const amounts = Array.from({ length: count }, () => (random() < 0.2 ? 0 : Math.round(10 ** (random() * decades))));
    return { random, amounts: [...amounts.slice(1), 1 + Math.floor(random() * 1000)] };
  });
}

export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ item }) => item);
}

/** Equal save for `relative` of the expected value. */
export function near(actual: number | undefined, expected: number | undefined, relative = 1e-9): void {
  assert.ok(actual !== undefined && expected !== undefined, `${actual} and ${expected}`);
  const off = Math.abs(actual - expected);
  assert.ok(off <= relative * Math.max(Math.abs(expected), 1e-6), `${actual} is not ${expected}`);
}

/** What is no amount: a measure of it is undefined. */
export const NO_AMOUNTS: readonly (readonly number[])[] = [[], [1, Number.NaN], [1, Number.POSITIVE_INFINITY], [3, -1], [1e308, 1e308]];
