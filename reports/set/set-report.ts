/**
 * The report of a set of runs: what its comparisons came to, and which runs it is made of. `report.json` of a set is this and nothing else; every
 * other format is drawn from it. Differences are variant minus baseline.
 */
import { z } from 'zod';
import { PARTS } from '../../experiments/language/comparison.ts';

const run = z.strictObject({
  runId: z.string(),
  variant: z.string().describe('plain: the file as it stands.'),
  stored: z.boolean().describe('It was there before, and is what is compared with.'),
  report: z.string().describe("The run's own report.html, seen from the set's folder."),
  verdict: z.enum(['passed', 'failed', 'inconclusive']),
  exitCode: z.int(),
  why: z.string().describe('Its weightiest reason.'),
  startedAt: z.string().describe('ISO 8601, UTC.'),
  durationMs: z.number(),
});

const side = z.strictObject({
  name: z.string().describe('The variant, or the stored run.'),
  values: z.array(z.number().nullable()).describe('Of each run; null where it has none.'),
  mean: z.number().nullable(),
});

const difference = z.strictObject({
  absolute: z.number(),
  low: z.number().describe('95 % confidence interval.'),
  high: z.number(),
  relative: z.number().nullable().describe('Of the baseline, 0.1 is 10 %; null where that may be 0.'),
  relativeLow: z.number().nullable(),
  relativeHigh: z.number().nullable(),
  test: z.string().describe('How it was told from chance.'),
  pValue: z.number().nullable().describe('Of no difference at all; null where the interval alone tells.'),
});

const comparison = z.strictObject({
  name: z.string(),
  description: z.string().nullable(),
  measure: z.string(),
  when: z.enum(PARTS),
  expect: z.string().describe('What was claimed.'),
  variant: side,
  baseline: side,
  state: z.enum(['held', 'broken', 'unknown']),
  noDifferent: z.boolean().describe('The difference is within the noise, or within the margin that was claimed.'),
  seen: z.string(),
  difference: difference.nullable().describe('Null where nothing could be compared.'),
});

/** The schema of a set's `report.json`. */
export const setReportSchema = z
  .strictObject({
    format: z.literal('firedrill-set/1'),
    setId: z.string(),
    verdict: z.enum(['passed', 'failed', 'inconclusive']),
    exitCode: z.int(),
    why: z.array(z.string()).describe('The reasons, most weighty first, a sentence each.'),
    experiment: z.strictObject({ title: z.string(), description: z.string().nullable(), file: z.string() }),
    version: z.string(),
    seed: z.number(),
    comparisons: z.array(comparison),
    leftOut: z.array(z.strictObject({ name: z.string(), why: z.string() })).describe('Comparisons that these runs are not about.'),
    runs: z.array(run).describe('In the order in which they were run; stored ones last.'),
  })
  .meta({ title: 'firedrill set report', description: 'Differences are variant minus baseline; shares are 0–1.' });

export type SetReport = z.output<typeof setReportSchema>;
export type SetComparison = SetReport['comparisons'][number];
export type SetRunReport = SetReport['runs'][number];

/** The report as JSON text, checked on the way out; throws ZodError. */
export function renderSetJson(report: SetReport): string {
  return `${JSON.stringify(setReportSchema.parse(report), null, 2)}\n`;
}
