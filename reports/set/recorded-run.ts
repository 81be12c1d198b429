/** A run as a set needs it: its own verdict, and its sample for each comparison. Its evidence is let go, so that a set of many runs fits into memory. */
import type { Comparison, Experiment } from '../../experiments/language/experiment.ts';
import type { RunSample } from '../../probes/slo/compare/sample.ts';
import { sampleRun } from '../../probes/slo/compare/sample-run.ts';
import { spanOf } from '../../probes/slo/compare/span.ts';
import { lateSpansOf } from '../../probes/slo/generator-lag.ts';
import type { Event } from '../../runners/journal/events.ts';
import { faultClock } from '../fault-report.ts';
import { drillReasons, type Reason } from '../reasons.ts';
import type { Report } from '../report.ts';
import { readTimeline, type Timeline } from '../timeline.ts';
import { faultOf, judgeRun } from '../verdict.ts';

export interface RecordedRun {
  /** `plain` for the file as it stands. */
  readonly variant: string;
  readonly stored: boolean;
  /** Its report.html, seen from the set's folder. */
  readonly link: string;
  readonly exitCode: number;
  /** Why nothing can be compared with it: its drill did not take place as planned. That an objective is unknown is no reason, for a measure has evidence of its own. */
  readonly unusable: string | undefined;
  readonly report: Pick<Report, 'runId' | 'verdict' | 'why' | 'startedAt' | 'durationMs' | 'version' | 'experiment'>;
  /** By the comparison's name. */
  readonly samples: ReadonlyMap<string, RunSample>;
}

export interface RecordOptions extends Pick<RecordedRun, 'variant' | 'stored' | 'link'> {
  /** What it ended with; undefined: what its journal comes to. */
  readonly exitCode?: number | undefined;
  readonly comparisons: Readonly<Record<string, Comparison>>;
}

function sampleOf(runId: string, { measure, when, fault }: Comparison, timeline: Timeline): RunSample {
  const record = faultOf(fault, timeline.faults);
  const span = spanOf(when, record && faultClock(record), timeline.watchEndMs);
  return sampleRun(runId, measure, timeline.evidence, span, lateSpansOf(timeline.of('load.generator')));
}

/** Runs that end so have been judged. */
const JUDGED: ReadonlySet<number> = new Set([0, 1, 2]);

function unusableBy(exitCode: number, [first]: readonly Reason[]): string | undefined {
  return first?.text ?? (JUDGED.has(exitCode) ? undefined : `It ended with ${exitCode}.`);
}

/** Reads a run's events; `experiment` is the run's own. */
export function recordRun(
  events: readonly Event[],
  experiment: Experiment,
  { comparisons, exitCode, ...facts }: RecordOptions,
): RecordedRun {
  const report = judgeRun(events, experiment);
  const { runId, verdict, why, startedAt, durationMs, version, experiment: of } = report;
  const timeline = readTimeline(events);
  const ended = exitCode ?? report.exitCode;
  return {
    ...facts,
    exitCode: ended,
    unusable: unusableBy(ended, drillReasons(timeline, experiment, report)),
    report: { runId, verdict, why, startedAt, durationMs, version, experiment: of },
    samples: new Map(Object.entries(comparisons).map(([name, comparison]) => [name, sampleOf(runId, comparison, timeline)])),
  };
}
