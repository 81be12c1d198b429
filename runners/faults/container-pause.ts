/** A freeze: the container's processes stand still, its connections stay open, and nothing answers. */
import { z } from 'zod';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

export const containerPause = defineFault({
  name: 'container-pause',
  summary: 'Freezes all processes of its targets; their connections stay open and nothing answers.',
  provenBy: 'the engine’s word, and the kernel’s: the control group is frozen',
  settings: z.strictObject({}),
  looks: { label: 'frozen', colour: '#2471a3', lane: 'container' },
  undoneBy: 'agent',
  lasting: true,
  plan: (_settings, { targets }) => ({
    operations: targets.map((target) => ({ op: 'engine', container: reference(target), call: 'pause' })),
    effects: targets.map((target) => `${target.name}: frozen`),
  }),
  judgeProof: (_settings, results) => judgeEvery(results),
});
