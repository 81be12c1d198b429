/** Does nothing, and proves it: the smallest fault there is, for tests and as a pattern. */
import { z } from 'zod';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

export const noop = defineFault({
  name: 'noop',
  summary: 'Does nothing to its targets, and proves it.',
  provenBy: 'nothing was done, and so it says',
  settings: z.strictObject({}),
  looks: { label: 'nothing', colour: '#7f8c8d', lane: 'noop' },
  undoneBy: 'agent',
  lasting: false,
  plan: (_settings, { targets }) => ({
    operations: targets.map((target) => ({ op: 'noop', container: reference(target) })),
    effects: targets.map((target) => `${target.name}: nothing`),
  }),
  judgeProof: (_settings, results) => judgeEvery(results),
});
