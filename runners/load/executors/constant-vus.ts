/** k6's `constant-vus`: a fixed number of virtual users, each starting its next iteration after the end of its last. */
import { z } from 'zod';
import { duration, formatMs } from '../../../experiments/language/duration.ts';
import { NO_PAUSE, pauseText } from '../../../experiments/language/pause.ts';
import { defineExecutor } from './executor.ts';
import { durationMisfits, thinkTime, vus } from './settings.ts';

const settings = z.strictObject({
  vus: vus.optional().describe('Virtual users, each with one iteration under way; default 1.'),
  duration: duration.describe('How long iterations are started.'),
  'think-time': thinkTime,
});

export const constantVus = defineExecutor({
  name: 'constant-vus',
  summary: 'Keeps a number of virtual users busy, each waiting for the end of its iteration before it starts the next (closed loop).',
  settings,
  misfits: ({ duration: { ms } }) => durationMisfits('duration', ms),
  plan({ vus = 1, duration: { ms: durationMs }, 'think-time': thinking = NO_PAUSE }) {
    return {
      model: 'closed',
      durationMs,
      users: [{ durationMs, from: vus, to: vus }],
      vus,
      iterations: undefined,
      gracefulRampDownMs: 0,
      thinkTime: thinking,
      text: `${vus} virtual users for ${formatMs(durationMs)}${pauseText(thinking)}`,
    };
  },
});
