/**
 * Stop conditions, judged live by the same functions that judge the journal afterwards. A condition that is met for
 * its whole `for` undoes everything; a verdict follows as usual.
 */
import type { Condition } from '../../experiments/language/condition.ts';
import { formatMs } from '../../experiments/language/duration.ts';
import type { Experiment } from '../../experiments/language/experiment.ts';
import type { Evidence } from '../../probes/slo/evidence.ts';
import { judgeLatest, WINDOW_MS } from '../../probes/slo/judge-condition.ts';
import { conditionText } from '../../probes/slo/judgement.ts';
import type { Clock } from './clock.ts';
import type { Stop } from './stop.ts';

export interface StopConditionOptions {
  readonly experiment: Experiment;
  readonly evidence: Evidence;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The method is over: nothing is left to stop. */
  readonly done: AbortSignal;
  readonly onStop: (stop: Stop) => void;
}

/** How often the conditions are judged. */
const INTERVAL_MS = 250;

/** Resolves when the signal aborts, the method is done, or a condition was met and told. */
export async function watchStopConditions({ experiment, evidence, clock, signal, done, onStop }: StopConditionOptions): Promise<void> {
  const either = AbortSignal.any([signal, done]);
  const metSince = new Map<Condition, number>();
  while (experiment.stopWhen.length > 0 && !either.aborted) {
    const nowMs = clock.nowMs();
    for (const condition of experiment.stopWhen) {
      const fromMs = nowMs - (condition.over?.ms ?? WINDOW_MS);
      if (judgeLatest(condition, evidence, nowMs).state !== 'held') {
        metSince.delete(condition);
        continue;
      }
      const sinceMs = metSince.get(condition) ?? fromMs;
      metSince.set(condition, sinceMs);
      if (nowMs - sinceMs < (condition.for?.ms ?? 0)) continue;
      onStop({ because: 'condition', detail: `${conditionText(condition)} for ${formatMs(nowMs - sinceMs)}` });
      return;
    }
    await clock.until(nowMs + INTERVAL_MS, either);
  }
}
