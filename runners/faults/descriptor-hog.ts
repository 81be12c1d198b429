/** A process that has leaked its descriptors: it can open no file and take no connection any more, and says "too many open files". */
import { z } from 'zod';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

const LEAVE_MAX = 1_000;

const settings = z.strictObject({
  process: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('Only processes of this name, or with this as the last part of the path of their program; without it, all of the targets.'),
  leave: z.int().min(0).max(LEAVE_MAX).default(0).describe('How many more files and connections each of them can open: 0 to 1000.'),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe(
      'The TCP port on which it is looked whether they still take connections; without it, the first on which one of them listens.',
    ),
});

export const descriptorHog = defineFault({
  name: 'descriptor-hog',
  summary: 'Leaves the processes of its targets no file descriptors: they can open nothing more, and take no connection.',
  provenBy: 'fresh connections to a port of theirs: taken before, and taken no more',
  settings,
  looks: { label: 'descriptors taken', colour: '#9c640c', lane: 'resource' },
  undoneBy: 'agent',
  lasting: true,
  plan: ({ process, leave, port }, { targets }) => ({
    operations: targets.map((target) => ({
      op: 'descriptor-hog',
      container: reference(target),
      leave,
      ...(process === undefined ? {} : { process }),
      ...(port === undefined ? {} : { port }),
    })),
    effects: targets.map(
      (target) =>
        `${target.name}: ${process === undefined ? 'each of its processes' : `each of its processes ${process}`} can open ${leave === 0 ? 'nothing' : leave} more`,
    ),
  }),
  judgeProof: (_settings, results) => judgeEvery(results, { openFiles: 'sum', untakenConnections: 'sum' }),
});
