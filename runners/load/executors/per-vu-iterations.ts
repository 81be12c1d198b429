/** k6's `per-vu-iterations`: each virtual user carries out so many iterations. */
import { z } from 'zod';
import { formatMs } from '../../../experiments/language/duration.ts';
import { NO_PAUSE, pauseText } from '../../../experiments/language/pause.ts';
import { defineExecutor } from './executor.ts';
import { iterations, iterationsMisfits } from './iterations.ts';
import { durationMisfits, maxDuration, maxDurationMs, thinkTime, vus } from './settings.ts';

const settings = z.strictObject({
  vus: vus.optional().describe('Virtual users; default 1.'),
  iterations: iterations.describe('Iterations of each; default 1.'),
  maxDuration,
  'think-time': thinkTime,
});

export const perVuIterations = defineExecutor({
  name: 'per-vu-iterations',
  summary: 'Lets each of a number of virtual users carry out so many iterations (closed loop).',
  settings,
  misfits: (given) => [
    ...durationMisfits('maxDuration', maxDurationMs(given)),
    ...iterationsMisfits((given.vus ?? 1) * (given.iterations ?? 1)),
  ],
  plan({ vus = 1, iterations: count = 1, 'think-time': thinking = NO_PAUSE, ...given }) {
    const durationMs = maxDurationMs(given);
    return {
      model: 'closed',
      durationMs,
      users: [{ durationMs, from: vus, to: vus }],
      vus,
      iterations: { count, by: 'each' },
      gracefulRampDownMs: 0,
      thinkTime: thinking,
      text: `${count} iterations of each of ${vus} virtual users, within ${formatMs(durationMs)}${pauseText(thinking)}`,
    };
  },
});
