/** A network that goes dark: no answer, no reset, no error, open connections included. */
import { z } from 'zod';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

const settings = z.strictObject({
  direction: z
    .enum(['both', 'in', 'out'])
    .default('both')
    .describe('`in`: nothing reaches the targets; `out`: nothing that they send arrives; `both`: neither.'),
  'spare-inside': z.boolean().default(true).describe('Traffic among the targets goes on, as inside a region that is cut off.'),
  spare: z
    .array(z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()]))
    .max(256)
    .default([])
    .describe('Addresses or CIDRs that stay reachable.'),
});

export const networkBlackout = defineFault({
  name: 'network-blackout',
  summary:
    'Silences all network traffic of its targets but loopback and the engine’s DNS: packets vanish without a word, on open connections too.',
  settings,
  looks: { label: 'network dark', colour: '#c0392b', lane: 'network' },
  undoneBy: 'agent',
  lasting: true,
  plan({ direction, 'spare-inside': spareInside, spare }, { targets }) {
    const inside = spareInside ? targets.flatMap((target) => target.addresses) : [];
    const spared = [...new Set([...inside, ...spare])];
    return {
      operations: targets.map((target) => ({ op: 'blackout', container: reference(target), spare: spared, direction })),
      effects: targets.map((target) => `${target.name}: ${EFFECT[direction]}; ${spared.length} addresses are spared`),
    };
  },
  judgeProof: (_settings, results) => judgeEvery(results, { matchedPackets: 'sum' }),
});

const EFFECT = {
  both: 'nothing goes in or out',
  in: 'nothing reaches it',
  out: 'nothing that it sends arrives',
} as const;
