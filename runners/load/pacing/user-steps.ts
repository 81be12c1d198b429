/**
 * How many virtual users are at work over time, in closed form. The number goes in straight lines; one more begins where
 * the line reaches a whole number going up, and one ends where it does going down, as in k6:
 *
 *   users 0 ──▶ 4 in 8 s: the first at 2 s, the fourth at 8 s        4 ──▶ 0 in 8 s: the fourth ends at 2 s, the first at 8 s
 */

/** A stretch of time in which the number of virtual users goes in a straight line. */
export interface UserSegment {
  readonly durationMs: number;
  readonly from: number;
  readonly to: number;
}

/** From this instant on, in ms from the scenario's start, so many are at work. */
export interface UserStep {
  readonly atMs: number;
  readonly users: number;
}

/** The steps in order of time, one at a time, since there may be many. */
export function* userSteps(segments: readonly UserSegment[]): Generator<UserStep, void, undefined> {
  let startMs = 0;
  let users: number | undefined;
  for (const { durationMs, from, to } of segments) {
    if (from !== users) yield { atMs: startMs, users: from };
    const count = Math.abs(to - from);
    const sign = Math.sign(to - from);
    const first = durationMs > 0 ? 1 : count;
    for (let step = Math.max(1, first); step <= count; step += 1) {
      yield { atMs: startMs + (durationMs * step) / count, users: from + sign * step };
    }
    users = to;
    startMs += durationMs;
  }
}
