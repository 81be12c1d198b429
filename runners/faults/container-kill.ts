/** A crash: the container's first process is signalled. By SIGKILL it gets no chance to say goodbye. */
import { z } from 'zod';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';
import { signalSetting } from './signal-setting.ts';

const settings = z.strictObject({
  signal: signalSetting('The signal. Unless it `says` something, the fault is proven by the end of the process.'),
  says: z
    .string()
    .min(1)
    .optional()
    .describe('For a signal that the process lives through, such as SIGHUP: text that its log says after it; that is the proof.'),
});

export const containerKill = defineFault({
  name: 'container-kill',
  summary:
    'Sends its targets a signal, SIGKILL unless asked otherwise; undone by starting those that ended and were not restarted meanwhile.',
  provenBy: 'the end of the process that was found; for a signal that it lives through, a line that its log must say',
  settings,
  looks: { label: 'killed', colour: '#8e44ad', lane: 'container' },
  undoneBy: 'agent',
  lasting: true,
  plan: ({ signal, says }, { targets }) => ({
    operations: targets.map((target) => {
      const container = reference(target);
      return says === undefined ? { op: 'engine', container, call: 'kill', signal } : { op: 'signal', container, signal, says };
    }),
    effects: targets.map((target) =>
      says === undefined ? `${target.name}: killed by ${signal}` : `${target.name}: sent ${signal}, and says '${says}'`,
    ),
  }),
  judgeProof: (_settings, results) => judgeEvery(results),
});
