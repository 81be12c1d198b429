/**
 * When the system itself noticed: the first instant after the fault was asked for at which its own signal (a health check, an
 * alert, a breaker) was given. A signal that was given already before the fault tells nothing of it.
 */
import type { GoodTimeline } from './good-intervals.ts';
import { within } from './good-intervals.ts';
import type { Instant } from './instant.ts';
import type { FaultClock } from './recovery.ts';

export interface Detection {
  /** Null where the signal was not seen to begin after the fault was asked for. */
  readonly instant: Instant | null;
  /** The signal was given already when the fault was asked for. */
  readonly already: boolean;
  /** From when on, after the fault was asked for and before it was seen to be given, nobody knows whether it was. */
  readonly unknownFromMs: number | null;
  readonly watchedToMs: number;
}

/** Finds it; `timeline` is that of the signal, good meaning given. */
export function detectionOf(timeline: GoodTimeline, { askedAtMs }: FaultClock, watchEndMs: number): Detection {
  const watchedToMs = Math.min(watchEndMs, timeline.endMs);
  const [given] = within(timeline.intervals, 'good', askedAtMs, watchedToMs);
  const unknownFromMs = within(timeline.intervals, 'unknown', askedAtMs, given?.fromMs ?? watchedToMs)[0]?.fromMs ?? null;
  const already = given !== undefined && given.fromMs <= askedAtMs;
  if (!given || already) return { instant: null, already, unknownFromMs, watchedToMs };
  const { earlierMs, laterMs } = timeline.edges.relief;
  const earliestMs = Math.min(given.fromMs - earlierMs, unknownFromMs ?? given.fromMs);
  const instant = { earliestMs: Math.max(askedAtMs, earliestMs), latestMs: given.fromMs + laterMs };
  return { instant, already, unknownFromMs, watchedToMs };
}
