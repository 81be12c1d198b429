/** k6's `constant-arrival-rate`: iterations start at an even rate whether or not the earlier ones have ended. */
import { z } from 'zod';
import { duration, formatMs } from '../../../experiments/language/duration.ts';
import { defineExecutor } from './executor.ts';
import { arrivalMisfits, arrivalPlan, arrivalSettings, durationMisfits } from './settings.ts';

const settings = z.strictObject({
  rate: z.number().positive().max(1_000_000).describe('Iterations started in each timeUnit, evenly spread.'),
  duration: duration.describe('How long iterations are started.'),
  ...arrivalSettings,
});

export const constantArrivalRate = defineExecutor({
  name: 'constant-arrival-rate',
  summary: 'Starts iterations at an even rate, whether or not earlier ones have ended (open loop).',
  settings,
  misfits: (given) => [...durationMisfits('duration', given.duration.ms), ...arrivalMisfits('rate', given.rate, given)],
  plan(given, { timeoutMs }) {
    const unitMs = given.timeUnit?.ms ?? 1000;
    const perMs = given.rate / unitMs;
    const segments = [{ durationMs: given.duration.ms, fromPerMs: perMs, toPerMs: perMs }];
    return arrivalPlan(segments, given, timeoutMs, `${given.rate} in each ${formatMs(unitMs)} for ${formatMs(given.duration.ms)}`);
  },
});
