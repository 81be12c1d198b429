/** A noisy neighbour inside the container: processor time is burnt in its own control group, so that its own limit and shares bite. */
import { z } from 'zod';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';
import { formatShare, share } from './share.ts';

const WORKERS_MAX = 1024;

const settings = z.strictObject({
  workers: z
    .int()
    .min(1)
    .max(WORKERS_MAX)
    .optional()
    .describe('How many threads burn; by default one for each processor of the host, and at most four for each.'),
  load: share().prefault('100%').describe('Share of the time in which each of them burns.'),
});

export const cpuStress = defineFault({
  name: 'cpu-stress',
  summary: 'Burns processor time inside its targets’ own control groups.',
  provenBy: 'processor time that the kernel counts for the target’s control group and for the stressor in it',
  settings,
  looks: { label: 'CPU stressed', colour: '#b03a2e', lane: 'resource' },
  undoneBy: 'agent',
  lasting: true,
  plan: ({ workers, load }, { targets }) => ({
    operations: targets.map((target) => ({
      op: 'cpu-stress',
      container: reference(target),
      ...(workers === undefined ? {} : { workers }),
      load,
    })),
    effects: targets.map((target) => `${target.name}: ${threads(workers)} ${formatShare(load)} of a processor each, within its own limit`),
  }),
  judgeProof: (_settings, results) => judgeEvery(results, { usedCpus: 'sum', stressCpus: 'sum', throttledPeriods: 'sum' }),
});

function threads(workers: number | undefined): string {
  if (workers === undefined) return 'as many threads as the host has processors burn';
  return workers === 1 ? '1 thread burns' : `${workers} threads burn`;
}
