/** Kinds of fault, probe and executor for tests of the language alone; the real ones stand further on in the flow. */
import { z } from 'zod';
import { duration } from '../../../experiments/language/duration.ts';
import type { Kinds } from '../../../experiments/language/kind.ts';
import { share, targetName } from '../../../experiments/language/names.ts';

const port = z.int().min(1).max(65_535);

export const fixtureKinds: Kinds = {
  faults: [
    {
      name: 'network-blackout',
      summary: 'Drops all traffic.',
      lasting: true,
      undoneBy: 'agent',
      settings: z.strictObject({ direction: z.enum(['both', 'in', 'out']).default('both') }),
    },
    {
      name: 'network-latency',
      summary: 'Delays packets.',
      lasting: true,
      undoneBy: 'agent',
      settings: z.strictObject({
        delay: duration,
        to: targetName.optional(),
        ports: z.array(port).optional().describe('Ports that are delayed.'),
      }),
    },
    {
      name: 'cache-evict',
      summary: 'Evicts keys.',
      lasting: false,
      undoneBy: 'none',
      settings: z.strictObject({ pattern: z.string().min(1).default('*'), share }),
    },
    {
      name: 'script',
      summary: 'Runs a script.',
      lasting: true,
      undoneBy: 'runner',
      settings: z.strictObject({ command: z.array(z.string()).min(1) }),
    },
    { name: 'noop', summary: 'Does nothing.', lasting: false, undoneBy: 'heals', settings: z.strictObject({}) },
  ],
  probes: [
    {
      name: 'http',
      summary: 'Asks a URL.',
      settings: z.strictObject({
        url: z.string().min(1),
        read: z.union([z.literal('status'), z.strictObject({ header: z.string() })]).optional(),
      }),
    },
    {
      name: 'redis',
      summary: 'Asks Redis.',
      needsTarget: true,
      settings: z.strictObject({ command: z.array(z.string()), port: port.default(6379) }),
    },
    { name: 'noop', summary: 'Looks at nothing.', settings: z.strictObject({}) },
  ],
  executors: [
    {
      name: 'constant-arrival-rate',
      summary: 'So many requests a second.',
      settings: z.strictObject({ rate: z.number().positive(), duration, preAllocatedVUs: z.int().min(1).optional() }),
    },
    { name: 'constant-vus', summary: 'So many viewers.', settings: z.strictObject({ vus: z.int().min(1), duration }) },
  ],
};
