/** k6's `ramping-arrival-rate`: iterations start at a rate that goes in straight lines from stage to stage. */
import { z } from 'zod';
import { formatMs } from '../../../experiments/language/duration.ts';
import { plannedArrivals, type RateSegment } from '../pacing/arrivals.ts';
import { defineExecutor } from './executor.ts';
import { arrivalMisfits, arrivalPlan, arrivalSettings, durationMisfits, stagesOf } from './settings.ts';

const rate = z.number().min(0).max(1_000_000);

const settings = z.strictObject({
  stages: stagesOf(rate).describe('Rates to go to, in each timeUnit: [{duration: 1m, target: 200}, …].'),
  startRate: rate.optional().describe('The rate at the beginning, in each timeUnit; default 0.'),
  ...arrivalSettings,
});

type Settings = z.output<typeof settings>;

function segmentsOf({ stages, startRate = 0, timeUnit }: Settings): readonly RateSegment[] {
  const unitMs = timeUnit?.ms ?? 1000;
  const rates = [startRate, ...stages.map(({ target }) => target)];
  return stages
    .map(({ duration, target }, index) => ({
      durationMs: duration.ms,
      fromPerMs: (rates[index] ?? 0) / unitMs,
      toPerMs: target / unitMs,
    }))
    .filter(({ durationMs }) => durationMs > 0);
}

function highest({ stages, startRate = 0 }: Settings): number {
  return Math.max(startRate, ...stages.map(({ target }) => target));
}

export const rampingArrivalRate = defineExecutor({
  name: 'ramping-arrival-rate',
  summary: 'Starts iterations at a rate that goes up and down by stages, whether or not earlier ones have ended (open loop).',
  settings,
  misfits(given) {
    const lasting = durationMisfits(
      'stages',
      given.stages.reduce((sum, { duration }) => sum + duration.ms, 0),
    );
    const wrong = [...lasting, ...arrivalMisfits('stages', highest(given), given)];
    if (wrong.length > 0 || plannedArrivals(segmentsOf(given)) > 0) return wrong;
    return [
      { key: 'stages', message: 'the rate is 0 all the time, so nothing would be started', hint: 'raise a target that has a duration' },
    ];
  },
  plan(given, { timeoutMs }) {
    const words = given.stages.map(({ duration, target }) => `${target} in ${formatMs(duration.ms)}`).join(', ');
    const unit = formatMs(given.timeUnit?.ms ?? 1000);
    return arrivalPlan(segmentsOf(given), given, timeoutMs, `from ${given.startRate ?? 0} to ${words}, in each ${unit}`);
  },
});
