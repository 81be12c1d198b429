/** Instants that were sampled: nobody knows them better than the looks lie apart, so each is the stretch in which it must lie. */
import { formatMs } from '../../experiments/language/duration.ts';
import type { Judgement } from './judgement.ts';

/** The earliest and the latest at which it can have been, in ms on the run's clock. */
export interface Instant {
  readonly earliestMs: number;
  readonly latestMs: number;
}

/** How far the true edge of a stretch may lie before and after where it is drawn. */
export interface EdgeError {
  readonly earlierMs: number;
  readonly laterMs: number;
}

/** The errors of the two edges of a stretch that is not good: its beginning and its end. */
export interface EdgeErrors {
  readonly onset: EdgeError;
  readonly relief: EdgeError;
}

/** The same error on either side of either edge. */
export function evenErrors(errorMs: number): EdgeErrors {
  const edge = { earlierMs: errorMs, laterMs: errorMs };
  return { onset: edge, relief: edge };
}

/** The wider of several errors, side by side. */
export function widestErrors(all: readonly EdgeErrors[]): EdgeErrors {
  const widest = (edge: keyof EdgeErrors, side: keyof EdgeError) => Math.max(0, ...all.map((errors) => errors[edge][side]));
  const both = (edge: keyof EdgeErrors) => ({ earlierMs: widest(edge, 'earlierMs'), laterMs: widest(edge, 'laterMs') });
  return { onset: both('onset'), relief: both('relief') };
}

/** On which side of a deadline an instant lies: `unknown` where the deadline lies inside of it. */
export function sideOf({ earliestMs, latestMs }: Instant, deadlineMs: number): Judgement['state'] {
  if (latestMs <= deadlineMs) return 'held';
  return earliestMs > deadlineMs ? 'broken' : 'unknown';
}

/** `4.1s to 4.3s`, from an instant on; one length where both ends read alike. */
export function stretchText({ earliestMs, latestMs }: Instant, sinceMs: number): string {
  const [from, to] = [formatMs(Math.max(0, earliestMs - sinceMs)), formatMs(Math.max(0, latestMs - sinceMs))];
  return from === to ? from : `${from} to ${to}`;
}
