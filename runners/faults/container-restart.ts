/** A restart: the container is asked to end, killed when it does not within its grace, and started again at once. */
import { z } from 'zod';
import { duration, formatMs } from '../../experiments/language/duration.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';
import { refuseSwarmTasks } from './swarm-tasks.ts';

const GRACE_MS_MAX = 300_000;
const HEALTHY_WITHIN_MS_MAX = 300_000;

const settings = z.strictObject({
  grace: duration
    .refine(({ ms }) => ms <= GRACE_MS_MAX, { error: 'is too long; a grace is 5m at most' })
    .default({ ms: 10_000 })
    .describe('From asking to killing, in whole seconds; 5m at most.'),
  'healthy-within': duration
    .refine(({ ms }) => ms <= HEALTHY_WITHIN_MS_MAX, { error: 'is too long; it is 5m at most' })
    .default({ ms: 30_000 })
    .describe(
      'The fault lasts until the target runs again and its health check, if it has one, says healthy; this long at most. 5m at most.',
    ),
});

export const containerRestart = defineFault({
  name: 'container-restart',
  summary: 'Restarts its targets, once; it lasts until they run and are healthy again.',
  provenBy: 'the end of the process that was found, and another in its place',
  settings,
  looks: { label: 'restarted', colour: '#7d3c98', lane: 'container' },
  undoneBy: 'heals',
  lasting: false,
  plan({ grace, 'healthy-within': healthyWithin }, { targets }) {
    refuseSwarmTasks(targets, 'restarted');
    return {
      operations: targets.map((target) => ({
        op: 'restart',
        container: reference(target),
        graceS: Math.ceil(grace.ms / 1000),
        healthyWithinMs: healthyWithin.ms,
      })),
      effects: targets.map((target) => `${target.name}: restarted, killed after ${formatMs(grace.ms)}`),
    };
  },
  judgeProof: (_settings, results) => judgeEvery(results),
});
