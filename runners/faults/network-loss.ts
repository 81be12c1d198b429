/** A lossy network: a share of a channel's packets never arrives, each by itself or in bursts. */
import { z } from 'zod';
import { EXIT, FiredrillError } from '../failure.ts';
import { channelSettings } from './channel-settings.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { mechanismSetting, planImpairment } from './impairment.ts';
import { formatShare, share } from './share.ts';

const settings = z.strictObject({
  share: share().describe('How many of the packets are lost, in each direction: over 0% and up to 100%.'),
  burst: z
    .number()
    .min(1)
    .max(10_000)
    .optional()
    .describe('Packets lost in a row, on average, with none lost in between (Gilbert’s channel). Without it, each is lost by itself.'),
  ...channelSettings,
  mechanism: mechanismSetting,
});

export const networkLoss = defineFault({
  name: 'network-loss',
  summary: 'Loses a share of the packets of a channel, by chance or in bursts.',
  provenBy: 'the kernel’s counters of packets that matched and that went on: the share that is missing, within four standard deviations',
  settings,
  looks: { label: 'network lossy', colour: '#b9770e', lane: 'network' },
  undoneBy: 'agent',
  lasting: true,
  plan(asked, context) {
    const { share, burst } = asked;
    if (burst !== undefined) refuseShortBurst(share, burst);
    const inBursts = burst === undefined ? '' : `, ${burst} in a row on average`;
    const effect = { kind: 'loss', share, ...(burst === undefined ? {} : { burst }) } as const;
    return planImpairment(asked, context, effect, `loses ${formatShare(share)} of its packets${inBursts}`);
  },
  judgeProof: (_settings, results) => judgeEvery(results, { lostPackets: 'sum', matchedPackets: 'sum' }),
});

/** Runs that short cannot make up the share, however soon one follows the other. */
function refuseShortBurst(share: number, burst: number): void {
  const least = share >= 1 ? Number.POSITIVE_INFINITY : Number((share / (1 - share)).toFixed(6));
  if (burst >= least) return;
  const message = `Bursts of ${burst} packets cannot make up a loss of ${formatShare(share)}.`;
  const hint = share >= 1 ? 'Leave out `burst:`; everything is lost.' : `Write at least: burst: ${Math.ceil(least)}`;
  throw new FiredrillError('burst-too-short', message, { hint, exitCode: EXIT.experimentWrong });
}
