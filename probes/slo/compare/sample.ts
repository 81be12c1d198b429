/** What one run says about what is compared: its value, and what may be drawn from it where there are too few runs to draw from. */
import type { Ratio } from '../spread/ratios.ts';

/** A run cut into intervals of equal length, or a probe's readings in their order. */
export interface Intervals {
  /** How long one is, in words: `1s`, `reading`. */
  readonly unit: string;
  /** The measure in each by itself; NaN where there is none. */
  readonly values: readonly number[];
  /** The measure over those that are named, as often as they are; NaN where there is none. */
  readonly over: (indexes: readonly number[]) => number;
}

/** One run's sample; `run` is its id. */
export interface RunSample {
  readonly run: string;
  /** Undefined where nothing is known; `seen` then says why. */
  readonly value: number | undefined;
  readonly seen: string;
  /** By how much the value may be too high, by what the load generator did itself, and not the system. */
  readonly tooHighBy?: number | undefined;
  readonly intervals?: Intervals | undefined;
  /** Of a share: what it is a share of. */
  readonly counts?: Ratio | undefined;
}
