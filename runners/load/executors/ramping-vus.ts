/** k6's `ramping-vus`: a number of virtual users that goes in straight lines from stage to stage. */
import { z } from 'zod';
import { duration, formatMs } from '../../../experiments/language/duration.ts';
import { NO_PAUSE, pauseText } from '../../../experiments/language/pause.ts';
import { defineExecutor } from './executor.ts';
import { CLOSED_VUS_MAX, durationMisfits, stagesOf, thinkTime } from './settings.ts';

/** k6's default. */
const GRACEFUL_RAMP_DOWN_MS = 30_000;

const users = z.int().min(0).max(CLOSED_VUS_MAX);

const settings = z.strictObject({
  stages: stagesOf(users).describe('Numbers of virtual users to go to: [{duration: 30s, target: 20}, …].'),
  startVUs: users.optional().describe('Virtual users at the beginning; default 1.'),
  gracefulRampDown: duration.optional().describe('How long a virtual user that is ramped down may take to end its iteration; default 30s.'),
  'think-time': thinkTime,
});

export const rampingVus = defineExecutor({
  name: 'ramping-vus',
  summary: 'Keeps virtual users busy whose number goes up and down by stages (closed loop).',
  settings,
  misfits({ stages, startVUs = 1 }) {
    const lasting = durationMisfits(
      'stages',
      stages.reduce((sum, stage) => sum + stage.duration.ms, 0),
    );
    const isAtWork = stages.some(
      ({ duration: { ms }, target }, index) => ms > 0 && Math.max(target, stages[index - 1]?.target ?? startVUs) > 0,
    );
    if (lasting.length > 0 || isAtWork) return lasting;
    return [
      {
        key: 'stages',
        message: 'there are 0 virtual users all the time, so nobody would be at work',
        hint: 'raise a target that has a duration',
      },
    ];
  },
  plan({ stages, startVUs = 1, gracefulRampDown, 'think-time': thinking = NO_PAUSE }) {
    const counts = [startVUs, ...stages.map(({ target }) => target)];
    const words = stages.map((stage) => `${stage.target} in ${formatMs(stage.duration.ms)}`).join(', ');
    return {
      model: 'closed',
      durationMs: stages.reduce((sum, stage) => sum + stage.duration.ms, 0),
      users: stages.map((stage, index) => ({ durationMs: stage.duration.ms, from: counts[index] ?? 0, to: stage.target })),
      vus: Math.max(...counts),
      iterations: undefined,
      gracefulRampDownMs: gracefulRampDown?.ms ?? GRACEFUL_RAMP_DOWN_MS,
      thinkTime: thinking,
      text: `virtual users from ${startVUs} to ${words}${pauseText(thinking)}`,
    };
  },
});
