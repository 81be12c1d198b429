/**
 * How long netem holds a packet on average, from the kernel's counters. By Little's law (J. D. C. Little, "A proof for the queuing formula
 * L = λW", Operations Research 9, 1961) it is what is held on average, divided by what is let go in a unit of time. Pure.
 */

/** An average of fewer looks says little. */
const LOOKS_MIN = 10;

export interface HoldMeter {
  /** `passed`: packets let go so far; `held`: those that wait now. Answers with what was let go since the first were, and their mean time in ms; nothing before there were enough looks. */
  look(passed: number, held: number, nowMs: number): { readonly released: number; readonly meanHoldMs: number };
}

export function holdMeter(): HoldMeter {
  let first: { readonly passed: number; readonly atMs: number } | undefined;
  let looks = 0;
  let heldInAll = 0;
  return {
    look(passed, held, nowMs) {
      // While it fills up, it holds less than it will.
      if (passed > 0) first ??= { passed, atMs: nowMs };
      if (!first) return { released: 0, meanHoldMs: 0 };
      looks += 1;
      heldInAll += held;
      const released = passed - first.passed;
      if (looks < LOOKS_MIN || released === 0) return { released: 0, meanHoldMs: 0 };
      return { released, meanHoldMs: ((heldInAll / looks) * (nowMs - first.atMs)) / released };
    },
  };
}
