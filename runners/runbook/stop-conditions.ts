/**
 * Stop conditions, judged live by the judge that reads the journal afterwards. A condition that is met for its whole `for`
 * undoes everything; a verdict follows as usual.
 */
import { formatMs } from '../../experiments/language/duration.ts';
import type { Experiment } from '../../experiments/language/experiment.ts';
import type { Evidence } from '../../probes/slo/evidence.ts';
import { conditionText } from '../../probes/slo/judgement.ts';
import { StopJudge, type StopMet } from '../../probes/slo/stop-judge.ts';
import type { Clock } from './clock.ts';
import type { Stop } from './stop.ts';

export interface StopConditionOptions {
  readonly experiment: Experiment;
  readonly evidence: Evidence;
  readonly clock: Clock;
  /** When the method began, as the journal has it. */
  readonly sinceMs: number;
  readonly signal: AbortSignal;
  /** The method is over: nothing is left to stop. */
  readonly done: AbortSignal;
  readonly onStop: (stop: Stop) => void;
}

/** Why a run is stopped by a condition. */
export function stopByCondition({ rule, lastedMs }: StopMet): Stop {
  return { because: 'condition', detail: `${conditionText(rule)} for ${formatMs(lastedMs)}` };
}

/** Resolves when the signal aborts, the method is done, or a condition was met and told. */
export async function watchStopConditions({ experiment, evidence, clock, ...options }: StopConditionOptions): Promise<void> {
  const either = AbortSignal.any([options.signal, options.done]);
  if (experiment.stopWhen.length === 0) return;
  const judge = new StopJudge(experiment.stopWhen, evidence);
  judge.start(options.sinceMs);
  while (!either.aborted && !judge.met) {
    await clock.until(judge.nextMs, either);
    judge.advanceTo(clock.nowMs());
  }
  judge.end();
  if (judge.met && !options.signal.aborted) options.onStop(stopByCondition(judge.met));
}
