/** Settings that several executors have, with their limits, and what is checked of them in one way. */
import { z } from 'zod';
import { duration, formatMs } from '../../../experiments/language/duration.ts';
import type { Misfit } from '../../../experiments/language/kind.ts';
import { pause } from '../../../experiments/language/pause.ts';
import { plannedArrivals, type RateSegment } from '../pacing/arrivals.ts';
import type { OpenPlan } from './executor.ts';

/** What one generator process is meant for; more is the work of several, and the plan says no rather than falling behind. */
export const RATE_PER_SECOND_MAX = 50_000;
/** Longest scenario: a day. */
export const DURATION_MS_MAX = 86_400_000;
/** Virtual users of a closed loop: one connection each, and a process holds a few thousand. */
export const CLOSED_VUS_MAX = 4096;
/** Virtual users of an open loop: they exist only while an iteration is under way. */
const OPEN_VUS_MAX = 1_000_000;
/** What the default of maxVUs is at most; 50,000 arrivals a second frozen for 2 s. */
const DEFAULT_VUS_MAX = 100_000;
/** Stages of one ramp. */
const STAGES_MAX = 100;
/** k6's default for scenarios that end by a number of iterations. */
const MAX_DURATION_MS = 600_000;

export const vus = z.int().min(1).max(CLOSED_VUS_MAX);
export const thinkTime = pause
  .optional()
  .describe('Pause of a virtual user after each iteration: 2s, or {between: [1s, 3s]}; default none.');
export const maxDuration = duration
  .optional()
  .describe('Iterations that have not begun by then are dropped; default 10m. Those under way get gracefulStop.');

/** Stages of a ramp; `target` is reached at the stage's end, in a straight line. */
export function stagesOf<Target extends z.ZodType>(target: Target) {
  return z
    .array(
      z.strictObject({
        duration: duration.describe('How long the stage lasts; 0s jumps.'),
        target: target.describe('What is reached at its end.'),
      }),
    )
    .min(1)
    .max(STAGES_MAX);
}

/** The settings of both arrival rates. */
export const arrivalSettings = {
  timeUnit: duration.optional().describe('What the rate counts in; default 1s.'),
  preAllocatedVUs: z
    .int()
    .min(0)
    .max(OPEN_VUS_MAX)
    .optional()
    .describe('Virtual users and connections made ready beforehand; default a hundredth of the rate, 4–64.'),
  maxVUs: z
    .int()
    .min(1)
    .max(OPEN_VUS_MAX)
    .optional()
    .describe(
      'Iterations under way at the same time, at most; an arrival beyond it is dropped. Default: as many as can start within the timeout.',
    ),
};

export interface ArrivalSettings {
  readonly timeUnit?: { readonly ms: number } | undefined;
  readonly preAllocatedVUs?: number | undefined;
  readonly maxVUs?: number | undefined;
}

export function maxDurationMs(given: { readonly maxDuration?: { readonly ms: number } | undefined }): number {
  return given.maxDuration?.ms ?? MAX_DURATION_MS;
}

/** What is wrong with how long a scenario lasts; `key` is what says so. */
export function durationMisfits(key: string, ms: number): readonly Misfit[] {
  if (ms > 0 && ms <= DURATION_MS_MAX) return [];
  const what = key === 'stages' ? 'stages last' : `${key} is`;
  return [{ key, message: `${what} ${formatMs(ms)}, must be above 0 and at most 24h`, hint: 'write it like 90s' }];
}

/** What is wrong with the settings of an arrival rate, whose highest rate is `rate` in each timeUnit, as `key` says. */
export function arrivalMisfits(key: string, rate: number, given: ArrivalSettings): readonly Misfit[] {
  const unitMs = given.timeUnit?.ms ?? 1000;
  if (!(unitMs > 0)) return [{ key: 'timeUnit', message: `timeUnit is ${formatMs(unitMs)}, must be above 0`, hint: 'write timeUnit: 1s' }];
  const perSecond = (rate / unitMs) * 1000;
  const misfits: Misfit[] = [];
  if (perSecond > RATE_PER_SECOND_MAX) {
    const message = `${key === 'rate' ? 'rate comes' : 'the highest target comes'} to ${perSecond} iterations a second, the limit is ${RATE_PER_SECOND_MAX}`;
    misfits.push({ key, message, hint: 'lower it or lengthen timeUnit' });
  }
  const { preAllocatedVUs, maxVUs } = given;
  if (preAllocatedVUs !== undefined && maxVUs !== undefined && preAllocatedVUs > maxVUs) {
    misfits.push({
      key: 'preAllocatedVUs',
      message: `preAllocatedVUs is ${preAllocatedVUs}, more than maxVUs, ${maxVUs}`,
      hint: `write maxVUs: ${preAllocatedVUs} or more`,
    });
  }
  return misfits;
}

/** By default nothing is ever dropped: no iteration outlives its timeout, so rate × timeout (and a tenth) are under way at most. */
function defaultMaxVUs(perSecond: number, timeoutMs: number): number {
  return Math.min(DEFAULT_VUS_MAX, Math.max(100, Math.ceil(perSecond * (timeoutMs / 1000) * 1.1)));
}

/** The plan of an arrival rate over its segments; `what` is its rate in words. */
export function arrivalPlan(segments: readonly RateSegment[], given: ArrivalSettings, timeoutMs: number, what: string): OpenPlan {
  const perSecond = Math.max(...segments.map(({ fromPerMs, toPerMs }) => Math.max(fromPerMs, toPerMs))) * 1000;
  const wanted = given.preAllocatedVUs ?? 0;
  const maxVUs = given.maxVUs ?? Math.max(defaultMaxVUs(perSecond, timeoutMs), wanted);
  const durationMs = segments.reduce((sum, segment) => sum + segment.durationMs, 0);
  const planned = plannedArrivals(segments);
  return {
    model: 'open',
    durationMs,
    segments,
    planned,
    preAllocatedVUs: given.preAllocatedVUs ?? Math.min(maxVUs, 64, Math.max(4, Math.ceil(perSecond / 100))),
    maxVUs,
    text: `${what}: ${planned} iterations, ${maxVUs} under way at most`,
  };
}
