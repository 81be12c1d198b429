/**
 * Conditions: what must be true of the load, of a probe's readings, of how either is spread, or of how fast an error budget burns. Hypotheses, objectives and stop conditions are
 * all built of them, so that one pure function judges everything. An inline `probe:` becomes a named probe while the
 * file is parsed; after that a condition is about the load, a named probe's readings, a measure of spread, or a burn rate, nothing else.
 */
import { z } from 'zod';
import { byMarker } from './choice.ts';
import { duration } from './duration.ts';
import { burnWindow, slo } from './error-budget.ts';
import { name } from './names.ts';
import { pattern } from './pattern.ts';
import { parseSpread } from './spread.ts';
import { parseSelector, parseThreshold } from './threshold.ts';

const NOT_A_THRESHOLD = 'is not a threshold; write it like rate<0.01, p(95)<250 or value>=4.5';
const NOT_A_METRIC = 'is not a metric; write it like http_req_failed or http_req_failed{region:x}';

/** k6's threshold text, parsed: `rate<0.01`, `p(95)<250`, `value>=4.5`. */
export const threshold = z
  .string({ error: NOT_A_THRESHOLD })
  .transform((text, context) => {
    const parsed = parseThreshold(text);
    if (parsed) return parsed;
    context.addIssue({ code: 'custom', message: NOT_A_THRESHOLD });
    return z.NEVER;
  })
  .meta({ id: 'threshold', description: 'aggregation operator number: rate, count, avg, min, max, med, p(N), value, delta.' });

/** A metric of the load and its tags, parsed: `http_req_failed{region:sa-east-1}`. */
export const selector = z
  .string({ error: NOT_A_METRIC })
  .transform((text, context) => {
    const parsed = parseSelector(text);
    if (parsed) return parsed;
    context.addIssue({ code: 'custom', message: NOT_A_METRIC });
    return z.NEVER;
  })
  .meta({ id: 'metric', description: 'A metric of the load with exact, ANDed tags: http_req_failed{region:sa-east-1}.' });

/** A measure of spread and its bound, parsed: `entropy(region)>0.9`. */
export const spread = z
  .string({ error: 'is not a measure of spread; write it like entropy(region)>0.9' })
  .transform((text, context) => {
    const parsed = parseSpread(text);
    if (typeof parsed !== 'string') return parsed;
    context.addIssue({ code: 'custom', message: parsed });
    return z.NEVER;
  })
  .meta({ id: 'spread', description: 'measure(tag, counter or probe) operator number: entropy(region)>0.9, peak(job_starts)<=40.' });

const scalar = z.union([z.number(), z.boolean(), z.string()]).transform((equals) => ({ equals }));

const range = z.strictObject({
  range: z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low <= high, { error: 'needs the lower bound first; write [low, high]' })
    .describe('Lowest and highest value, both allowed.'),
});
const matches = z.strictObject({
  matches: pattern.describe('A regular expression that the value matches.'),
});

/** What one reading may be: a value it equals, a range, or a pattern it matches. */
export const tolerance = byMarker(
  'a tolerance',
  { range, matches },
  z
    .union([scalar, range, matches])
    .meta({ id: 'tolerance', description: 'What one reading may be: a value, {range: [low, high]} or {matches: pattern}.' }),
  scalar,
);
export type Tolerance = z.output<typeof tolerance>;

/** Divides a value by a fact that a fault reported: `eviction.evicted`. */
export const per = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]*\.[\w-]+$/, { error: 'is not a fact of a fault; name a fault and one of its facts, like eviction.evicted' })
  .transform((text) => {
    const dot = text.lastIndexOf('.');
    return { fault: text.slice(0, dot), fact: text.slice(dot + 1) };
  })
  .meta({ id: 'per', description: 'Divides by a fact that a fault reported: eviction.evicted.' });

const window = {
  over: duration.optional().describe('Length of the window that is judged; default 1s.'),
  'min-samples': z.int().min(1).optional().describe('Fewer samples than this in a window say nothing; default 1.'),
};

const inARow = z.int().min(1).max(1000);

/** How readings are judged, whether the probe is named or inline. */
export const judgement = {
  tolerance: tolerance.optional().describe('What each reading may be.'),
  threshold: threshold.optional().describe('What the readings of the window together may be.'),
  per: per.optional(),
  'wrong-in-a-row': inARow.optional().describe('So many wrong readings in a row, and no fewer, count as wrong; default 1.'),
  'right-in-a-row': inARow
    .optional()
    .describe('After wrong ones so many right readings in a row, and no fewer, count as right; default 1.'),
  ...window,
};

export const loadCondition = z.strictObject({ load: selector, threshold, ...window });
export const readingCondition = z.strictObject({ reading: name.describe('The name of a probe.'), ...judgement });
export const spreadCondition = z.strictObject({ spread, ...window });
export const burnCondition = z.strictObject({
  burn: selector.describe('The requests that count: http_req_failed or checks, with their tags.'),
  slo,
  fires: z.boolean().describe('Whether the alert has to fire (to stop a run, or to detect) or must not.'),
  windows: z
    .array(burnWindow)
    .min(1)
    .optional()
    .describe('It fires when one of these is exceeded; default 14.4 over 1h and 5m, and 6 over 6h and 30m.'),
  scale: z.number().min(1).optional().describe('Divides the windows, so that they fit into a run; default 1.'),
});
export const condition = z.union([loadCondition, readingCondition, spreadCondition, burnCondition]);

/** How long a stop condition must hold before it stops the run. */
export const holding = { for: duration.optional().describe('How long it must be so before the run is stopped; default at once.') };

export type LoadCondition = z.output<typeof loadCondition>;
export type ReadingCondition = z.output<typeof readingCondition>;
export type SpreadCondition = z.output<typeof spreadCondition>;
export type BurnCondition = z.output<typeof burnCondition>;
export type Condition = z.output<typeof condition>;
