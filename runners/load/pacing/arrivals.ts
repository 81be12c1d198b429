/**
 * The plan of an open-loop scenario in closed form: the intended time of arrival i is the inverse of the integral of a
 * piecewise linear rate. There is no token bucket and no drift; the i-th arrival has its time whatever happened before.
 *
 *   rate   r0 ────╲          arrivals up to t:  N(t) = r0·t + (r1 − r0)·t² / 2D
 *                  ╲___ r1   arrival x of it:   t = 2x / (r0 + √(r0² + 2x·(r1 − r0)/D))
 *          0        D
 *
 * The second line is the citardauq form of the quadratic formula, which is stable where the slope is 0.
 */

/** A stretch of time in which the rate goes in a straight line. Rates are arrivals per ms. */
export interface RateSegment {
  readonly durationMs: number;
  readonly fromPerMs: number;
  readonly toPerMs: number;
}

/** Part of an arrival that is rounding, not load: 0.1 × 100 s and the like must not add one. */
const ROUNDING = 1e-6;

function areaOf(segment: RateSegment): number {
  return ((segment.fromPerMs + segment.toPerMs) / 2) * segment.durationMs;
}

/** How many arrivals there are: arrival 0 comes at the start, the last one before the end. */
export function plannedArrivals(segments: readonly RateSegment[]): number {
  return Math.max(0, Math.ceil(segments.reduce((sum, segment) => sum + areaOf(segment), 0) - ROUNDING));
}

/** Hands out the intended times of arrivals 0, 1, 2 … in ms from the scenario's start. Keeps its place, so that each costs the same. */
export class Arrivals {
  readonly total: number;
  readonly #segments: readonly RateSegment[];
  #index = 0;
  #segment = 0;
  #segmentStartMs = 0;
  #areaBefore = 0;

  constructor(segments: readonly RateSegment[]) {
    this.#segments = segments;
    this.total = plannedArrivals(segments);
  }

  /** The next arrival's time, or Infinity after the last. */
  nextMs(): number {
    if (this.#index >= this.total) return Number.POSITIVE_INFINITY;
    const arrival = this.#index;
    this.#index += 1;
    for (;;) {
      const segment = this.#segments[this.#segment];
      if (!segment) return this.#segmentStartMs;
      const area = areaOf(segment);
      const inside = arrival - this.#areaBefore;
      if (inside < area || this.#segment === this.#segments.length - 1) return this.#segmentStartMs + timeWithin(segment, inside);
      this.#areaBefore += area;
      this.#segmentStartMs += segment.durationMs;
      this.#segment += 1;
    }
  }
}

function timeWithin({ durationMs, fromPerMs, toPerMs }: RateSegment, arrivals: number): number {
  if (arrivals <= 0) return 0;
  const underRoot = fromPerMs * fromPerMs + (2 * arrivals * (toPerMs - fromPerMs)) / durationMs;
  return Math.min(durationMs, (2 * arrivals) / (fromPerMs + Math.sqrt(Math.max(0, underRoot))));
}
