/** A container close to its memory limit: somebody inside holds most of what it may use. */
import { z } from 'zod';
import { formatBytes, size } from '../../experiments/language/size.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { exactlyOne } from './one-of.ts';
import { reference } from './reference.ts';
import { formatShare, share } from './share.ts';

const settings = z.strictObject({
  fill: share().optional().describe('Memory is held until the target uses this share of its limit; it must have one.'),
  bytes: size.optional().describe('Or so much is held besides what it uses: 256MiB.'),
  'max-bytes': size
    .prefault('1GiB')
    .describe('The most that is ever held on one target. Nor is it ever more than the target’s limit, or half of what the host has free.'),
});

export const memoryPressure = defineFault({
  name: 'memory-pressure',
  summary: 'Holds memory inside its targets’ own control groups, up to a share of their limit.',
  provenBy: 'memory that the kernel counts for the target’s control group',
  settings,
  looks: { label: 'memory pressed', colour: '#a04000', lane: 'resource' },
  undoneBy: 'agent',
  lasting: true,
  plan(asked, { targets }) {
    const { fill, bytes } = asked;
    exactlyOne('memory-pressure', { fill, bytes }, 'fill: 90%');
    const most = formatBytes(asked['max-bytes'].bytes);
    const held = fill === undefined ? formatBytes(bytes?.bytes ?? 0) : `memory up to ${formatShare(fill)} of its limit`;
    return {
      operations: targets.map((target) => ({
        op: 'memory-pressure',
        container: reference(target),
        ...(fill === undefined ? {} : { share: fill }),
        ...(bytes === undefined ? {} : { bytes: bytes.bytes }),
        bytesMax: asked['max-bytes'].bytes,
      })),
      effects: targets.map((target) => `${target.name}: ${held} is held inside, ${most} at most`),
    };
  },
  judgeProof: (_settings, results) => judgeEvery(results, { heldBytes: 'sum', usedBytes: 'most' }),
});
