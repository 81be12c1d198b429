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
import { formatMs } from '../../experiments/language/duration.ts';
import type { GoodInterval, GoodTimeline } from './good-intervals.ts';
import { within } from './good-intervals.ts';
import type { EdgeError, EdgeErrors, Instant } from './instant.ts';

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

/** Instants of different clocks may be off against each other by this much. */
const CLOCKS_OFF_MS_MAX = 100;

/** Why the instants of a fault cannot be those of one clock, as words; undefined where they can. */
export function clockProblem({ askedAtMs, inEffectAtMs, endedAtMs }: FaultClock): string | undefined {
  const order = [
    { what: 'the fault was asked for', atMs: askedAtMs },
    { what: 'it was in effect', atMs: inEffectAtMs },
    ...(endedAtMs === undefined ? [] : [{ what: 'it was gone', atMs: endedAtMs }]),
  ];
  for (const [index, { what, atMs }] of order.entries()) {
    const before = order[index - 1];
    if (!Number.isFinite(atMs)) return `the clocks disagree: nobody knows when ${what}`;
    if (before && atMs < before.atMs - CLOCKS_OFF_MS_MAX)
      return `the clocks disagree: ${what} ${formatMs(before.atMs - atMs)} before ${before.what}`;
  }
  return undefined;
}

/** Instants as drawn, and as stretches in which they must lie; and the bounds between which they lie where stretches are unknown: what is `…AtLeast` is the earliest that is possible. */
export interface Recovery {
  readonly neverImpacted: boolean;
  readonly firstImpactMs: number | null;
  readonly mitigatedMs: number | null;
  readonly mitigatedAtLeastMs: number;
  readonly recoveredMs: number | null;
  readonly recoveredAtLeastMs: number;
  readonly impact: Instant | null;
  /** Bounds of the mitigation and of the recovery, were there one: where `mitigatedMs` or `recoveredMs` is null, it is no sooner than `earliestMs`. */
  readonly mitigation: Instant;
  readonly recovery: Instant;
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

/** What is not known before the first stretch that is not good may have been the impact already. */
function impactOf(
  bad: readonly GoodInterval[],
  unknown: readonly GoodInterval[],
  { edges }: GoodTimeline,
  askedAtMs: number,
): Instant | null {
  const [first] = bad;
  if (!first) return null;
  const blindMs = unknown.find(({ fromMs }) => fromMs < first.fromMs)?.fromMs ?? first.fromMs;
  return {
    earliestMs: Math.max(askedAtMs, Math.min(blindMs, first.fromMs - edges.onset.earlierMs)),
    latestMs: Math.max(askedAtMs, first.fromMs + edges.onset.laterMs),
  };
}

/** The end of what is not good, of which something may hide in what is not known; no sooner than `leastMs`. What lasts to the end of the watch has no end. */
function reliefOf(bad: readonly GoodInterval[], unknown: readonly GoodInterval[], errors: EdgeErrors, bounds: Instant): Instant {
  const badMs = endOf(bad);
  const { earlierMs, laterMs } = badMs === 0 || badMs >= bounds.latestMs ? NO_ERROR : errors.relief;
  return {
    earliestMs: Math.max(bounds.earliestMs, badMs - earlierMs),
    latestMs: Math.max(bounds.earliestMs, badMs + laterMs, endOf(unknown)),
  };
}

const NO_ERROR: EdgeError = { earlierMs: 0, laterMs: 0 };

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
    impact: impactOf(bad, unknown, timeline, clock.askedAtMs),
    mitigation: reliefOf(badDuring, unknownDuring, timeline.edges, { earliestMs: clock.askedAtMs, latestMs: watchedToMs }),
    recovery: reliefOf(bad, unknown, timeline.edges, { earliestMs: faultEndMs, latestMs: watchedToMs }),
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
