/**
 * When an indicator made of readings was good. Where each reading has to be right, every look speaks for itself: not
 * good from the *start* of the first wrong look (a look that hangs began when the harm was already there) until the
 * *end* of the first right one. Where readings are aggregated, a window ends at every look.
 */
import type { ReadingCondition } from '../../experiments/language/condition.ts';
import type { Evidence, ProbeReading } from './evidence.ts';
import { combineIntervals, GOOD_STATE_OF, type GoodInterval, type GoodState, type GoodTimeline, joinIntervals } from './good-intervals.ts';
import { rightness } from './in-a-row.ts';
import { type EdgeErrors, evenErrors } from './instant.ts';
import { divisorOf, isRight, judgeReading, judgesEach } from './judge-reading.ts';
import { CARRIED_SPACINGS, typicalSpacing } from './spacing.ts';

/** A look that says something: when it began, when it ended, what it says. */
interface Sample {
  readonly startedMs: number;
  readonly atMs: number;
  readonly state: GoodState;
}

/** States between samples: each lasts to the next one, unless that is more than `carriedMs` away; then all between is unknown. */
function spread(samples: readonly Sample[], spacingMs: number, carriedMs: number): GoodInterval[] {
  const intervals: GoodInterval[] = [];
  let fromMs = samples[0]?.startedMs ?? 0;
  samples.forEach((sample, index) => {
    const next = samples[index + 1];
    const isGap = !next || next.startedMs - sample.atMs > carriedMs;
    const boundaryMs = next && sample.state === 'not-good' ? next.atMs : next?.startedMs;
    const toMs = isGap ? sample.atMs + spacingMs : (boundaryMs ?? sample.atMs);
    if (next && !isGap && next.state === sample.state) return;
    intervals.push({ fromMs, toMs, state: sample.state });
    fromMs = isGap ? (next?.startedMs ?? toMs) : toMs;
  });
  return intervals;
}

function samplesOf(condition: ReadingCondition, list: readonly ProbeReading[], divisor: number): Sample[] {
  const right = rightness(condition, [list], Number.POSITIVE_INFINITY, ({ value }) => isRight(condition, value, divisor));
  return list
    .filter(({ status }) => status === 'ok')
    .map((reading) => ({ startedMs: reading.startedMs, atMs: reading.atMs, state: right(reading) ? 'good' : 'not-good' }));
}

function aggregatedSamples(condition: ReadingCondition, evidence: Evidence, windowMs: number): Sample[] {
  const ok = evidence.readingsOf(condition.reading).flatMap((list) => list.filter(({ status }) => status === 'ok'));
  const ends = [...new Set(ok.map(({ atMs }) => atMs))].sort((one, other) => one - other);
  return ends
    .map((atMs) => ({ startedMs: atMs, atMs, state: GOOD_STATE_OF[judgeReading(condition, evidence, atMs - windowMs, atMs).state] }))
    .filter(({ state }) => state !== 'unknown');
}

/**
 * Edges of looks that speak for themselves. The last right look said so at some time after its start, the first wrong one before its
 * end; likewise the other way round. A look that hangs counts with all of its length.
 *
 *   looks     [right]        [wrong]      not good is drawn from the start of the first wrong look
 *   true edge  └─────────────────┘        to the end of the first right one
 */
function edgesOfLooks(tracks: readonly (readonly Sample[])[], spacingMs: number): EdgeErrors {
  const longestMs = tracks.flat().reduce((longest, { startedMs, atMs }) => Math.max(longest, atMs - startedMs), 0);
  return {
    onset: { earlierMs: spacingMs, laterMs: longestMs },
    relief: { earlierMs: spacingMs + longestMs, laterMs: 0 },
  };
}

/** The timeline from 0 to `toMs`; all containers of the probe have to be good. Failed looks are no samples: only a gap of several makes a stretch unknown. */
export function readingTimeline(condition: ReadingCondition, evidence: Evidence, toMs: number, windowMs: number): GoodTimeline {
  const lists = evidence.readingsOf(condition.reading).filter((list) => list.length > 0);
  const spacingMs = Math.max(0, ...lists.map((list) => typicalSpacing(list)));
  const carriedMs = Math.max(windowMs, CARRIED_SPACINGS * spacingMs);
  const divisor = divisorOf(condition, evidence);
  const overMs = Math.max(windowMs, spacingMs);
  const each = judgesEach(condition);
  let samples: Sample[][] = [];
  if (divisor !== undefined && each) samples = lists.map((list) => samplesOf(condition, list, divisor));
  if (divisor !== undefined && !each) samples = [aggregatedSamples(condition, evidence, overMs)];
  const tracks = samples.map((track) => joinIntervals(spread(track, spacingMs, carriedMs), toMs));
  const lastMs = Math.max(0, ...samples.map((track) => track.at(-1)?.atMs ?? 0));
  return {
    intervals: combineIntervals(tracks, toMs),
    endMs: lastMs === 0 ? 0 : Math.min(toMs, lastMs + spacingMs),
    errorMs: Math.round(each ? spacingMs : overMs),
    edges: each ? edgesOfLooks(samples, spacingMs) : evenErrors(overMs),
    windowMs: each ? spacingMs : overMs,
    settleMs: 0,
    rescuedMs: 0,
  };
}
