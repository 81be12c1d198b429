/** A slow disk: the container may read and write it only so fast. */
import { z } from 'zod';
import { formatBytes, size } from '../../experiments/language/size.ts';
import { EXIT, FiredrillError } from '../failure.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { pathInside } from './path-inside.ts';
import { reference } from './reference.ts';

/** Less, and a single page takes longer than anyone waits. */
const BYTES_MIN = 64 * 1024;
const OPERATIONS_MIN = 10;
const OPERATIONS_MAX = 1_000_000;

const bytesPerSecond = size.refine(({ bytes }) => bytes >= BYTES_MIN, { error: 'is too slow; 64KiB a second is the least' });
const operationsPerSecond = z.int().min(OPERATIONS_MIN).max(OPERATIONS_MAX);

const settings = z.strictObject({
  'read-bytes': bytesPerSecond.optional().describe('Bytes that it may read a second: 1MiB.'),
  'write-bytes': bytesPerSecond.optional().describe('Bytes that it may write a second: 1MiB.'),
  'read-operations': operationsPerSecond.optional().describe('Reads a second.'),
  'write-operations': operationsPerSecond.optional().describe('Writes a second.'),
  path: pathInside
    .default('/')
    .describe(
      'A directory of the target that can be written, on the disk to throttle; its own layer by default. The whole disk is throttled for the target.',
    ),
  device: z
    .string()
    .regex(/^(\/dev\/)?[\w!.-]+$/, { error: 'is no disk; write it like /dev/sda' })
    .optional()
    .describe('The disk on the host, where the kernel does not tell it by the path (btrfs, ZFS).'),
});

export const ioThrottle = defineFault({
  name: 'io-throttle',
  summary: 'Limits how fast its targets may read and write a disk.',
  provenBy: 'a canary in the control group: the same reads and writes that were fast outside of it',
  settings,
  looks: { label: 'disk slow', colour: '#9a7d0a', lane: 'resource' },
  undoneBy: 'agent',
  lasting: true,
  plan(asked, { targets }) {
    const { path, device } = asked;
    const rates = {
      ...(asked['read-bytes'] ? { rbps: asked['read-bytes'].bytes } : {}),
      ...(asked['write-bytes'] ? { wbps: asked['write-bytes'].bytes } : {}),
      ...(asked['read-operations'] ? { riops: asked['read-operations'] } : {}),
      ...(asked['write-operations'] ? { wiops: asked['write-operations'] } : {}),
    };
    if (Object.keys(rates).length === 0) throw noRate();
    const words = [
      ...(rates.rbps ? [`reads at ${formatBytes(rates.rbps)} a second`] : []),
      ...(rates.wbps ? [`writes at ${formatBytes(rates.wbps)} a second`] : []),
      ...(rates.riops ? [`reads ${rates.riops} times a second`] : []),
      ...(rates.wiops ? [`writes ${rates.wiops} times a second`] : []),
    ];
    return {
      operations: targets.map((target) => ({
        op: 'io-throttle',
        container: reference(target),
        path,
        ...(device === undefined ? {} : { device }),
        rates,
      })),
      effects: targets.map((target) => `${target.name}: ${words.join(' and ')} at most, on the disk behind ${path}`),
    };
  },
  judgeProof: (_settings, results) =>
    judgeEvery(results, { rbpsMeasured: 'most', wbpsMeasured: 'most', riopsMeasured: 'most', wiopsMeasured: 'most' }),
});

function noRate(): FiredrillError {
  return new FiredrillError('no-rate', 'The fault io-throttle has no rate, so that it would limit nothing.', {
    hint: 'Write for example: write-bytes: 1MiB',
    exitCode: EXIT.experimentWrong,
  });
}
