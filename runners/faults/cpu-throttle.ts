/** A starved container: it may use a fraction of a processor, and is kept waiting for the rest of every period. */
import { z } from 'zod';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

const CPUS_MIN = 0.01;
const CPUS_MAX = 1024;

const settings = z.strictObject({
  cpus: z.number().min(CPUS_MIN).max(CPUS_MAX).default(0.1).describe('Processors that it may use, 0.01 at least; as Docker’s `--cpus`.'),
});

export const cpuThrottle = defineFault({
  name: 'cpu-throttle',
  summary: 'Lowers the processor quota of its targets.',
  provenBy: 'the control group’s own counters: it was kept waiting, and used no more than the quota',
  settings,
  looks: { label: 'CPU throttled', colour: '#cb4335', lane: 'resource' },
  undoneBy: 'agent',
  lasting: true,
  plan: ({ cpus }, { targets }) => ({
    operations: targets.map((target) => ({ op: 'cpu-throttle', container: reference(target), cpus })),
    effects: targets.map((target) => `${target.name}: its quota becomes ${cpus} CPUs`),
  }),
  judgeProof: (_settings, results) => judgeEvery(results, { usedCpus: 'most', throttledPeriods: 'least' }),
});
