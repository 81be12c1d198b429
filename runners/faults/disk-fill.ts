/** A full disk: the room of a file system is taken, by a file that has no name and goes with who holds it. */
import { z } from 'zod';
import { formatBytes, size } from '../../experiments/language/size.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { pathInside } from './path-inside.ts';
import { reference } from './reference.ts';

const settings = z.strictObject({
  path: pathInside.describe('A directory of the target on the file system to fill: a volume, a tmpfs, or its own layer.'),
  'max-bytes': size
    .prefault('256MiB')
    .describe(
      'The most that is taken. Where the room is the host’s own (a layer or a volume without a quota), it may be 5 % of what is free at most; of a tmpfs, half of the memory that the host has free.',
    ),
  leave: size.prefault('0b').describe('How much is left free.'),
});

export const diskFill = defineFault({
  name: 'disk-fill',
  summary: 'Fills a file system of its targets, down to what is to be left free.',
  provenBy: 'the room that the target has left, and a write that is refused',
  settings,
  looks: { label: 'disk full', colour: '#b9770e', lane: 'resource' },
  undoneBy: 'agent',
  lasting: true,
  plan(asked, { targets }) {
    const { path, leave } = asked;
    const most = asked['max-bytes'];
    return {
      operations: targets.map((target) => ({
        op: 'disk-fill',
        container: reference(target),
        path,
        bytesMax: most.bytes,
        leaveBytes: leave.bytes,
      })),
      effects: targets.map(
        (target) => `${target.name}: ${path} is filled until ${formatBytes(leave.bytes)} are free, with ${formatBytes(most.bytes)} at most`,
      ),
    };
  },
  judgeProof: (_settings, results) => judgeEvery(results, { takenBytes: 'sum', freeBytes: 'most' }),
});
