/** The stop conditions, judged anew while the journal is read, by the judge that judged them live. */
import type { Experiment } from '../experiments/language/experiment.ts';
import type { Evidence } from '../probes/slo/evidence.ts';
import { conditionText } from '../probes/slo/judgement.ts';
import { StopJudge } from '../probes/slo/stop-judge.ts';
import type { Event } from '../runners/journal/events.ts';
import type { ReportStopCondition } from './report.ts';

export interface StopFollower {
  /** To be told every event, after the evidence has it. */
  onEvent(event: Event): void;
  /** One a condition, in the order of the file. */
  report(): ReportStopCondition[];
}

/** Judges from the method's beginning to the run's stop or recovery, as the run itself did. `evidence` is that which the journal fills. */
export function followStops({ stopWhen }: Experiment, evidence: Evidence): StopFollower {
  const judge = new StopJudge(stopWhen, evidence);
  return {
    onEvent(event) {
      if (event.type === 'phase' && event.phase === 'method') judge.start(event.atMs);
      else if (event.type === 'stop' || event.type === 'phase') judge.end();
    },
    report() {
      return stopWhen.map((rule) => {
        const met = judge.met?.rule === rule ? judge.met : undefined;
        return { text: conditionText(rule), metAtMs: met?.atMs ?? null, seen: met?.seen ?? null };
      });
    },
  };
}
