/** The part of a run that is compared, on the clock of a fault. */
import type { Part } from '../../../experiments/language/comparison.ts';
import type { FaultClock } from '../recovery.ts';

/** A part of a run on its own clock. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The part's beginning and end; a text says why there is no such part. */
export function spanOf(part: Part, clock: FaultClock | undefined, watchEndMs: number): Span | string {
  if (part === 'whole') return { fromMs: 0, toMs: watchEndMs };
  if (!clock) return 'the fault was never in effect';
  const { askedAtMs, inEffectAtMs, endedAtMs } = clock;
  if (part === 'before') return { fromMs: 0, toMs: askedAtMs };
  if (part === 'since') return { fromMs: inEffectAtMs, toMs: watchEndMs };
  if (endedAtMs === undefined) return 'nobody knows when the fault ended';
  if (part === 'after') return { fromMs: endedAtMs, toMs: watchEndMs };
  return clock.momentary ? 'this fault does not last' : { fromMs: inEffectAtMs, toMs: endedAtMs };
}
