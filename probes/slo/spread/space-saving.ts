/**
 * Space-Saving: the most frequent keys of a stream in bounded memory. `capacity` counters are kept; a key that has none takes over the least
 * one, with its count as the error it may carry. Of all that was counted, N:
 *
 * - what is kept of a key lies above its truth by its own `error` at most, and never below it;
 * - every error, and what a key that is not kept can have at most, is `floor` ≤ N / capacity: so no key above N / capacity is missed.
 *
 * A. Metwally, D. Agrawal, A. El Abbadi, Efficient computation of frequent and top-k elements in data streams, ICDT 2005; merging as in
 * P. K. Agarwal et al., Mergeable summaries, PODS 2012, and M. Cafaro et al., Parallel Space Saving, Information Sciences 329 (2016).
 */
import { LeastFirst } from './least-first.ts';

/** Counters kept where nobody says: no key above 0.1 % of all is missed, and each share is off by 0.1 % at most. */
export const COUNTERS_DEFAULT = 1000;
/** Counters kept at most: some 10 MB. */
export const COUNTERS_MAX = 100_000;

/** What is known of one key: its true count lies in [count − error, count]. */
export interface KeyCount {
  readonly name: string;
  readonly count: number;
  readonly error: number;
}

export class SpaceSaving {
  readonly capacity: number;
  readonly #counters = new Map<string, { readonly name: string; count: number; error: number; place: number }>();
  readonly #least = new LeastFirst();
  #total = 0;

  /** Throws a RangeError where the capacity is not a whole number in 1 … COUNTERS_MAX. */
  constructor(capacity = COUNTERS_DEFAULT) {
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > COUNTERS_MAX)
      throw new RangeError(`${capacity} counters are not a whole number in 1–${COUNTERS_MAX}`);
    this.capacity = capacity;
  }

  /** All that was counted. */
  get total(): number {
    return this.#total;
  }

  /** What a key without a counter can have at most: 0 while there is room for one more, never above total / capacity. */
  get floor(): number {
    return this.#counters.size < this.capacity ? 0 : (this.#least.least?.count ?? 0);
  }

  /** Counts a key, `count` times at once. Throws a RangeError where the count is negative or not finite. */
  add(name: string, count = 1): void {
    if (!(count >= 0 && Number.isFinite(this.#total + count))) throw new RangeError(`${name} cannot be counted ${count} times`);
    if (count === 0) return;
    this.#total += count;
    const known = this.#counters.get(name);
    if (known) {
      known.count += count;
      this.#least.grew(known);
      return;
    }
    const error = this.floor;
    if (this.#counters.size === this.capacity) {
      const least = this.#least.take();
      if (least) this.#counters.delete(least.name);
    }
    this.#put({ name, count: error + count, error });
  }

  /** The keys that are kept, most frequent first. */
  keys(): KeyCount[] {
    const kept = [...this.#counters.values()].map(({ name, count, error }) => ({ name, count, error }));
    return kept.sort((one, other) => other.count - one.count || one.error - other.error || (one.name < other.name ? -1 : 1));
  }

  /**
   * A summary of what both counted, as large as the smaller one. A key that one of them does not keep may have that one's floor there. The
   * bounds stay: the greatest counters of the sum add up to both totals at most, so the least of them is no more than total / capacity.
   */
  merge(other: SpaceSaving): SpaceSaving {
    const merged = new SpaceSaving(Math.min(this.capacity, other.capacity));
    const names = new Set([...this.#counters.keys(), ...other.#counters.keys()]);
    const sums = [...names].map((name) => {
      const [mine, theirs] = [this.#bounds(name), other.#bounds(name)];
      return { name, count: mine.count + theirs.count, error: mine.error + theirs.error };
    });
    sums.sort((one, two) => two.count - one.count || one.error - two.error || (one.name < two.name ? -1 : 1));
    for (const sum of sums.slice(0, merged.capacity)) merged.#put(sum);
    merged.#total = this.#total + other.#total;
    return merged;
  }

  #bounds(name: string): { readonly count: number; readonly error: number } {
    return this.#counters.get(name) ?? { count: this.floor, error: this.floor };
  }

  #put(key: KeyCount): void {
    const counter = { ...key, place: 0 };
    this.#counters.set(key.name, counter);
    this.#least.put(counter);
  }
}
