/** A network that mixes things up: a share of a channel's packets is held back, so that later ones come first. */
import { z } from 'zod';
import { duration, formatMs } from '../../experiments/language/duration.ts';
import { channelSettings } from './channel-settings.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { bufferSetting, bytesOf, mechanismSetting, planImpairment } from './impairment.ts';
import { formatShare, share } from './share.ts';

const HELD_MS_MAX = 5_000;

const settings = z.strictObject({
  share: share().describe('How many of the packets are held back, in each direction: over 0% and up to 100%.'),
  by: duration
    .refine(({ ms }) => ms >= 1 && ms <= HELD_MS_MAX, { error: 'is out of range; packets are held back for 1ms to 5s' })
    .prefault('20ms')
    .describe('How long they are held back: longer than the time between packets, else nothing overtakes them. 1ms to 5s.'),
  ...channelSettings,
  mechanism: mechanismSetting,
  'buffer-mib': bufferSetting,
});

export const networkReorder = defineFault({
  name: 'network-reorder',
  summary: 'Brings the packets of a channel out of order: a share is held back while those sent later pass.',
  provenBy: 'packets that overtook others, and what the receiver’s TCP counts of it',
  settings,
  looks: { label: 'network out of order', colour: '#6e2c00', lane: 'network' },
  undoneBy: 'agent',
  lasting: true,
  plan(asked, context) {
    const { share, by } = asked;
    const effect = { kind: 'reorder', share, byMs: by.ms, bufferBytesMax: bytesOf(asked['buffer-mib']) } as const;
    return planImpairment(asked, context, effect, `has ${formatShare(share)} of its packets held back for ${formatMs(by.ms)}`);
  },
  judgeProof: (_settings, results) => judgeEvery(results, { latePackets: 'sum', matchedPackets: 'sum', overflowedPackets: 'sum' }),
});
