/** k6's `constant-vus`: a fixed number of virtual users, each sending its next request after the answer to its last. */
import { z } from 'zod';
import { duration, formatMs } from '../../../experiments/language/duration.ts';
import { EXIT, FiredrillError } from '../../failure.ts';
import { DURATION_MS_MAX } from './constant-arrival-rate.ts';
import { defineExecutor } from './executor.ts';

/** One connection each; a process holds a few thousand. */
const VUS_MAX = 4096;

const settings = z.strictObject({
  vus: z.int().min(1).max(VUS_MAX).describe('Virtual users, each with one request under way.'),
  duration: duration.describe('How long requests are started.'),
  'think-time': duration.optional().describe('Pause of a virtual user after each answer; default none.'),
});

export const constantVus = defineExecutor({
  name: 'constant-vus',
  summary: 'Keeps a number of virtual users busy, each waiting for its answer before it sends again (closed loop).',
  settings,
  plan({ vus, duration: { ms: durationMs }, 'think-time': thinkTime }) {
    if (!(durationMs > 0) || durationMs > DURATION_MS_MAX) {
      throw new FiredrillError('load.settings', `constant-vus: duration is ${formatMs(durationMs)}, must be above 0 and at most 24h`, {
        hint: 'write it like duration: 90s',
        exitCode: EXIT.experimentWrong,
      });
    }
    const thinkTimeMs = thinkTime?.ms ?? 0;
    const pause = thinkTimeMs > 0 ? `, pausing ${formatMs(thinkTimeMs)}` : '';
    return { model: 'closed', durationMs, vus, thinkTimeMs, text: `${vus} virtual users for ${formatMs(durationMs)}${pause}` };
  },
});
