/** Runs of a set whose truth is known: the same outage, answered more or less quickly. */
import type { Comparison, Experiment } from '../../../experiments/language/experiment.ts';
import { type RecordedRun, recordRun } from '../../../reports/set/recorded-run.ts';
import type { Event } from '../../../runners/journal/events.ts';
import { comparisonOf } from '../../helpers/comparison.ts';
import type { System } from '../../probes/slo/synthetic-load.ts';
import { experiment, journal, outage, readings } from '../synthetic-journal.ts';

export interface PretendRun {
  readonly variant: string;
  readonly runId: string;
  /** What the probe `jobs` reads at most. */
  readonly peak: number;
  /** How long the home region is dark; beyond 10 s its objective is broken. */
  readonly darkMs?: number;
  readonly before?: 'held' | 'broken';
  readonly after?: 'held' | 'unknown';
  /** Share of the home region's requests that are refused all the time. */
  readonly refused?: number;
}

/** Refuses a share of all requests, evenly over the run. */
function refusing(share: number, system: System): System {
  return (intendedMs) =>
    ((Math.round(intendedMs) / 20) * 0.618034) % 1 < share ? { outcome: 'refused', latencyMs: 1 } : system(intendedMs);
}

/** Peaks must be 20 % lower, failures no more. */
export const comparisons: Readonly<Record<string, Comparison>> = {
  'fewer-at-once': comparisonOf({
    variant: 'jitter',
    baseline: 'plain',
    reading: 'jobs',
    aggregate: 'max',
    when: 'since',
    expect: 'difference<=-20%',
  }),
  'no-more-failures': comparisonOf({
    variant: 'jitter',
    baseline: 'plain',
    load: 'http_req_failed',
    aggregate: 'rate',
    expect: 'difference<0.1',
  }),
};

export const compared: Experiment = { ...experiment, variants: { jitter: { environment: {} } }, comparisons };

/** The events that such a run leaves. */
export function eventsOf(
  { variant, runId, peak, darkMs = 4000, before = 'held', after = 'held', refused = 0 }: PretendRun,
  run: Experiment = compared,
): Event[] {
  const parts = {
    home: refusing(refused, outage(20_100, 20_100 + darkMs)),
    before,
    after,
    run,
    extra: readings('jobs', 1000, (atMs) => (atMs > 22_000 ? peak : 0)),
  };
  return journal(parts).map((event): Event => {
    if (event.type === 'run.started') return { ...event, runId, variant: variant === 'plain' ? undefined : variant };
    if (event.type === 'run.planned') return { ...event, plan: { ...event.plan, variant: variant === 'plain' ? undefined : variant } };
    return event;
  });
}

export function recorded(
  run: PretendRun,
  options: { stored?: boolean; exitCode?: number; comparisons?: Readonly<Record<string, Comparison>> } = {},
): RecordedRun {
  return recordRun(eventsOf(run), compared, {
    variant: run.variant,
    stored: options.stored ?? false,
    exitCode: options.exitCode,
    link: `../../runs/${run.runId}/report.html`,
    comparisons: options.comparisons ?? comparisons,
  });
}

/** A run of each peak. */
export function runsOf(variant: string, peaks: readonly number[], more: Partial<PretendRun> = {}): RecordedRun[] {
  return peaks.map((peak, index) => recorded({ variant, runId: `${variant}-${index + 1}`, peak, ...more }));
}
