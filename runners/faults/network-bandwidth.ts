/** A narrow line: the packets of a channel go on no faster than so many bits a second, wait for their turn, and are dropped when too much waits. */
import { z } from 'zod';
import { duration, formatMs } from '../../experiments/language/duration.ts';
import { EXIT, FiredrillError } from '../failure.ts';
import { channelSettings } from './channel-settings.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { mechanismSetting, planImpairment } from './impairment.ts';

const RATE = /^(\d{1,6}(?:\.\d{1,3})?)(kbit|mbit|gbit)$/;
const BITS = new Map([
  ['kbit', 1e3],
  ['mbit', 1e6],
  ['gbit', 1e9],
]);
const BITS_PER_SECOND_MIN = 8e3;
const BITS_PER_SECOND_MAX = 1e9;
const QUEUE_MS_MIN = 10;
const QUEUE_MS_MAX = 10_000;
/** Ten long packets may always wait, or a slow line would take none at all. */
const QUEUE_BYTES_MIN = 15_000;
const QUEUE_BYTES_MAX = 64 * 1024 * 1024;

const settings = z.strictObject({
  rate: z
    .string()
    .regex(RATE, { error: 'is not a rate; write it like 500kbit or 2mbit' })
    .refine((text) => bitsPerSecond(text) >= BITS_PER_SECOND_MIN && bitsPerSecond(text) <= BITS_PER_SECOND_MAX, {
      error: 'is out of range; a rate is between 8kbit and 1gbit',
    })
    .describe('Bits a second of each target in each direction, IP headers included: 8kbit to 1gbit.'),
  queue: duration
    .refine(({ ms }) => ms >= QUEUE_MS_MIN && ms <= QUEUE_MS_MAX, { error: 'is out of range; packets wait for 10ms to 10s' })
    .prefault('200ms')
    .describe(
      'How long packets wait for their turn at most, beyond which they are dropped: 10ms to 10s. Ten long packets may always wait.',
    ),
  ...channelSettings,
  mechanism: mechanismSetting,
});

export const networkBandwidth = defineFault({
  name: 'network-bandwidth',
  summary: 'Narrows a channel to a rate in bits a second, on open connections too; what is too much waits, then is dropped.',
  provenBy: 'bytes a second on the channel, measured while there is more to send than may pass',
  settings,
  looks: { label: 'network narrow', colour: '#ba4a00', lane: 'network' },
  undoneBy: 'agent',
  lasting: true,
  plan(asked, context) {
    const bits = bitsPerSecond(asked.rate);
    const queueBytesMax = Math.max(QUEUE_BYTES_MIN, Math.ceil((bits / 8) * (asked.queue.ms / 1000)));
    if (queueBytesMax > QUEUE_BYTES_MAX) throw queueTooLong(asked.queue.ms, (QUEUE_BYTES_MAX * 8 * 1000) / bits);
    const effect = { kind: 'rate', bitsPerSecond: bits, queueBytesMax } as const;
    return planImpairment(asked, context, effect, `is ${asked.rate} a second at most; ${queueBytesMax} bytes wait at most`);
  },
  judgeProof: (_settings, results) => judgeEvery(results, { measuredBitsPerSecond: 'most', droppedPackets: 'sum', matchedPackets: 'sum' }),
});

function bitsPerSecond(rate: string): number {
  const [, number = '', unit = ''] = RATE.exec(rate) ?? [];
  return Number.parseFloat(number) * (BITS.get(unit) ?? Number.NaN);
}

function queueTooLong(ms: number, mostMs: number): FiredrillError {
  return new FiredrillError('queue-too-long', `At that rate a queue of ${formatMs(ms)} would hold more than 64 MiB of each target.`, {
    hint: `Write at most: queue: ${Math.floor(mostMs)}ms`,
    exitCode: EXIT.experimentWrong,
  });
}
