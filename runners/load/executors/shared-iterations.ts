/** k6's `shared-iterations`: so many iterations in all, carried out by whichever virtual user is free. */
import { z } from 'zod';
import { formatMs } from '../../../experiments/language/duration.ts';
import { NO_PAUSE, pauseText } from '../../../experiments/language/pause.ts';
import { defineExecutor } from './executor.ts';
import { iterations, iterationsMisfits } from './iterations.ts';
import { durationMisfits, maxDuration, maxDurationMs, thinkTime, vus } from './settings.ts';

const settings = z.strictObject({
  vus: vus.optional().describe('Virtual users; default 1.'),
  iterations: iterations.describe('Iterations in all; default 1, and no fewer than virtual users.'),
  maxDuration,
  'think-time': thinkTime,
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
  plan({ vus = 1, iterations: count = 1, 'think-time': thinking = NO_PAUSE, ...given }) {
    const durationMs = maxDurationMs(given);
    return {
      model: 'closed',
      durationMs,
      users: [{ durationMs, from: vus, to: vus }],
      vus,
      iterations: { count, by: 'all' },
      gracefulRampDownMs: 0,
      thinkTime: thinking,
      text: `${count} iterations shared by ${vus} virtual users, within ${formatMs(durationMs)}${pauseText(thinking)}`,
    };
  },
});
