/** A shutdown: the container is asked to end, and killed when it does not within its grace. */
import { z } from 'zod';
import { duration, formatMs } from '../../experiments/language/duration.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

const GRACE_MS_MAX = 300_000;

const settings = z.strictObject({
  grace: duration
    .refine(({ ms }) => ms <= GRACE_MS_MAX, { error: 'is too long; a grace is 5m at most' })
    .default({ ms: 10_000 })
    .describe('From asking to killing, in whole seconds; 5m at most.'),
});

export const containerStop = defineFault({
  name: 'container-stop',
  summary: 'Stops its targets in order; undone by starting them.',
  provenBy: 'the engine’s word, and the end of the process that was found',
  settings,
  looks: { label: 'stopped', colour: '#6c3483', lane: 'container' },
  undoneBy: 'agent',
  lasting: true,
  plan: ({ grace }, { targets }) => ({
    operations: targets.map((target) => ({
      op: 'engine',
      container: reference(target),
      call: 'stop',
      graceS: Math.ceil(grace.ms / 1000),
    })),
    effects: targets.map((target) => `${target.name}: stopped, killed after ${formatMs(grace.ms)}`),
  }),
  judgeProof: (_settings, results) => judgeEvery(results),
});
