/**
 * Conditions: what must be true of the load or of a probe's readings. Hypotheses, objectives and stop conditions are
 * all built of them, so that one pure function judges everything. An inline `probe:` becomes a named probe while the
 * file is parsed; after that a condition is about the load or about a named probe's readings, nothing else.
 */
import { z } from 'zod';
import { duration } from './duration.ts';
import { parseSelector, parseThreshold } from './threshold.ts';

/** k6's threshold text, parsed: `rate<0.01`, `p(95)<250`, `value>=4.5`. */
export const threshold = z
  .string()
  .transform((text, context) => {
    const parsed = parseThreshold(text);
    if (parsed) return parsed;
    context.addIssue({ code: 'custom', message: `'${text}' is not a threshold; write it like rate<0.01, p(95)<250 or value>=4.5` });
    return z.NEVER;
  })
  .meta({ id: 'threshold', description: 'aggregation operator number: rate, count, avg, min, max, med, p(N), value, delta.' });

/** A metric of the load and its tags, parsed: `http_req_failed{region:sa-east-1}`. */
export const selector = z
  .string()
  .transform((text, context) => {
    const parsed = parseSelector(text);
    if (parsed) return parsed;
    context.addIssue({ code: 'custom', message: `'${text}' is not a metric; write it like http_req_failed or http_req_failed{region:x}` });
    return z.NEVER;
  })
  .meta({ id: 'metric', description: 'A metric of the load with exact, ANDed tags: http_req_failed{region:sa-east-1}.' });

const scalar = z.union([z.number(), z.boolean(), z.string()]);

/** What one reading may be: a value it equals, a range, or a pattern it matches. */
export const tolerance = z.union([
  scalar.transform((equals) => ({ equals })),
  z.strictObject({ range: z.tuple([z.number(), z.number()]) }),
  z.strictObject({ matches: z.string() }),
]);
export type Tolerance = z.output<typeof tolerance>;

/** Divides a value by a fact that a fault reported: `eviction.evicted`. */
const per = z
  .string()
  .regex(/^[\w-]+\.[\w-]+$/, { error: 'names a fault and one of its facts, like eviction.evicted' })
  .transform((text) => {
    const [fault = '', fact = ''] = text.split('.');
    return { fault, fact };
  });

const window = {
  over: duration.optional().describe('Length of the window that is judged; default 1s.'),
  'min-samples': z.int().min(1).optional().describe('Fewer samples than this in a window say nothing; default 1.'),
};

export const loadCondition = z.strictObject({ load: selector, threshold, ...window });
export const readingCondition = z.strictObject({
  reading: z.string().describe('The name of a probe.'),
  tolerance: tolerance.optional(),
  threshold: threshold.optional(),
  per: per.optional(),
  ...window,
});
export const condition = z.union([loadCondition, readingCondition]);

export type LoadCondition = z.output<typeof loadCondition>;
export type ReadingCondition = z.output<typeof readingCondition>;
export type Condition = z.output<typeof condition>;
