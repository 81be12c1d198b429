/** Looks at nothing and reads the same value each time; for tests and for trying out a file. */
import { z } from 'zod';
import { defineProbe } from './probe.ts';

const settings = z.strictObject({
  value: z.union([z.number(), z.boolean(), z.string()]).default(true).describe('What every reading is.'),
});

export const noop = defineProbe({
  name: 'noop',
  summary: 'Looks at nothing; every reading is the same value.',
  settings,
  looks: { label: 'Noop', colour: '#6b7280' },
  needsTarget: false,
  open: ({ value }) => ({
    look: async () => ({ status: 'ok', value }),
    close: async () => {},
  }),
});
