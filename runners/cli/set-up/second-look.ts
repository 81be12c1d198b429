/**
 * Which failures are looked at a second time. A test on real containers that failed while the machine stood still has shown nothing; it is run again, alone,
 * and both outcomes are told. A test that fails on a machine that works is never run again.
 */
import { longestStall, type Stall } from './stalls.ts';

/** Half of the shortest time that is promised, an undo that begins within 100 ms; shorter ones are what the tests' own bounds allow for. */
const STALL_MS_MIN = 50;
/** What stood still just before a test is in its first figures, too. */
const BEFORE_MS = 1_000;
/** More failures than this are no accident. */
const FAILURES_MAX = 3;

/** A test that failed, on the clock of ms since 1970. */
export interface Failure {
  readonly file: string;
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ExcusedFailure extends Failure {
  readonly stallMs: number;
}

/** All failures with the stall that goes with each, or undefined where one of them has to stand. `mayBe`: the files that measure a machine at all. */
export function excusedFailures(
  failures: readonly Failure[],
  stalls: readonly Stall[],
  mayBe: (file: string) => boolean,
): readonly ExcusedFailure[] | undefined {
  const excused = failures.flatMap((failure) => {
    const stallMs = longestStall(stalls, failure.fromMs - BEFORE_MS, failure.toMs);
    return mayBe(failure.file) && stallMs >= STALL_MS_MIN ? [{ ...failure, stallMs }] : [];
  });
  return failures.length > 0 && failures.length <= FAILURES_MAX && excused.length === failures.length ? excused : undefined;
}

/** `this machine stood still 12 times, 1.4 s together, 231 ms at the longest`. */
export function stallWords(stalls: readonly Stall[]): string {
  const togetherMs = stalls.reduce((sum, { lateMs }) => sum + lateMs, 0);
  const longestMs = Math.max(0, ...stalls.map(({ lateMs }) => lateMs));
  return `this machine stood still ${stalls.length} times, ${(togetherMs / 1000).toFixed(1)} s together, ${Math.round(longestMs)} ms at the longest`;
}
