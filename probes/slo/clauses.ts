/**
 * The clauses on an indicator's instants: throughout, detected-within, mitigated-within, recovered-within, steady-within. Pure; each says
 * what was asked and what was seen. An instant is known within its sampling error, so a limit that lies inside of it leaves the clause unknown.
 */
import { formatMs } from '../../experiments/language/duration.ts';
import type { Detection } from './detection.ts';
import type { GoodInterval } from './good-intervals.ts';
import { sideOf, stretchText } from './instant.ts';
import type { Judgement, State } from './judgement.ts';
import type { FaultClock, Recovery } from './recovery.ts';

export const CLAUSES = [
  'throughout',
  'detected-within',
  'mitigated-within',
  'recovered-within',
  'steady-within',
  'budget',
  'during',
  'since',
  'after',
] as const;

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

const UNDECIDED = 'the sampling cannot tell on which side of the limit';

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
  const { badDuring, unknownDuring, mitigatedMs, mitigatedAtLeastMs, mitigation, faultEndMs, watchedToMs } = recovery;
  const deadlineMs = clock.inEffectAtMs + limitMs;
  const after = (atMs: number) => `${formatMs(Math.max(0, atMs - clock.inEffectAtMs))} after its proof`;
  const again = `${stretchText(mitigation, clock.inEffectAtMs)} after its proof`;
  const side = sideOf(mitigation, deadlineMs);
  const judge = (): Judgement => {
    if (clock.momentary) return judged('unknown', 'this fault does not last, so nothing can be mitigated while it does');
    if (watchedToMs < faultEndMs) return judged('unknown', 'the indicator has no samples up to the end of the fault');
    if (badDuring.length === 0 && unknownDuring.length === 0) return judged('held', 'good as long as the fault lasted');
    if (mitigatedMs !== null && side === 'held') return judged('held', `good again ${again}`);
    const upTo = unknownDuring.at(-1)?.toMs ?? 0;
    if (badDuring.length === 0 && upTo <= deadlineMs && faultEndMs - upTo >= windowMs)
      return judged('held', `good from ${after(upTo)} at the latest`);
    if (faultEndMs < deadlineMs) return judged('unknown', `the fault ended ${after(faultEndMs)}, before the limit`);
    if (side === 'broken')
      return judged('broken', mitigatedMs === null ? 'not lastingly good before the fault ended' : `good again only ${again}`);
    if (mitigatedMs !== null && unknownDuring.length === 0) return judged('unknown', `good again ${again}: ${UNDECIDED}`);
    if (unknownDuring.length === 0)
      return judged(
        'unknown',
        `good only for the last ${formatMs(faultEndMs - mitigatedAtLeastMs)} of the fault, too short to tell from its end`,
      );
    return judged('unknown', `not known for ${formatMs(totalMs(unknownDuring))} while the fault lasted`);
  };
  return { clause: 'mitigated-within', text: `good again within ${formatMs(limitMs)} of the fault's proof, until it ends`, ...judge() };
}

/** The system's own signal given, `limitMs` after the fault's proof at the latest. */
export function judgeDetected(
  { instant, already, unknownFromMs, watchedToMs }: Detection,
  clock: FaultClock,
  limitMs: number,
): ClauseJudgement {
  const deadlineMs = clock.inEffectAtMs + limitMs;
  const after = (atMs: number) => `${formatMs(Math.max(0, atMs - clock.inEffectAtMs))} after the fault's proof`;
  const judge = (): Judgement => {
    if (already) return judged('unknown', 'the signal was given already before the fault');
    if (instant) {
      const [side, seen] = [sideOf(instant, deadlineMs), `${stretchText(instant, clock.inEffectAtMs)} after the fault's proof`];
      if (side !== 'unknown') return judged(side, side === 'held' ? `detected ${seen}` : `detected only ${seen}`);
      return judged('unknown', unknownFromMs === null ? `detected ${seen}: ${UNDECIDED}` : `detected ${seen}, and not known in between`);
    }
    if (unknownFromMs !== null && unknownFromMs <= deadlineMs) return judged('unknown', `not known from ${after(unknownFromMs)} on`);
    if (watchedToMs < deadlineMs) return judged('unknown', `not detected when the watch ended ${after(watchedToMs)}, before the limit`);
    return judged('broken', `not detected up to ${after(watchedToMs)}`);
  };
  return { clause: 'detected-within', text: `detected within ${formatMs(limitMs)} of the fault's proof`, ...judge() };
}

/** What is to be good for good, and what it is called. */
interface Wording {
  readonly clause: 'recovered-within' | 'steady-within';
  readonly subject: string;
}

/** Good for good, `limitMs` after the fault's end at the latest. */
export function judgeRecovered(context: ClauseContext, limitMs: number): ClauseJudgement {
  return judgeReturn(context, limitMs, { clause: 'recovered-within', subject: 'good for good' });
}

/** The same of the steady-state hypothesis: `context` is that of its timeline. */
export function judgeSteady(context: ClauseContext, limitMs: number): ClauseJudgement {
  return judgeReturn(context, limitMs, { clause: 'steady-within', subject: 'steady for good' });
}

function judgeReturn({ recovery: seen, clock, windowMs }: ClauseContext, limitMs: number, { clause, subject }: Wording): ClauseJudgement {
  const { bad, unknown, recoveredMs, recoveredAtLeastMs, recovery, faultEndMs, watchedToMs } = seen;
  const deadlineMs = faultEndMs + limitMs;
  const end = clock.momentary ? "the fault's proof" : 'the undo';
  const after = (atMs: number) => `${formatMs(Math.max(0, atMs - faultEndMs))} after ${end}`;
  const lastUnknownMs = unknown.at(-1)?.toMs ?? 0;
  const since = `${stretchText(recovery, faultEndMs)} after ${end}`;
  const side = sideOf(recovery, deadlineMs);
  const word = subject.split(' ')[0] ?? subject;
  const judge = (): Judgement => {
    if (clock.endedAtMs === undefined) return judged('unknown', 'nobody knows when the fault ended');
    if (watchedToMs - faultEndMs < Math.min(windowMs, limitMs)) return judged('unknown', `the indicator has no samples after ${end}`);
    if (bad.length === 0 && lastUnknownMs <= deadlineMs && lastUnknownMs < watchedToMs) return judged('held', `${word} from ${end} on`);
    if (recoveredMs !== null && side === 'held')
      return judged('held', recovery.latestMs <= faultEndMs ? `${word} already at ${end}` : `${subject} ${since}`);
    if (side === 'broken')
      return judged('broken', recoveredMs === null ? `still not ${word} ${after(recoveredAtLeastMs)}` : `${subject} only ${since}`);
    if (recoveredMs !== null && unknown.length === 0) return judged('unknown', `${subject} ${since}: ${UNDECIDED}`);
    if (watchedToMs < deadlineMs) return judged('unknown', `not ${word} when the watch ended ${after(watchedToMs)}, before the limit`);
    return recoveredAtLeastMs >= watchedToMs
      ? judged('broken', `not ${word} when the watch ended`)
      : judged('unknown', `not known for ${formatMs(totalMs(unknown))}`);
  };
  return { clause, text: `${subject} within ${formatMs(limitMs)} of ${end}`, ...judge() };
}
