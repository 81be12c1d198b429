/**
 * Draws an index in proportion to its weight, in constant time: Walker's alias method as set up by Vose ("A Linear
 * Algorithm for Generating Random Numbers with a Given Distribution", IEEE TSE 17(9), 1991).
 *
 * Each column is worth the same; it holds its own index up to `own`, and another one above it.
 */
import type { Random } from '../pacing/random.ts';

export class AliasTable {
  readonly #own: Float64Array;
  readonly #alias: Uint32Array;

  /** Weights are positive and finite; their sum need not be 1. */
  constructor(weights: ArrayLike<number>) {
    const count = weights.length;
    let sum = 0;
    for (let index = 0; index < count; index += 1) sum += weights[index] ?? 0;
    const own = Float64Array.from({ length: count }, (_, index) => ((weights[index] ?? 0) * count) / sum);
    const alias = Uint32Array.from({ length: count }, (_, index) => index);
    const small: number[] = [];
    const large: number[] = [];
    for (let index = 0; index < count; index += 1) ((own[index] ?? 1) < 1 ? small : large).push(index);
    while (small.length > 0 && large.length > 0) {
      const low = small.pop() ?? 0;
      const high = large.pop() ?? 0;
      alias[low] = high;
      own[high] = (own[high] ?? 0) + (own[low] ?? 0) - 1;
      ((own[high] ?? 1) < 1 ? small : large).push(high);
    }
    for (const index of [...small, ...large]) own[index] = 1;
    this.#own = own;
    this.#alias = alias;
  }

  draw(random: Random): number {
    const column = Math.floor(random.next() * this.#own.length);
    return random.next() < (this.#own[column] ?? 1) ? column : (this.#alias[column] ?? column);
  }
}
