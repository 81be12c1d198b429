/** The clauses on an indicator's instants: throughout, mitigated-within, recovered-within. Pure; each says what was asked and what was seen. */
import { formatMs } from '../../experiments/language/duration.ts';
import type { GoodInterval } from './good-intervals.ts';
import type { Judgement, State } from './judgement.ts';
import type { FaultClock, Recovery } from './recovery.ts';

export const CLAUSES = ['throughout', 'mitigated-within', 'recovered-within', 'budget', 'during', 'since', 'after'] as const;

/** A judgement on one clause of an objective. `text` is what was asked. */
export interface ClauseJudgement {
  readonly clause: (typeof CLAUSES)[number];
  readonly state: State;
  readonly text: string;
  readonly seen: string;
}

/** What a clause is judged on. */
export interface ClauseContext {
  readonly recovery: Recovery;
  readonly clock: FaultClock;
  readonly windowMs: number;
}

function totalMs(intervals: readonly GoodInterval[]): number {
  return intervals.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}

function judged(state: State, seen: string): Judgement {
  return { state, seen };
}

/** Good from the fault to the end of the watch. */
export function judgeThroughout({ recovery, clock }: ClauseContext): ClauseJudgement {
  const { bad, unknown, watchedToMs, faultEndMs } = recovery;
  const judge = (): Judgement => {
    const since = (atMs: number) => formatMs(Math.max(0, atMs - clock.askedAtMs));
    if (bad[0])
      return judged('broken', `not good for ${formatMs(totalMs(bad))} in all, first ${since(bad[0].fromMs)} after the fault began`);
    if (watchedToMs < faultEndMs || watchedToMs <= clock.askedAtMs)
      return judged('unknown', 'the indicator has no samples up to the end of the fault');
    if (unknown[0]) return judged('unknown', `not known for ${formatMs(totalMs(unknown))} in all`);
    return judged('held', 'good the whole time');
  };
  return { clause: 'throughout', text: 'good from the fault to the end of the watch', ...judge() };
}

/** Good again while the fault lasts, `limitMs` after its proof at the latest, and until it ends. */
export function judgeMitigated({ recovery, clock, windowMs }: ClauseContext, limitMs: number): ClauseJudgement {
  const { badDuring, unknownDuring, mitigatedMs, mitigatedAtLeastMs, faultEndMs, watchedToMs } = recovery;
  const deadlineMs = clock.inEffectAtMs + limitMs;
  const after = (atMs: number) => `${formatMs(Math.max(0, atMs - clock.inEffectAtMs))} after its proof`;
  const judge = (): Judgement => {
    if (clock.momentary) return judged('unknown', 'this fault does not last, so nothing can be mitigated while it does');
    if (watchedToMs < faultEndMs) return judged('unknown', 'the indicator has no samples up to the end of the fault');
    if (badDuring.length === 0 && unknownDuring.length === 0) return judged('held', 'good as long as the fault lasted');
    if (mitigatedMs !== null && mitigatedMs <= deadlineMs) return judged('held', `good again ${after(mitigatedMs)}`);
    const upTo = unknownDuring.at(-1)?.toMs ?? 0;
    if (badDuring.length === 0 && upTo <= deadlineMs && faultEndMs - upTo >= windowMs)
      return judged('held', `good from ${after(upTo)} at the latest`);
    if (faultEndMs < deadlineMs) return judged('unknown', `the fault ended ${after(faultEndMs)}, before the limit`);
    if (mitigatedAtLeastMs > deadlineMs) {
      return judged(
        'broken',
        mitigatedMs === null ? 'not lastingly good before the fault ended' : `good again only ${after(mitigatedAtLeastMs)}`,
      );
    }
    if (unknownDuring.length === 0)
      return judged(
        'unknown',
        `good only for the last ${formatMs(faultEndMs - mitigatedAtLeastMs)} of the fault, too short to tell from its end`,
      );
    return judged('unknown', `not known for ${formatMs(totalMs(unknownDuring))} while the fault lasted`);
  };
  return { clause: 'mitigated-within', text: `good again within ${formatMs(limitMs)} of the fault's proof, until it ends`, ...judge() };
}

/** Good for good, `limitMs` after the fault's end at the latest. */
export function judgeRecovered({ recovery, clock, windowMs }: ClauseContext, limitMs: number): ClauseJudgement {
  const { bad, unknown, recoveredMs, recoveredAtLeastMs, faultEndMs, watchedToMs } = recovery;
  const deadlineMs = faultEndMs + limitMs;
  const end = clock.momentary ? "the fault's proof" : 'the undo';
  const after = (atMs: number) => `${formatMs(Math.max(0, atMs - faultEndMs))} after ${end}`;
  const lastUnknownMs = unknown.at(-1)?.toMs ?? 0;
  const judge = (): Judgement => {
    if (clock.endedAtMs === undefined) return judged('unknown', 'nobody knows when the fault ended');
    if (watchedToMs - faultEndMs < Math.min(windowMs, limitMs)) return judged('unknown', `the indicator has no samples after ${end}`);
    if (bad.length === 0 && lastUnknownMs <= deadlineMs && lastUnknownMs < watchedToMs) return judged('held', `good from ${end} on`);
    if (recoveredMs !== null && recoveredMs <= deadlineMs)
      return judged('held', recoveredMs <= faultEndMs ? `good already at ${end}` : `good for good ${after(recoveredMs)}`);
    if (recoveredAtLeastMs > deadlineMs) {
      const seen = recoveredMs === null ? `still not good ${after(recoveredAtLeastMs)}` : `good for good only ${after(recoveredAtLeastMs)}`;
      return judged('broken', seen);
    }
    if (watchedToMs < deadlineMs) return judged('unknown', `not good when the watch ended ${after(watchedToMs)}, before the limit`);
    return recoveredAtLeastMs >= watchedToMs
      ? judged('broken', 'not good when the watch ended')
      : judged('unknown', `not known for ${formatMs(totalMs(unknown))}`);
  };
  return { clause: 'recovered-within', text: `good for good within ${formatMs(limitMs)} of ${end}`, ...judge() };
}
