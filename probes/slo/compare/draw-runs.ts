/** Draws by the bootstrap: what the two means would have been, had other runs of the same systems, or other stretches of the same runs, come about. */
import { blockLength, drawBlocks } from './blocks.ts';
import { ERROR_SHARE } from './contrast.ts';
import type { Intervals } from './sample.ts';

/** Resampled means of runs, and of intervals, whose every draw sums up a whole run. */
const RUN_DRAWS = 5000;
const INTERVAL_DRAWS = 1000;
/** With fewer intervals than this nothing can be said of how much they scatter. */
export const INTERVALS_MIN = 10;

/** Independent blocks that are given up, because their length is itself estimated. */
const ESTIMATED = 1;

/** What the formulas leave out (that the length of blocks is estimated, that joints are no neighbours) makes intervals miss in up to 6 % where 5 % are asked. */
const STRETCH_ERROR_SHARE = 0.03;

/** The variant's value and the baseline's. */
export type Pair = readonly [variant: number, baseline: number];

/** Draws, and how many independent values each mean rests on at least. */
export interface Draws {
  readonly pairs: readonly Pair[];
  readonly independent: number;
  /** How often the interval between percentiles of the draws may miss, by the formulas, so that it really misses in no more than 5 %. */
  readonly errorShare: number;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Whole runs drawn with putting back. B. Efron, R. Tibshirani, An Introduction to the Bootstrap (1993), 8.3. */
export function drawRuns(variant: readonly number[], baseline: readonly number[], random: () => number): Draws {
  const resampled = (values: readonly number[]) => {
    let sum = 0;
    for (let index = 0; index < values.length; index += 1) sum += values[Math.floor(random() * values.length)] ?? 0;
    return sum / values.length;
  };
  const pairs = Array.from({ length: RUN_DRAWS }, (): Pair => [resampled(variant), resampled(baseline)]);
  return { pairs, independent: Math.min(variant.length, baseline.length), errorShare: ERROR_SHARE };
}

/** A series without holes: what is not known in an interval is taken for the mean of the others. */
function filled(values: readonly number[]): number[] {
  const mean = meanOf(values.filter(Number.isFinite));
  return values.map((value) => (Number.isFinite(value) ? value : mean));
}

/**
 * Blocks of neighbouring intervals drawn within each run, and the runs' values averaged. D. Politis, J. Romano, A Circular Block-Resampling Procedure for Stationary Data
 * (1992). How much one run differs from the next is not in it, since there is nothing to tell it from.
 */
export function drawIntervals(variant: readonly Intervals[], baseline: readonly Intervals[], random: () => number): Draws {
  const withLength = (all: readonly Intervals[]) => all.map((intervals) => ({ intervals, length: blockLength(filled(intervals.values)) }));
  const [ours, theirs] = [withLength(variant), withLength(baseline)];
  const resampled = (all: ReturnType<typeof withLength>) =>
    meanOf(all.map(({ intervals, length }) => intervals.over(drawBlocks(intervals.values.length, length, random))));
  const blocks = (all: ReturnType<typeof withLength>) =>
    all.reduce((sum, { intervals, length }) => sum + Math.floor(intervals.values.length / length), 0);
  const pairs = Array.from({ length: INTERVAL_DRAWS }, (): Pair => [resampled(ours), resampled(theirs)]);
  return { pairs, independent: Math.min(blocks(ours), blocks(theirs)) - ESTIMATED, errorShare: STRETCH_ERROR_SHARE };
}
