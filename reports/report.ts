/**
 * The report: everything that a finished run says, as one plain document. `report.json` is this and nothing else, and
 * HTML, JUnit and Markdown are drawn from it, so that no two formats can tell different stories. All times are
 * milliseconds from the run's start, null where there is none; shares are 0–1.
 */
import { z } from 'zod';
import { METRIC_TYPES } from '../experiments/language/load-metrics.ts';
import { CLAUSES } from '../probes/slo/clauses.ts';

const timeMs = z.number().nullable().describe('Milliseconds from the start of the run; null when there is none.');
const judged = z.enum(['held', 'broken', 'unknown']);
const tags = z.record(z.string(), z.string());
const stamped = { atMs: z.number() };

const act = z.strictObject({
  target: z.string().describe('Name of the container.'),
  injectedAtMs: timeMs,
  undoneAtMs: timeMs,
  mechanism: z.string().nullable().describe('What did it: netem, nfqueue, engine …'),
  error: z.string().nullable(),
});

const fault = z.strictObject({
  name: z.string(),
  kind: z.string(),
  label: z.string(),
  colour: z.string().describe('CSS colour.'),
  lane: z.string(),
  targets: z.array(z.string()).describe('Names of the containers.'),
  effects: z.array(z.string()).describe('What the plan said would be done.'),
  plannedAtMs: z.number(),
  plannedDurationMs: z.number().nullable(),
  askedAtMs: timeMs,
  injectedAtMs: timeMs.describe('When the first container was hit.'),
  injectionSpreadMs: z.number().nullable().describe('From the first container hit to the last.'),
  inEffectAtMs: timeMs.describe('The proof; the clock of the objectives starts here.'),
  undoneAtMs: timeMs,
  acts: z.array(act),
  proof: z.string().nullable().describe('The evidence, or why there is none.'),
  facts: z.record(z.string(), z.number()),
  undoneBy: z.enum(['agent', 'runner', 'heals', 'none']),
  undoneBecause: z.string().nullable(),
  readBack: z.string().nullable().describe('What was seen after the undo, or its errors.'),
  state: z
    .enum(['not-injected', 'unproven', 'in-effect', 'undone', 'over', 'not-undone'])
    .describe('over: it healed by itself or cannot be undone; in-effect: no undo is in the journal.'),
});

const clause = z.strictObject({
  clause: z.enum(CLAUSES),
  state: judged,
  text: z.string().describe('What was asked.'),
  seen: z.string().describe('What was seen.'),
});

const interval = z.strictObject({ fromMs: z.number(), toMs: z.number(), state: z.enum(['good', 'not-good', 'unknown']) });

const instant = z
  .strictObject({ earliestMs: z.number(), latestMs: z.number() })
  .nullable()
  .describe('The stretch in which it must lie, given how often was looked; null where there is none.');

const instants = z.strictObject({
  impact: instant,
  detected: instant.describe("The system's own signal was given."),
  mitigated: instant,
  removed: instant.describe('The fault came off its first container, and its last.'),
  recovered: instant,
  steady: instant.describe('The steady-state hypothesis held for good.'),
});

const objective = z.strictObject({
  name: z.string(),
  description: z.string().nullable(),
  indicator: z.string().nullable().describe('The indicator and its threshold, as text.'),
  fault: z.string().nullable().describe('The fault whose clock counts.'),
  state: judged,
  neverImpacted: z.boolean(),
  firstImpactMs: timeMs,
  mitigatedMs: timeMs.describe('Good from here until the fault ended.'),
  recoveredMs: timeMs.describe('Good from here until the end of the watch, not before the end of the fault.'),
  mitigatedAfterMs: z.number().nullable().describe("mitigatedMs counted from the fault's proof."),
  recoveredAfterMs: z.number().nullable().describe("recoveredMs counted from the fault's end."),
  instants: instants.describe('All of them, as stretches on the clock of the run.'),
  errorMs: z.number().nullable().describe('Sampling error of the instants, plus or minus.'),
  failedShare: z.number().nullable().describe("Failed share of the indicator's requests over the whole run."),
  clauses: z.array(clause),
  intervals: z.array(interval).describe('The indicator on the time axis, without gaps.'),
});

const percentiles = { p50Ms: z.number().nullable(), p95Ms: z.number().nullable(), p99Ms: z.number().nullable() };
const counts = { planned: z.int(), sent: z.int(), failed: z.int() };

const scenario = z.strictObject({
  name: z.string(),
  tags,
  ...counts,
  ...percentiles,
  outcomes: z.record(z.string(), z.int()),
  checks: z.record(z.string(), z.strictObject({ passed: z.int(), failed: z.int() })),
});

const tagged = z.array(z.strictObject({ tag: z.string(), value: z.string(), ...counts, ...percentiles }));

const loadPhase = z.strictObject({
  phase: z.enum(['before', 'during', 'after']).describe('Before the first fault, while faults lasted, and after the last one.'),
  fault: z
    .string()
    .nullable()
    .describe('The fault that lasted; null before, after, and for the time of several from the first to the last.'),
  fromMs: z.number(),
  toMs: z.number(),
  scenarios: z.array(z.strictObject({ name: z.string(), tags, ...counts, ...percentiles })),
  tags: tagged.describe('The same by each tag.'),
});

const figure = z.number().nullable();

const loadMetric = z.strictObject({
  name: z.string(),
  type: z.enum(METRIC_TYPES),
  isTime: z.boolean().describe('Its values are milliseconds.'),
  samples: z.int(),
  sum: figure.describe('Of a counter.'),
  rate: figure.describe('Share of a rate that was not zero.'),
  last: figure.describe('Of a gauge.'),
  min: figure.describe('Of a gauge or a trend.'),
  max: figure,
  avg: figure.describe('Of a trend, as its percentiles.'),
  p50: figure,
  p95: figure,
  p99: figure,
});

const points = z.array(z.number().nullable());
const curve = z.strictObject({
  name: z.string().describe('Scenario and tags, for a legend.'),
  scenario: z.string(),
  tags,
  ratePerS: points.describe('Answers per second, by intended start.'),
  failedShare: points,
  p50Ms: points,
  p95Ms: points,
  p99Ms: points,
});

const reading = z.strictObject({
  ...stamped,
  status: z.enum(['ok', 'unknown']),
  value: z.union([z.number(), z.string(), z.boolean()]).nullable(),
});

const probe = z.strictObject({
  name: z.string(),
  container: z.string().nullable(),
  readings: z.int(),
  unknown: z.int().describe('Looks that failed by our own fault.'),
  min: z.number().nullable(),
  max: z.number().nullable(),
  first: reading.nullable(),
  last: reading.nullable(),
  points: z.array(reading).describe('All readings, thinned evenly when there are very many.'),
});

const screenshot = z.strictObject({
  ...stamped,
  probe: z.string(),
  detail: z.string().describe('What broke.'),
  file: z.string().describe("The picture, a JPEG, from the run's folder."),
});

const hypothesis = z.strictObject({
  ...stamped,
  when: z.enum(['before', 'armed', 'after']),
  state: judged,
  parts: z.array(z.strictObject({ text: z.string(), state: judged, seen: z.string() })),
});

const generator = z.strictObject({
  limited: z
    .boolean()
    .describe('The generator itself was too late at some time; latency that this may explain is not held against the system.'),
  lagP50Ms: z.number().nullable(),
  lagP99Ms: z.number().nullable(),
  eventLoopDelayP99Ms: z.number().nullable(),
  cpuShare: z.number().nullable(),
  rssBytes: z.number().nullable(),
  processes: z.int().nullable().describe('Processes that shared the load.'),
  retried: z
    .int()
    .nullable()
    .describe('Requests sent a second time, because a connection that had rested was dead. Null where the load did not end in order.'),
  wholeLagP99Ms: z.number().nullable().describe('99th percentile of the lag over the whole run; lagP99Ms is that of the worst second.'),
  wholeLimited: z.boolean().nullable().describe('The lag was too much over the whole run.'),
  failure: z.string().nullable().describe('Why a part of the planned load is missing.'),
});

/** The schema of `report.json`. */
export const reportSchema = z
  .strictObject({
    format: z.literal('firedrill-report/1'),
    verdict: z.enum(['passed', 'failed', 'inconclusive']),
    exitCode: z.int(),
    why: z.array(z.string()).describe('The reasons, most weighty first, a sentence each.'),
    experiment: z.strictObject({ title: z.string(), description: z.string().nullable(), file: z.string() }),
    variant: z.string().nullable(),
    runId: z.string(),
    version: z.string(),
    startedAt: z.string().describe('ISO 8601, UTC.'),
    durationMs: z.number(),
    complete: z.boolean().describe('False where the runner died before the end.'),
    machine: z.record(z.string(), z.union([z.string(), z.number()])),
    system: z.strictObject({
      project: z.string().nullable(),
      seed: z.number().nullable(),
      touched: z.int().nullable(),
      total: z.int().nullable(),
      regions: z.array(z.strictObject({ region: z.string(), touched: z.int(), total: z.int() })),
      restored: z.boolean().nullable().describe('Null where nothing was changed.'),
    }),
    phases: z.array(z.strictObject({ phase: z.enum(['steady-state', 'arming', 'method', 'recovery', 'ended']), atMs: z.number() })),
    hypothesis: z.array(hypothesis),
    faults: z.array(fault),
    objectives: z.array(objective),
    thresholds: z
      .array(z.strictObject({ text: z.string(), state: judged, seen: z.string() }))
      .optional()
      .describe('What the load as a whole had to come to, where the experiment says.'),
    stopConditions: z
      .array(z.strictObject({ text: z.string(), metAtMs: timeMs, seen: z.string().nullable() }))
      .optional()
      .describe('What would end the run, judged anew from the journal; nothing is judged after the first that was met.'),
    load: z.strictObject({
      scenarios: z.array(scenario),
      phases: z.array(loadPhase),
      tags: tagged.describe('Whole-run figures by each tag that tells more than a scenario does; of very many, those with most requests.'),
      metrics: z.array(loadMetric).describe('Metrics that are sampled by themselves, those of scripts among them.'),
      curves: z.strictObject({ stepMs: z.number(), atMs: z.array(z.number()), series: z.array(curve) }),
    }),
    generator,
    probes: z.array(probe),
    screenshots: z
      .array(screenshot)
      .optional()
      .describe('What browsers showed where a journey broke, where there is any, in the order of time.'),
    containers: z.array(z.strictObject({ ...stamped, container: z.string(), action: z.string(), detail: z.string().nullable() })),
    gates: z.array(z.strictObject({ ...stamped, name: z.string(), question: z.string(), answer: z.string() })),
    stops: z.array(z.strictObject({ ...stamped, because: z.string(), detail: z.string() })),
    notes: z.array(z.strictObject({ ...stamped, level: z.enum(['info', 'warning', 'error']), text: z.string() })),
  })
  .meta({ title: 'firedrill report', description: 'Times are milliseconds from the start of the run; shares are 0–1.' });

export type Report = z.output<typeof reportSchema>;
export type ReportFault = Report['faults'][number];
export type ReportObjective = Report['objectives'][number];
export type ReportThreshold = NonNullable<Report['thresholds']>[number];
export type ReportStopCondition = NonNullable<Report['stopConditions']>[number];
export type ReportInstant = ReportObjective['instants'][keyof ReportObjective['instants']];
export type ReportClause = ReportObjective['clauses'][number];
export type ReportCurve = Report['load']['curves']['series'][number];
export type ReportProbe = Report['probes'][number];
export type ReportScreenshot = NonNullable<Report['screenshots']>[number];
