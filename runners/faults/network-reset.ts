/** Connections that break loudly: each is reset, those that are open and those that are tried. */
import { z } from 'zod';
import { channelOf, channelSettings } from './channel-settings.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

const { protocol: _always, ...channel } = channelSettings;
const settings = z.strictObject(channel);

export const networkReset = defineFault({
  name: 'network-reset',
  summary: 'Resets the TCP connections of a channel: open ones at their next packet or within 0.1 s, new ones as they are tried.',
  provenBy: 'resets that were sent, and open connections that are gone',
  settings,
  looks: { label: 'resets', colour: '#cb4335', lane: 'network' },
  undoneBy: 'agent',
  lasting: true,
  plan(asked, context) {
    const { channel, others, where } = channelOf({ ...asked, protocol: 'tcp' }, context);
    return {
      operations: context.targets.map((target) => ({ op: 'reset', container: reference(target), channel })),
      effects: context.targets.map((target) => `${target.name}: ${WORDS[asked.direction]}${where} is reset`),
      ...(others.length === 0 ? {} : { alsoTouched: others }),
    };
  },
  judgeProof: (_settings, results) => judgeEvery(results, { matchedPackets: 'sum', resetConnections: 'sum' }),
});

const WORDS = {
  both: 'every connection',
  in: 'every connection, when the other side speaks,',
  out: 'every connection, when it speaks,',
} as const;
