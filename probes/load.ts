/**
 * Reads a number of the load itself, on an interval: what the requests of a window came to. Conditions on `load:` need no probe; this one puts
 * the number into the journal as a reading, beside those of the other probes.
 */
import { z } from 'zod';
import { duration } from '../experiments/language/duration.ts';
import { parseAggregate, parseSelector } from '../experiments/language/threshold.ts';
import { lookFailed, systemFailed } from './failure-reading.ts';
import { defineProbe, type LookContext, type Reading } from './probe.ts';
import { LOAD_METRICS, type LoadQuestion } from './slo/judge-load.ts';

const settings = z.strictObject({
  metric: z
    .string()
    .refine((text) => LOAD_METRICS.includes(parseSelector(text)?.metric ?? ''), {
      error: `is no metric of the load; there are ${LOAD_METRICS.join(', ')}`,
    })
    .describe('A metric of the load and the tags that count: http_req_latency{region:sa-east-1}.'),
  read: z
    .string()
    .refine((text) => parseAggregate(text) !== undefined, { error: 'is no aggregation; write rate, count, avg, min, max, med or p(95)' })
    .describe('Which number of it: rate, count, avg, min, max, med or p(95).'),
  window: duration.default({ ms: 1000 }).describe('How far each look goes back; default 1s.'),
});

async function look(question: LoadQuestion, overMs: number, { tools }: LookContext): Promise<Reading> {
  const { value, seen } = tools.measureLoad(question, overMs);
  if (value === undefined) return lookFailed(seen);
  return Number.isFinite(value) ? { status: 'ok', value, detail: seen } : systemFailed(seen);
}

export const load = defineProbe({
  name: 'load',
  summary: 'A number of the load: a rate, a count or a percentile of the window before the look.',
  settings,
  looks: { label: 'Load', colour: '#14b8a6' },
  needsTarget: false,
  open({ metric, read, window }) {
    const selector = parseSelector(metric);
    const aggregate = parseAggregate(read);
    if (!selector || !aggregate) throw new Error('its settings were not checked');
    return { look: (context) => look({ selector, aggregate }, window.ms, context), close: async () => {} };
  },
});
