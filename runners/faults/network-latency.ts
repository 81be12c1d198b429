/** A slow network: every packet of a channel arrives late, on connections that are open already as on those that are opened. */
import { z } from 'zod';
import { duration, formatMs } from '../../experiments/language/duration.ts';
import { DISTRIBUTIONS } from '../agent/impairment.ts';
import { EXIT, FiredrillError } from '../failure.ts';
import { channelSettings } from './channel-settings.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { bufferSetting, bytesOf, mechanismSetting, planImpairment } from './impairment.ts';
import { share } from './share.ts';

const DELAY_MS_MAX = 20_000;

const settings = z.strictObject({
  delay: duration
    .refine(({ ms }) => ms >= 1 && ms <= DELAY_MS_MAX, { error: 'is out of range; a delay is between 1ms and 20s' })
    .describe('How late every packet is, one way: 1ms to 20s.'),
  jitter: duration.optional().describe('How much the delay varies; at most the delay. Packets may overtake each other.'),
  distribution: z
    .enum(DISTRIBUTIONS)
    .default('uniform')
    .describe(
      '`uniform`: evenly, by the jitter either way; `normal`: the jitter is the standard deviation; `pareto`: likewise, with a few packets that are very late.',
    ),
  correlation: share()
    .describe('Chance that a packet is as late as the one before: `25%`. Without it, each is drawn by itself.')
    .optional(),
  ...channelSettings,
  mechanism: mechanismSetting,
  'buffer-mib': bufferSetting,
});

export const networkLatency = defineFault({
  name: 'network-latency',
  summary: 'Delays the packets of a channel by up to 20 s, with jitter, on open connections and in the handshake too.',
  provenBy:
    'bytes on a connection that is open, by how long their acknowledgement takes; where none carries bytes, the time that packets were held',
  settings,
  looks: { label: 'network slow', colour: '#d35400', lane: 'network' },
  undoneBy: 'agent',
  lasting: true,
  plan(asked, context) {
    const { delay, distribution, correlation = 0 } = asked;
    const jitterMs = asked.jitter?.ms ?? 0;
    if (jitterMs > delay.ms) throw jitterTooLarge(jitterMs, delay.ms);
    if (jitterMs === 0 && (distribution !== 'uniform' || correlation > 0)) throw nothingVaries();
    const bufferBytesMax = bytesOf(asked['buffer-mib']);
    const effect = { kind: 'delay', delayMs: delay.ms, jitterMs, distribution, correlation, bufferBytesMax } as const;
    const spread = distribution === 'uniform' ? '' : ` (${distribution})`;
    const late = `${formatMs(delay.ms)}${jitterMs === 0 ? '' : ` ± ${formatMs(jitterMs)}${spread}`}`;
    return planImpairment(asked, context, effect, `is ${late} late; ${asked['buffer-mib']} MiB are held back at most`);
  },
  judgeProof: (_settings, results) =>
    judgeEvery(results, { measuredDelayMs: 'least', waitedMs: 'least', matchedPackets: 'sum', overflowedPackets: 'sum' }),
});

function jitterTooLarge(jitterMs: number, delayMs: number): FiredrillError {
  return new FiredrillError('jitter-too-large', `A jitter of ${formatMs(jitterMs)} is more than the delay of ${formatMs(delayMs)}.`, {
    hint: `Write at most: jitter: ${formatMs(delayMs)}`,
    exitCode: EXIT.experimentWrong,
  });
}

function nothingVaries(): FiredrillError {
  return new FiredrillError('no-jitter', 'A distribution or correlation is named, but without jitter every packet is equally late.', {
    hint: 'Add for example: jitter: 10ms',
    exitCode: EXIT.experimentWrong,
  });
}
