/** Thresholds of the load that may end the run, judged live by the function that judges them afterwards. */
import type { Experiment } from '../../experiments/language/experiment.ts';
import type { Evidence } from '../../probes/slo/evidence.ts';
import { lateSpansOf } from '../../probes/slo/generator-lag.ts';
import { judgeThreshold, thresholdText } from '../../probes/slo/judge-threshold.ts';
import type { EventOf } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';
import type { Clock } from './clock.ts';
import type { Stop } from './stop.ts';

export interface ThresholdOptions {
  readonly experiment: Experiment;
  readonly evidence: Evidence;
  readonly journal: Pick<Journal, 'onEvent'>;
  readonly clock: Clock;
  /** Told once, of the first that is broken. */
  readonly onStop: (stop: Stop) => void;
}

export interface ThresholdWatch {
  /** Aborted when one of them is broken. */
  readonly broken: AbortSignal;
  /** Judges no more. */
  end(): void;
}

/** As often as k6 does. */
export const THRESHOLD_INTERVAL_MS = 2000;

/** Watches until one is broken, or `end`. */
export function watchThresholds(options: ThresholdOptions): ThresholdWatch {
  const over = new AbortController();
  const broken = new AbortController();
  void watch(options, over.signal).then((reason) => {
    if (!reason) return;
    options.onStop(reason);
    broken.abort();
  });
  return { broken: broken.signal, end: () => over.abort() };
}

async function watch({ experiment, evidence, journal, clock }: ThresholdOptions, over: AbortSignal): Promise<Stop | undefined> {
  const aborting = (experiment.thresholds ?? []).filter(({ abortOnFail }) => abortOnFail);
  if (aborting.length === 0) return undefined;
  const facts: EventOf<'load.generator'>[] = [];
  journal.onEvent((event) => {
    if (event.type === 'load.generator') facts.push(event);
  });
  for (let dueMs = clock.nowMs() + THRESHOLD_INTERVAL_MS; ; dueMs += THRESHOLD_INTERVAL_MS) {
    await clock.until(dueMs, over);
    if (over.aborted) return undefined;
    const nowMs = clock.nowMs();
    for (const threshold of aborting) {
      if (nowMs < threshold.delayAbortEval.ms) continue;
      const judged = judgeThreshold(threshold, evidence, nowMs, lateSpansOf(facts));
      if (judged.state === 'broken') return { because: 'threshold', detail: `${thresholdText(threshold)}: ${judged.seen}` };
    }
  }
}
