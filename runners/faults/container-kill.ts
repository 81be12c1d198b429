/** A crash: the container's first process is signalled, and gets no chance to say goodbye. */
import { z } from 'zod';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

const settings = z.strictObject({
  signal: z
    .string()
    .regex(/^SIG[A-Z0-9]+$/, { error: 'is not a signal; write it like SIGKILL' })
    .default('SIGKILL')
    .describe('The signal; one that the process survives leaves the fault unproven.'),
});

export const containerKill = defineFault({
  name: 'container-kill',
  summary: 'Kills its targets, as a crash does; undone by starting those that were not restarted meanwhile.',
  settings,
  looks: { label: 'killed', colour: '#8e44ad', lane: 'container' },
  undoneBy: 'agent',
  lasting: true,
  plan: ({ signal }, { targets }) => ({
    operations: targets.map((target) => ({ op: 'engine', container: reference(target), call: 'kill', signal })),
    effects: targets.map((target) => `${target.name}: killed by ${signal}`),
  }),
  judgeProof: (_settings, results) => judgeEvery(results),
});
