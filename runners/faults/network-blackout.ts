/** A network that goes dark: no answer, no reset, no error, open connections included. */
import { z } from 'zod';
import { channelOf, channelSettings, cidrs } from './channel-settings.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

const settings = z.strictObject({
  ...channelSettings,
  'spare-inside': z.boolean().default(true).describe('Traffic among the targets goes on, as inside a region that is cut off.'),
  spare: cidrs.default([]).describe('Addresses or CIDRs that stay reachable.'),
});

export const networkBlackout = defineFault({
  name: 'network-blackout',
  summary:
    'Silences the network traffic of its targets but loopback and the engine’s DNS: packets vanish without a word, on open connections too.',
  provenBy: 'packets that our rules swallowed, and the target’s gateway, which answered before and answers no more',
  settings,
  looks: { label: 'network dark', colour: '#c0392b', lane: 'network' },
  undoneBy: 'agent',
  lasting: true,
  plan(asked, context) {
    const inside = asked['spare-inside'] ? context.targets.flatMap((target) => target.addresses) : [];
    const spared = [...new Set([...inside, ...asked.spare])];
    const { channel, others, where } = channelOf(asked, context, spared);
    return {
      operations: context.targets.map((target) => ({ op: 'blackout', container: reference(target), channel })),
      effects: context.targets.map((target) => `${target.name}: ${EFFECT[asked.direction]}${where}; ${spared.length} addresses are spared`),
      ...(others.length === 0 ? {} : { alsoTouched: others }),
    };
  },
  judgeProof: (_settings, results) => judgeEvery(results, { matchedPackets: 'sum' }),
});

const EFFECT = {
  both: 'nothing goes in or out',
  in: 'nothing reaches it',
  out: 'nothing that it sends arrives',
} as const;
