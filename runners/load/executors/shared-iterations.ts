/** k6's `shared-iterations`: so many iterations in all, carried out by whichever virtual user is free. */
import { z } from 'zod';
import { defineExecutor } from './executor.ts';
import { countingPlan, countingSettings, iterations, iterationsMisfits } from './iterations.ts';
import { durationMisfits, maxDurationMs } from './settings.ts';

const settings = z.strictObject({
  ...countingSettings,
  iterations: iterations.describe('Iterations in all; default 1, and no fewer than virtual users.'),
});

export const sharedIterations = defineExecutor({
  name: 'shared-iterations',
  summary: 'Shares so many iterations among virtual users; who is faster does more (closed loop).',
  settings,
  misfits(given) {
    const { vus = 1, iterations: count = 1 } = given;
    const lasting = durationMisfits('maxDuration', maxDurationMs(given));
    if (count >= vus) return [...lasting, ...iterationsMisfits(count)];
    const message = `iterations is ${count}, fewer than vus, ${vus}`;
    return [...lasting, { key: given.iterations === undefined ? 'vus' : 'iterations', message, hint: `write iterations: ${vus} or more` }];
  },
  plan(given) {
    const { vus = 1, iterations: count = 1 } = given;
    return countingPlan(given, { count, by: 'all' }, `${count} iterations shared by ${vus} virtual users`);
  },
});
