/** A network that says things twice: a share of a channel's packets arrives two times. */
import { z } from 'zod';
import { channelSettings } from './channel-settings.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { mechanismSetting, planImpairment } from './impairment.ts';
import { formatShare, share } from './share.ts';

const settings = z.strictObject({
  share: share().describe('How many of the packets arrive twice, in each direction: over 0% and up to 100%.'),
  ...channelSettings,
  mechanism: mechanismSetting,
});

export const networkDuplicate = defineFault({
  name: 'network-duplicate',
  summary: 'Doubles a share of the packets of a channel: TCP hides it, datagrams arrive twice.',
  provenBy: 'the kernel’s counters: more packets went on than came',
  settings,
  looks: { label: 'network doubled', colour: '#7d6608', lane: 'network' },
  undoneBy: 'agent',
  lasting: true,
  plan: (asked, context) =>
    planImpairment(asked, context, { kind: 'duplicate', share: asked.share }, `has ${formatShare(asked.share)} of its packets doubled`),
  judgeProof: (_settings, results) => judgeEvery(results, { doubledPackets: 'sum', matchedPackets: 'sum' }),
});
