/** k6's `constant-arrival-rate`: requests start at an even rate whether or not the earlier ones were answered. */
import { z } from 'zod';
import { duration, formatMs } from '../../../experiments/language/duration.ts';
import { EXIT, FiredrillError } from '../../failure.ts';
import { plannedArrivals } from '../pacing/arrivals.ts';
import { defineExecutor } from './executor.ts';

/** What one generator process is meant for; more is the work of several, and the plan says no rather than falling behind. */
export const RATE_PER_SECOND_MAX = 50_000;
/** Longest scenario: a day. */
export const DURATION_MS_MAX = 86_400_000;
/** Concurrent requests that the default allows at most; 50,000 arrivals a second frozen for 2 s. */
const DEFAULT_VUS_MAX = 100_000;
const VUS_MAX = 1_000_000;

const settings = z.strictObject({
  rate: z.number().positive().max(1_000_000).describe('Requests started in each timeUnit, evenly spread.'),
  timeUnit: duration.optional().describe('What the rate counts in; default 1s.'),
  duration: duration.describe('How long requests are started.'),
  preAllocatedVUs: z.int().min(0).max(VUS_MAX).optional().describe('Connections opened beforehand; default a hundredth of the rate, 4–64.'),
  maxVUs: z
    .int()
    .min(1)
    .max(VUS_MAX)
    .optional()
    .describe(
      'Requests under way at the same time, at most; an arrival beyond it is dropped. Default: as many as can start within the timeout.',
    ),
});

function refuse(message: string, hint: string): never {
  throw new FiredrillError('load.settings', `constant-arrival-rate: ${message}`, { hint, exitCode: EXIT.experimentWrong });
}

/** By default nothing is ever dropped: no request outlives its timeout, so rate × timeout (and a tenth) are under way at most. */
function defaultMaxVUs(perSecond: number, timeoutMs: number): number {
  return Math.min(DEFAULT_VUS_MAX, Math.max(100, Math.ceil(perSecond * (timeoutMs / 1000) * 1.1)));
}

export const constantArrivalRate = defineExecutor({
  name: 'constant-arrival-rate',
  summary: 'Starts requests at an even rate, whether or not earlier ones were answered (open loop).',
  settings,
  plan(given, { timeoutMs }) {
    const unitMs = given.timeUnit?.ms ?? 1000;
    const durationMs = given.duration.ms;
    if (!(unitMs > 0)) refuse(`timeUnit is ${formatMs(unitMs)}, must be above 0`, 'write timeUnit: 1s');
    if (!(durationMs > 0) || durationMs > DURATION_MS_MAX)
      refuse(`duration is ${formatMs(durationMs)}, must be above 0 and at most 24h`, 'write it like duration: 90s');
    const perSecond = (given.rate / unitMs) * 1000;
    if (perSecond > RATE_PER_SECOND_MAX)
      refuse(`rate comes to ${perSecond} requests a second, the limit is ${RATE_PER_SECOND_MAX}`, 'lower rate or lengthen timeUnit');
    const maxVUs = given.maxVUs ?? Math.max(defaultMaxVUs(perSecond, timeoutMs), given.preAllocatedVUs ?? 0);
    const preAllocatedVUs = given.preAllocatedVUs ?? Math.min(maxVUs, 64, Math.max(4, Math.ceil(perSecond / 100)));
    if (preAllocatedVUs > maxVUs)
      refuse(`preAllocatedVUs is ${preAllocatedVUs}, more than maxVUs, ${maxVUs}`, `write maxVUs: ${preAllocatedVUs} or more`);
    const perMs = given.rate / unitMs;
    const segments = [{ durationMs, fromPerMs: perMs, toPerMs: perMs }];
    const planned = plannedArrivals(segments);
    const rateText = `${given.rate} in each ${formatMs(unitMs)}`;
    return {
      model: 'open',
      durationMs,
      segments,
      planned,
      preAllocatedVUs,
      maxVUs,
      text: `${rateText} for ${formatMs(durationMs)}: ${planned} requests, ${maxVUs} under way at most`,
    };
  },
});
