/**
 * The instants of an indicator against the clock of a fault. *Mitigated*: good from that instant until the fault ends.
 * *Recovered*: good from that instant until the end of the watch. *Never impacted*: good all along; then there are
 * no instants. All on the run's clock. Mitigation has to show for a whole window that the fault's end had no part in.
 *
 *   asked   proof           undone                 end of the watch
 *   ──┼───────┼───────────────┼───────────────────────┼──
 *   good  ╳╳╳╳╳╳╳╳╳  good          ╳╳╳╳  good
 *         impact   mitigated           recovered
 */
import type { GoodInterval, GoodTimeline } from './good-intervals.ts';
import { within } from './good-intervals.ts';

/** The clock of a fault. */
export interface FaultClock {
  /** When injecting it began: nothing before it is its doing. */
  readonly askedAtMs: number;
  /** Its proof. */
  readonly inEffectAtMs: number;
  /** When it was gone; undefined where nobody knows. For a fault that is over at once: its proof. */
  readonly endedAtMs: number | undefined;
  /** True where it does not last: it heals by itself, or cannot be undone. */
  readonly momentary: boolean;
}

/** Instants, and the bounds between which they lie where stretches are unknown: what is `…AtLeast` is the earliest that is possible. */
export interface Recovery {
  readonly neverImpacted: boolean;
  readonly firstImpactMs: number | null;
  readonly mitigatedMs: number | null;
  readonly mitigatedAtLeastMs: number;
  readonly recoveredMs: number | null;
  readonly recoveredAtLeastMs: number;
  /** Not good while the fault lasted, and from the fault to the end of the watch; what is not known likewise. */
  readonly badDuring: readonly GoodInterval[];
  readonly bad: readonly GoodInterval[];
  readonly unknownDuring: readonly GoodInterval[];
  readonly unknown: readonly GoodInterval[];
  /** Until when the indicator was watched: the end of the watch, or of its own samples. */
  readonly watchedToMs: number;
  readonly faultEndMs: number;
}

function endOf(intervals: readonly GoodInterval[]): number {
  return intervals.at(-1)?.toMs ?? 0;
}

/** Finds the instants. */
export function recoveryOf(timeline: GoodTimeline, clock: FaultClock, watchEndMs: number): Recovery {
  const watchedToMs = Math.min(watchEndMs, timeline.endMs);
  const faultEndMs = clock.endedAtMs ?? watchEndMs;
  const fromMs = Math.max(0, clock.askedAtMs - timeline.settleMs);
  const bad = within(timeline.intervals, 'not-good', fromMs, watchedToMs);
  const unknown = within(timeline.intervals, 'unknown', fromMs, watchedToMs);
  const badDuring = bad.filter((interval) => interval.fromMs < faultEndMs - timeline.settleMs);
  const unknownDuring = unknown.filter((interval) => interval.fromMs < faultEndMs);
  const goodAtEnd = endOf(bad) < watchedToMs && endOf(unknown) < watchedToMs && watchedToMs > faultEndMs;
  const mitigatedMs = Math.max(endOf(badDuring), endOf(unknownDuring));
  const isShown = faultEndMs - mitigatedMs >= timeline.settleMs + timeline.rescuedMs + timeline.windowMs && watchedToMs >= faultEndMs;
  const isMitigated = !clock.momentary && badDuring.length > 0 && isShown;
  const recoveredMs = Math.max(endOf(bad), endOf(unknown), faultEndMs);
  return {
    neverImpacted: bad.length === 0 && unknown.length === 0 && watchedToMs >= faultEndMs && watchedToMs > fromMs,
    firstImpactMs: bad[0] ? Math.max(bad[0].fromMs, clock.askedAtMs) : null,
    mitigatedMs: isMitigated ? mitigatedMs : null,
    mitigatedAtLeastMs: endOf(badDuring),
    recoveredMs: bad.length > 0 && goodAtEnd ? recoveredMs : null,
    recoveredAtLeastMs: Math.max(endOf(bad), faultEndMs),
    badDuring,
    bad,
    unknownDuring,
    unknown,
    watchedToMs,
    faultEndMs,
  };
}
