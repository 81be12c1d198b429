/** Thresholds of the load that may end the run, judged live by the function that judges them afterwards. */
import type { Experiment } from '../../experiments/language/experiment.ts';
import type { Evidence } from '../../probes/slo/evidence.ts';
import { type LateSpan, lateSpansOf } from '../../probes/slo/generator-lag.ts';
import { ThresholdTally, thresholdText } from '../../probes/slo/judge-threshold.ts';
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
  const tallies = aborting.map((threshold) => ({ threshold, tally: new ThresholdTally(threshold, evidence) }));
  const unfollow = tallies.map(({ tally }) => tally.follow());
  const end = () => {
    for (const each of unfollow) each();
  };
  over.addEventListener('abort', end, { once: true });
  /** The worst of them: each lies within the whole of the load. */
  let late: LateSpan | undefined;
  journal.onEvent((event) => {
    if (event.type !== 'load.generator') return;
    for (const span of lateSpansOf([event])) if (span.lagMs > (late?.lagMs ?? 0)) late = span;
  });
  for (let dueMs = clock.nowMs() + THRESHOLD_INTERVAL_MS; ; dueMs += THRESHOLD_INTERVAL_MS) {
    await clock.until(dueMs, over);
    if (over.aborted) return undefined;
    const nowMs = clock.nowMs();
    for (const { threshold, tally } of tallies) {
      if (nowMs < threshold.delayAbortEval.ms) continue;
      const judged = tally.judge(nowMs, late ? [late] : []);
      if (judged.state === 'broken') return { because: 'threshold', detail: `${thresholdText(threshold)}: ${judged.seen}` };
    }
  }
}
