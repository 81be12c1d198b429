/** k6's `per-vu-iterations`: each virtual user carries out so many iterations. */
import { z } from 'zod';
import { defineExecutor } from './executor.ts';
import { countingPlan, countingSettings, iterations, iterationsMisfits } from './iterations.ts';
import { durationMisfits, maxDurationMs } from './settings.ts';

const settings = z.strictObject({
  ...countingSettings,
  iterations: iterations.describe('Iterations of each; default 1.'),
});

export const perVuIterations = defineExecutor({
  name: 'per-vu-iterations',
  summary: 'Lets each of a number of virtual users carry out so many iterations (closed loop).',
  settings,
  misfits: (given) => [
    ...durationMisfits('maxDuration', maxDurationMs(given)),
    ...iterationsMisfits((given.vus ?? 1) * (given.iterations ?? 1)),
  ],
  plan(given) {
    const { vus = 1, iterations: count = 1 } = given;
    return countingPlan(given, { count, by: 'each' }, `${count} iterations of each of ${vus} virtual users`);
  },
});
