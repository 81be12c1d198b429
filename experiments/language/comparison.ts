/** Comparisons: what is measured of two variants, or of a run and a stored one, and what is claimed of the difference. */
import { z } from 'zod';
import { byMarker } from './choice.ts';
import { claim } from './claim.ts';
import { per, selector } from './condition.ts';
import { name } from './names.ts';
import { parseMeasure } from './spread.ts';
import { type Aggregate, parseAggregate } from './threshold.ts';

const NOT_AN_AGGREGATE = 'is not an aggregation; write it like p(99), rate, avg or max';

/** k6's aggregation alone, parsed: `rate`, `p(95)`. */
const aggregate = z
  .string({ error: NOT_AN_AGGREGATE })
  .transform((text, context): Aggregate => {
    const parsed = parseAggregate(text);
    if (parsed) return parsed;
    context.addIssue({ code: 'custom', message: NOT_AN_AGGREGATE });
    return z.NEVER;
  })
  .meta({ id: 'aggregation', description: 'rate, count, avg, min, max, med, p(N), delta.' });

/** A measure of spread without a bound, parsed: `peak(job_starts)`. */
const spreadMeasure = z
  .string({ error: 'is not a measure of spread; write it like peak(job_starts)' })
  .transform((text, context) => {
    const parsed = parseMeasure(text);
    if (typeof parsed !== 'string') return parsed;
    context.addIssue({ code: 'custom', message: parsed });
    return z.NEVER;
  })
  .meta({ id: 'spread-measure', description: 'measure(tag, counter or probe): entropy(region), peak(job_starts).' });

const branches = {
  load: z.strictObject({ load: selector, aggregate }).meta({ id: 'measure-load', description: 'A metric of the load.' }),
  reading: z
    .strictObject({ reading: name.describe('The name of a probe.'), aggregate, per: per.optional() })
    .meta({ id: 'measure-reading', description: 'Readings of a named probe.' }),
  spread: z.strictObject({ spread: spreadMeasure }).meta({ id: 'measure-spread', description: 'How the load or readings are spread.' }),
};
const written = z.union([branches.load, branches.reading, branches.spread]);

/** What is measured, in the words of conditions, without a bound. */
const measure = byMarker(
  'a measure',
  branches,
  written.meta({ id: 'measure', description: 'What is measured: of the load, of a named probe, or of how either is spread.' }),
);
export type Measure = z.output<typeof written>;

/** The parts of a run that may be measured by themselves, on the clock of a fault. */
export const PARTS = ['whole', 'before', 'during', 'since', 'after'] as const;
export type Part = (typeof PARTS)[number];

/** The file as it stands, without any variant, where a variant is named. */
export const PLAIN = 'plain';
/** All variants, where some are named. */
export const ALL = 'all';

export const comparison = z.strictObject({
  description: z.string().optional(),
  variant: z
    .union([name, z.array(name).min(1)])
    .optional()
    .describe(`Whose difference it is; ${PLAIN} is the file as it stands. Default: whatever was run, save the baseline.`),
  baseline: name
    .optional()
    .describe(`The variant that it is compared with; ${PLAIN} is the file as it stands. Default: the stored run of --baseline.`),
  measure: z.nonoptional(measure),
  when: z
    .enum(PARTS)
    .default('whole')
    .describe("The part of the run that counts, on the fault's clock; since is from its proof to the end of the watch."),
  fault: name.optional().describe('Whose clock counts; default the first fault of the method.'),
  expect: claim.describe('What is claimed of variant minus baseline.'),
});

export type Comparison = z.output<typeof comparison>;

/** The variants whose difference it is; none where it says nothing. */
export function variantsOf({ variant }: Pick<Comparison, 'variant'>): readonly string[] {
  return variant === undefined ? [] : [variant].flat();
}
