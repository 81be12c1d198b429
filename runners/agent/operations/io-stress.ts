/**
 * Keeps a disk busy from inside a container's control group, by files without a name in one of its directories. Proven by the bytes that
 * the kernel counts for the group.
 */
import { z } from 'zod';
import { formatBytes } from '../../../experiments/language/size.ts';
import { type Residence, residenceToTouch } from '../cgroup.ts';
import { diskCounters } from '../cgroup-counters.ts';
import { diskBehind } from '../disk-device.ts';
import { stress } from '../stress.ts';
import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

const LOOK_EVERY_MS = 100;
const LOOK_MS_MIN = 400;
/** Of what is free, the share that the files may take. */
const ROOM_SHARE_MAX = 0.05;
/** Of what the stressor wrote, the share that must be counted for the group. */
const COUNTED_MIN = 0.8;

const shape = z.object({
  op: z.literal('io-stress'),
  container: containerRef,
  path: z.string(),
  workers: z.int().min(1),
  /** Of all files together. */
  bytes: z.number().positive(),
  blockBytes: z.number().positive(),
});

export const ioStress = defineOperation({
  shape,
  decidedInArming: 'which disk is behind the directory, and whether its file system can be written past the page cache',
  moves,
});

export const diskPlace = z.object({ freeBytes: z.number(), type: z.number(), device: z.string(), direct: z.boolean() });
const stats = z.object({ writtenBytes: z.number(), writes: z.number(), errors: z.number() });

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const { path, workers, bytes, blockBytes } = operation;
  const writing = stress({
    ground,
    container: operation.container,
    controllers: ['blkio'],
    command: () => ['disk', path, String(workers), String(Math.floor(bytes / workers)), String(blockBytes)],
  });
  const look = async ({ groups }: Residence) => {
    const { writtenBytes, writes, errors } = await writing.alive().ask('stats', stats);
    return { atMs: performance.now(), countedBytes: diskCounters(groups).writtenBytes, writtenBytes, writes, errors };
  };
  return {
    async arm() {
      const where = await residenceToTouch(writing.residence);
      diskCounters(where.groups);
      const stressor = await writing.prepare(where);
      const place = await stressor.ask('place', diskPlace);
      const disk = diskBehind(where.pid, place.device);
      if (bytes > place.freeBytes * ROOM_SHARE_MAX)
        throw new Error(`${formatBytes(bytes)} are more than 5 % of the ${formatBytes(place.freeBytes)} that are free in ${path}`);
      return {
        mechanism: place.direct ? 'direct' : 'fdatasync',
        evidence: `${path} is on the disk ${disk.name}, with ${formatBytes(place.freeBytes)} free`,
      };
    },
    inject: async () => ({ mechanism: 'stressor', atNs: await writing.go() }),
    async prove(signal) {
      const where = await residenceToTouch(writing.residence);
      const began = await look(where);
      for (;;) {
        const more = await pause(LOOK_EVERY_MS, signal);
        const now = await look(where);
        const overMs = now.atMs - began.atMs;
        const wrote = now.writtenBytes - began.writtenBytes;
        const counted = now.countedBytes - began.countedBytes;
        const bytesPerSecond = (counted / overMs) * 1000;
        const evidence = `its control group wrote ${formatBytes(Math.round(bytesPerSecond))} a second to its disks, the stress ${formatBytes(Math.round((wrote / overMs) * 1000))} in ${now.writes - began.writes} writes`;
        if (overMs >= LOOK_MS_MIN && wrote > 0 && counted >= COUNTED_MIN * wrote)
          return { mechanism: 'stressor', evidence, facts: { bytesPerSecond } };
        const why = now.errors > began.errors ? `; ${now.errors - began.errors} writes failed` : '';
        if (!more) throw new Error(`no effect: ${evidence}${why}`);
      }
    },
    undo: () => writing.undo(),
    readBack: () => writing.readBack(),
  };
}
