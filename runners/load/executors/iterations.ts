/** Numbers of iterations: as settings, and the plan of virtual users that carry them out. */
import { z } from 'zod';
import { formatMs } from '../../../experiments/language/duration.ts';
import type { Misfit } from '../../../experiments/language/kind.ts';
import { NO_PAUSE, pauseText } from '../../../experiments/language/pause.ts';
import type { ClosedPlan, IterationCount } from './executor.ts';
import { maxDuration, maxDurationMs, thinkTime, vus } from './settings.ts';

/** Iterations of one scenario; each that is dropped at the end is counted by itself. */
export const ITERATIONS_MAX = 10_000_000;

export const iterations = z.int().min(1).max(ITERATIONS_MAX).optional();

/** What both executors that count iterations have, besides `iterations`. */
export const countingSettings = {
  vus: vus.optional().describe('Virtual users; default 1.'),
  maxDuration,
  'think-time': thinkTime,
};

type Counting = Readonly<z.output<z.ZodObject<typeof countingSettings>>>;

/** As many virtual users all the time, until their iterations or the time are over. `text` is for `plan`. */
export function countingPlan(given: Counting, iterations: IterationCount, text: string): ClosedPlan {
  const { vus: users = 1, 'think-time': thinking = NO_PAUSE } = given;
  const durationMs = maxDurationMs(given);
  return {
    model: 'closed',
    durationMs,
    users: [{ durationMs, from: users, to: users }],
    vus: users,
    iterations,
    gracefulRampDownMs: 0,
    thinkTime: thinking,
    text: `${text}, within ${formatMs(durationMs)}${pauseText(thinking)}`,
  };
}

export function iterationsMisfits(inAll: number): readonly Misfit[] {
  if (inAll <= ITERATIONS_MAX) return [];
  return [
    {
      key: 'iterations',
      message: `that is ${inAll} iterations in all, the limit is ${ITERATIONS_MAX}`,
      hint: 'lower iterations, or use constant-vus with a duration',
    },
  ];
}
