/**
 * Two systems compared by what their runs measured: the difference, its interval, and the test that was used. With four runs of each the runs
 * are what is drawn from, and nothing is taken for granted about their distribution. With fewer, stretches within the runs are, where the
 * measure allows it; else nothing can be told from chance.
 */
import { numberText } from '../judgement.ts';
import { type Contrast, contrastOf, ERROR_SHARE, type Side, sideOfInterval } from './contrast.ts';
import { type Draws, drawIntervals, drawRuns, INTERVALS_MIN } from './draw-runs.ts';
import { permutationTest } from './permutation-test.ts';
import { randomFrom } from './random-from.ts';
import type { Intervals, RunSample } from './sample.ts';
import { addRatios, sharesPValue, sideOfShares } from './shares.ts';
import { expandedTail } from './small-samples.ts';
import { unclearRange } from './unclear-range.ts';

/** With fewer runs of each, not even the most different values have a p-value below 0.05: 2 of 20 arrangements of 3 and 3 are that far apart. */
export const RUNS_MIN = 4;
/** Of the draws that came to nothing, at most. */
const EMPTY_SHARE_MAX = 0.02;

export type Range = readonly [low: number, high: number];

/** What comparing came to. Differences are in the measure's own unit, and relative to the baseline where it is above 0. */
export interface Compared {
  readonly variant: number;
  readonly baseline: number;
  readonly difference: number;
  /** Undefined where the baseline may be 0. */
  readonly relative: number | undefined;
  /** Where the difference lies with 95 % confidence, to a thousandth of the interval; costs some tenths of a second. */
  readonly interval: () => Range;
  readonly relativeInterval: () => Range;
  /** What was done, in words. */
  readonly test: string;
  /** Of no difference at all; undefined where the interval alone was looked at. */
  readonly pValue: number | undefined;
  /** On which side of a line the difference surely lies. */
  readonly sideOf: (contrast: Contrast) => Side;
}

/** A way to tell sides that the draws' own answer has to agree with. */
interface Second {
  readonly sideOf: (contrast: Contrast) => Side;
  readonly name: string;
  readonly pValue: number;
}

const DIFFERENCE: Contrast = { factor: 1, offset: 0 };

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function valuesOf(samples: readonly RunSample[]): number[] {
  return samples.flatMap(({ value }) => value ?? []);
}

/** The interval between two percentiles of the draws. */
function intervalOf(values: readonly number[], { independent, errorShare }: Draws): readonly [low: number, high: number] {
  const sorted = Float64Array.from(values).sort();
  const out = Math.floor(expandedTail(errorShare / 2, independent) * sorted.length);
  return [sorted[out] ?? Number.NaN, sorted[sorted.length - 1 - out] ?? Number.NaN];
}

function byRuns(variant: readonly number[], baseline: readonly number[], seed: number): Second {
  const test = ({ factor, offset }: Contrast) => {
    const moved = baseline.map((value) => factor * value + offset);
    return { pValue: permutationTest(variant, moved, randomFrom(seed)), distance: meanOf(variant) - meanOf(moved) };
  };
  return {
    name: 'permutation test',
    pValue: test(DIFFERENCE).pValue,
    sideOf: (contrast) => {
      const { pValue, distance } = test(contrast);
      return pValue < ERROR_SHARE ? sideOfInterval(distance, distance) : 'unclear';
    },
  };
}

function byShares(variant: readonly RunSample[], baseline: readonly RunSample[]): Second | undefined {
  const counted = (samples: readonly RunSample[]) => samples.flatMap(({ counts }) => counts ?? []);
  const [ours, theirs] = [counted(variant), counted(baseline)];
  if (ours.length < variant.length || theirs.length < baseline.length) return undefined;
  const [one, other] = [addRatios(ours), addRatios(theirs)];
  return {
    name: 'two-proportion z-test',
    pValue: sharesPValue(one, other),
    sideOf: (contrast) => sideOfShares(one, other, contrast),
  };
}

/** What there is to draw from: the draws, in words too, and the test that goes with them. */
interface Drawn {
  readonly draws: Draws;
  readonly words: string;
  readonly second?: Second;
}

/** Draws from runs, or from stretches of them; a text says why neither can be. */
function drawFrom(variant: readonly RunSample[], baseline: readonly RunSample[], seed: number): Drawn | string {
  const random = randomFrom(seed);
  if (Math.min(variant.length, baseline.length) >= RUNS_MIN) {
    const [ours, theirs] = [valuesOf(variant), valuesOf(baseline)];
    const words = `bootstrap over ${variant.length} and ${baseline.length} runs`;
    return { draws: drawRuns(ours, theirs, random), words, second: byRuns(ours, theirs, seed) };
  }
  const intervalsOf = (samples: readonly RunSample[]): Intervals[] => samples.flatMap(({ intervals }) => intervals ?? []);
  const [ours, theirs] = [intervalsOf(variant), intervalsOf(baseline)];
  const few = `${variant.length} and ${baseline.length} runs`;
  if (ours.length < variant.length || theirs.length < baseline.length)
    return `${few} cannot tell a difference of this measure from chance; ${RUNS_MIN} of each can`;
  const least = Math.min(...[...ours, ...theirs].map(({ values }) => values.length));
  if (least < INTERVALS_MIN) return `one of the runs has ${least} intervals; it takes ${INTERVALS_MIN}, or ${RUNS_MIN} runs of each`;
  return { draws: drawIntervals(ours, theirs, random), words: `block bootstrap within ${few}, by ${ours[0]?.unit ?? ''}` };
}

/** By how much a side may be too high. */
function tooHighBy(samples: readonly RunSample[]): number {
  return Math.max(0, ...samples.map((sample) => sample.tooHighBy ?? 0));
}

function lateWords(by: number): readonly string[] {
  return by === 0 ? [] : [`as much as ${numberText(by)} of a value may be the load generator's own lateness, and is allowed for`];
}

/** The side on which a contrast lies wherever in [measured − too high, measured] both values are. */
function sideDespite(variantBy: number, baselineBy: number, sideOf: (contrast: Contrast) => Side): (contrast: Contrast) => Side {
  if (variantBy === 0 && baselineBy === 0) return sideOf;
  return ({ factor, offset }) => {
    const least = sideOf({ factor, offset: offset + variantBy });
    const most = sideOf({ factor, offset: offset - Math.max(0, factor) * baselineBy });
    return least === most ? least : 'unclear';
  };
}

/** Why a side cannot be compared: a run without a value. */
function missingIn(samples: readonly RunSample[]): string | undefined {
  if (samples.length === 0) return 'there is no run of it';
  const missing = samples.find(({ value }) => value === undefined || !Number.isFinite(value));
  return missing && `run ${missing.run} has no value: ${missing.seen}`;
}

/** Compares the runs of two systems; the same data and seed always come to the same. A text says why they cannot be compared. */
export function compare(variant: readonly RunSample[], baseline: readonly RunSample[], seed: number): Compared | string {
  const missing = missingIn(variant) ?? missingIn(baseline);
  if (missing !== undefined) return missing;
  const drawn = drawFrom(variant, baseline, seed);
  if (typeof drawn === 'string') return drawn;
  const all = drawn.draws.pairs;
  const pairs = all.filter(([ours, theirs]) => Number.isFinite(ours) && Number.isFinite(theirs));
  if (pairs.length < (1 - EMPTY_SHARE_MAX) * all.length) return 'too many intervals have no value';
  const shares = byShares(variant, baseline);
  const seconds = [drawn.second, shares].filter((each) => each !== undefined);
  const interval = (value: (ours: number, theirs: number) => number) =>
    intervalOf(
      pairs.map(([ours, theirs]) => value(ours, theirs)),
      drawn.draws,
    );
  const [variantBy, baselineBy] = [tooHighBy(variant), tooHighBy(baseline)];
  const sideOf = sideDespite(variantBy, baselineBy, (contrast) => {
    const side = sideOfInterval(...interval((ours, theirs) => contrastOf(ours, theirs, contrast)));
    return seconds.every((each) => each.sideOf(contrast) === side) ? side : 'unclear';
  });
  const [ours, theirs] = [meanOf(valuesOf(variant)), meanOf(valuesOf(baseline))];
  const isRelative = theirs > 0 && pairs.every(([, drawnBaseline]) => drawnBaseline > 0);
  const scale = Math.max(Math.abs(ours), Math.abs(theirs));
  return {
    variant: ours,
    baseline: theirs,
    difference: ours - theirs,
    relative: isRelative ? ours / theirs - 1 : undefined,
    interval: () =>
      unclearRange(
        interval((one, other) => one - other),
        scale,
        (offset) => sideOf({ factor: 1, offset }),
      ),
    relativeInterval: () =>
      unclearRange(
        interval((one, other) => one / other - 1),
        1,
        (more) => sideOf({ factor: 1 + more, offset: 0 }),
      ),
    test: [drawn.words, ...seconds.map(({ name }) => name), ...lateWords(Math.max(variantBy, baselineBy))].join('; '),
    pValue: seconds.length === 0 ? undefined : Math.max(...seconds.map(({ pValue }) => pValue)),
    sideOf,
  };
}
