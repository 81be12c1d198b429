/** How the objectives' indicators stand at the moment, judged by the same functions that give the verdict afterwards. */
import type { Experiment } from '../../experiments/language/experiment.ts';
import { Evidence } from '../../probes/slo/evidence.ts';
import { judgeLatest } from '../../probes/slo/judge-condition.ts';
import type { Judgement } from '../../probes/slo/judgement.ts';
import type { Event } from '../../runners/journal/events.ts';

/** An objective's indicator over its last window. */
export interface LiveObjective extends Judgement {
  readonly name: string;
}

export interface LiveObjectives {
  onEvent(event: Event): void;
  /** Judged over the windows that end at the last thing that was recorded. Only objectives that have a `good`. */
  judge(): readonly LiveObjective[];
}

/** Starts without an experiment; `run.planned` brings it. */
export function liveObjectives(): LiveObjectives {
  const evidence = new Evidence();
  let objectives: Experiment['objectives'] = {};
  let lastMs = 0;
  return {
    onEvent(event) {
      switch (event.type) {
        case 'run.planned':
          objectives = event.experiment.objectives;
          return;
        case 'load.series':
          evidence.addSeries(event.series);
          return;
        case 'load.frame':
          evidence.addCells(event.cells);
          break;
        case 'probe.reading':
          evidence.addReading(event);
          break;
        case 'fault.in-effect':
          evidence.addFacts(event.fault, event.facts);
          return;
        default:
          return;
      }
      lastMs = Math.max(lastMs, event.atMs);
    },
    judge() {
      return Object.entries(objectives).flatMap(([name, { good }]) => {
        return good === undefined ? [] : { name, ...judgeLatest(good, evidence, lastMs) };
      });
    },
  };
}
