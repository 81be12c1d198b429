/** A noisy network: one bit of a share of a channel's packets is flipped on the way. */
import { z } from 'zod';
import { EXIT, FiredrillError } from '../failure.ts';
import { channelSettings } from './channel-settings.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { mechanismSetting, planImpairment } from './impairment.ts';
import { formatShare, share } from './share.ts';

const settings = z.strictObject({
  share: share().describe('How many of the packets are garbled, in each direction: over 0% and up to 100%.'),
  checksum: z
    .enum(['keep', 'fix'])
    .default('keep')
    .describe(
      '`keep`: as noise on a line does; the receiver’s kernel throws the packet away, and TCP sends it again. `fix`: the checksum of TCP and UDP is made to fit, as by broken hardware; programs read garbled bytes.',
    ),
  ...channelSettings,
  mechanism: mechanismSetting,
});

export const networkCorrupt = defineFault({
  name: 'network-corrupt',
  summary: 'Flips a bit in a share of the packets of a channel; their checksums tell, or are made not to.',
  provenBy: 'packets that were garbled, and where the kernel counts them the checksums that failed at the receiver',
  settings,
  looks: { label: 'network noisy', colour: '#a04000', lane: 'network' },
  undoneBy: 'agent',
  lasting: true,
  plan(asked, context) {
    const { share, checksum } = asked;
    if (checksum === 'fix' && (asked.protocol === 'icmp' || asked.mechanism === 'netem')) throw cannotFix(asked);
    const told = checksum === 'fix' ? 'with checksums that fit' : 'with checksums that tell';
    return planImpairment(
      asked,
      context,
      { kind: 'corrupt', share, checksum },
      `has a bit flipped in ${formatShare(share)} of its packets, ${told}`,
    );
  },
  judgeProof: (_settings, results) => judgeEvery(results, { garbledPackets: 'sum', matchedPackets: 'sum' }),
});

function cannotFix({ protocol, mechanism }: { readonly protocol: string; readonly mechanism: string }): FiredrillError {
  const what = protocol === 'icmp' ? 'ICMP' : 'netem';
  return new FiredrillError('checksum-cannot-fit', `Checksums are made to fit for TCP and UDP by nfqueue, but the step names ${what}.`, {
    hint: mechanism === 'netem' ? 'Leave out `mechanism:`, or write: checksum: keep' : 'Write: checksum: keep',
    exitCode: EXIT.experimentWrong,
  });
}
