/** A slow network: every packet of a channel arrives late, on connections that are open already as on those that are opened. */
import { z } from 'zod';
import { duration, formatMs } from '../../experiments/language/duration.ts';
import { EXIT, FiredrillError } from '../failure.ts';
import { channelOf, channelSettings } from './channel-settings.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

const DELAY_MS_MAX = 20_000;
const BYTES_PER_MIB = 1024 * 1024;

const settings = z.strictObject({
  delay: duration
    .refine(({ ms }) => ms >= 1 && ms <= DELAY_MS_MAX, { error: 'is out of range; a delay is between 1ms and 20s' })
    .describe('How late every packet is, one way: 1ms to 20s.'),
  jitter: duration
    .optional()
    .describe('The delay varies evenly by this much either way; at most the delay. Packets may overtake each other.'),
  ...channelSettings,
  'buffer-mib': z
    .number()
    .min(1)
    .max(1024)
    .default(64)
    .describe('Most that is held back on a target, in MiB: its traffic in bytes a second times the delay. Beyond it packets go early.'),
});

const WORDS = { both: 'sends and receives', in: 'receives', out: 'sends' } as const;

export const networkLatency = defineFault({
  name: 'network-latency',
  summary: 'Delays the packets of a channel by up to 20 s, on open connections too.',
  settings,
  looks: { label: 'network slow', colour: '#d35400', lane: 'network' },
  undoneBy: 'agent',
  lasting: true,
  plan(asked, context) {
    const { delay, direction } = asked;
    const jitterMs = asked.jitter?.ms ?? 0;
    if (jitterMs > delay.ms) throw jitterTooLarge(jitterMs, delay.ms);
    const { channel, others, where } = channelOf(asked, context);
    const late = `${formatMs(delay.ms)}${jitterMs === 0 ? '' : ` ± ${formatMs(jitterMs)}`}`;
    return {
      operations: context.targets.map((target) => ({
        op: 'latency',
        container: reference(target),
        channel,
        delayMs: delay.ms,
        jitterMs,
        bufferBytesMax: asked['buffer-mib'] * BYTES_PER_MIB,
      })),
      effects: context.targets.map(
        (target) => `${target.name}: what it ${WORDS[direction]}${where} is ${late} late; ${asked['buffer-mib']} MiB are held back at most`,
      ),
      ...(others.length === 0 ? {} : { alsoTouched: others }),
    };
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
