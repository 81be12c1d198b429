/** How far apart samples typically lie: the sampling error of instants, and how long a state is carried over a gap. */
import type { ProbeReading } from './evidence.ts';

/** Assumed where there are too few samples to tell. */
const SPACING_MS_DEFAULT = 1000;
/** A gap of up to this many spacings keeps the state from before: one sample may be missed. */
export const CARRIED_SPACINGS = 2.5;

/** Median time from the start of one look to the next, in ms. */
export function typicalSpacing(readings: readonly ProbeReading[]): number {
  const gaps = readings.slice(1).map((reading, index) => reading.startedMs - (readings[index]?.startedMs ?? 0));
  const sorted = gaps.filter((gap) => gap > 0).sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? SPACING_MS_DEFAULT;
}
