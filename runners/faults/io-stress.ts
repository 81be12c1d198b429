/** A busy disk: files of bounded length are written over and over in a directory of the container, on the container's own account. */
import { z } from 'zod';
import { formatBytes, size } from '../../experiments/language/size.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { pathInside } from './path-inside.ts';
import { reference } from './reference.ts';

const MIB = 1024 * 1024;
const BYTES_MAX = 1024 * MIB;
const BLOCK_BYTES_MIN = 4096;
const WORKERS_MAX = 16;

const settings = z.strictObject({
  path: pathInside.default('/').describe('A directory of the target, on the disk to keep busy; its own layer by default.'),
  workers: z.int().min(1).max(WORKERS_MAX).default(2).describe('How many write at once.'),
  bytes: size
    .refine(({ bytes }) => bytes >= MIB && bytes <= BYTES_MAX, { error: 'is out of range; the files take 1MiB to 1GiB together' })
    .prefault('32MiB')
    .describe(
      'Room that their files take together, 1MiB to 1GiB, and never more than 5 % of what is free. They have no names, and go with who writes them.',
    ),
  block: size
    .refine(({ bytes }) => bytes >= BLOCK_BYTES_MIN && bytes <= MIB && bytes % BLOCK_BYTES_MIN === 0, {
      error: 'is no block; write a multiple of 4KiB, up to 1MiB',
    })
    .prefault('64KiB')
    .describe('Bytes a write; each is waited for until it is on the disk. A multiple of 4KiB, up to 1MiB.'),
});

export const ioStress = defineFault({
  name: 'io-stress',
  summary: 'Writes to a disk of its targets without a pause, in files of bounded length.',
  provenBy: 'bytes that the kernel counts for the target’s control group',
  settings,
  looks: { label: 'disk busy', colour: '#7d6608', lane: 'resource' },
  undoneBy: 'agent',
  lasting: true,
  plan: ({ path, workers, bytes, block }, { targets }) => ({
    operations: targets.map((target) => ({
      op: 'io-stress',
      container: reference(target),
      path,
      workers,
      bytes: bytes.bytes,
      blockBytes: block.bytes,
    })),
    effects: targets.map(
      (target) =>
        `${target.name}: ${workers} ${workers === 1 ? 'writes' : 'write'} ${formatBytes(bytes.bytes)} in ${path} over and over, in blocks of ${formatBytes(block.bytes)}, within its own limit`,
    ),
  }),
  judgeProof: (_settings, results) => judgeEvery(results, { bytesPerSecond: 'sum' }),
});
