/** A container that was given too little memory: its limit is lowered, to the point where the kernel kills its processes if need be. */
import { z } from 'zod';
import { formatBytes, size } from '../../experiments/language/size.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { exactlyOne } from './one-of.ts';
import { reference } from './reference.ts';
import { formatShare, share } from './share.ts';

/** A target may be left more than it uses, so that it runs into the limit as soon as it grows. */
const PERCENT_MAX = 900;

const settings = z.strictObject({
  bytes: size.optional().describe('The limit: 64MiB.'),
  'of-used': share(PERCENT_MAX)
    .optional()
    .describe(
      'Or the limit as a share of what the target uses, files aside, when it is armed: 120% leaves it a little room, 90% too little.',
    ),
});

export const memoryLimit = defineFault({
  name: 'memory-limit',
  summary: 'Lowers the memory limit of its targets; what was killed for it is started again by the undo.',
  provenBy: 'the control group ran into the limit, or something in it was killed for it',
  settings,
  looks: { label: 'memory cut', colour: '#873600', lane: 'resource' },
  undoneBy: 'agent',
  lasting: true,
  plan(asked, { targets }) {
    const { bytes } = asked;
    const used = asked['of-used'];
    exactlyOne('memory-limit', { bytes, 'of-used': used }, 'of-used: 110%');
    const limit = used === undefined ? formatBytes(bytes?.bytes ?? 0) : `${formatShare(used)} of what it uses`;
    return {
      operations: targets.map((target) => ({
        op: 'memory-limit',
        container: reference(target),
        ...(bytes === undefined ? {} : { bytes: bytes.bytes }),
        ...(used === undefined ? {} : { share: used }),
      })),
      effects: targets.map((target) => `${target.name}: its memory limit becomes ${limit}; beyond it the kernel kills its processes`),
    };
  },
  judgeProof: (_settings, results) => judgeEvery(results, { limitHits: 'sum', kills: 'sum' }),
});
