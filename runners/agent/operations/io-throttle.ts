/**
 * Lowers how fast a container's control group may use a disk. Proven by a canary in the group: the same reads and writes, past the page
 * cache, that were fast outside of it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Residence, residenceToTouch } from '../cgroup.ts';
import { DISK_KEYS, type DiskRates, deviceOf, diskRate, diskText, parseDiskText } from '../cgroup-limits.ts';
import { type Canary, canariesOf, type Inside, judgeCanary } from '../disk-canary.ts';
import { type Disk, diskBehind, diskNamed, wholeDisk } from '../disk-device.ts';
import { loweredLimit } from '../lowered-limit.ts';
import { noStressorOf, type Stressor, startStressor } from '../stressor.ts';
import type { FiveMoves, Ground } from './five-moves.ts';
import { diskPlace } from './io-stress.ts';
import { containerRef, defineOperation } from './operation.ts';

/** What a canary does outside of the control group takes milliseconds; one that takes so much longer hangs. */
const CANARY_TIMEOUT_MS = 8_000;
/** One that takes so much longer in the control group is throttled. */
const INSIDE_MS_MAX = 5_000;
/** For each of the four rates that there are. */
const PROOF_MS = 4 * INSIDE_MS_MAX;

const rates = z.object({
  rbps: z.number().positive().exactOptional(),
  wbps: z.number().positive().exactOptional(),
  riops: z.number().positive().exactOptional(),
  wiops: z.number().positive().exactOptional(),
});

const shape = z.object({
  op: z.literal('io-throttle'),
  container: containerRef,
  /** A directory that can be written, on the disk to throttle. */
  path: z.string(),
  /** `/dev/sda`, where the kernel cannot tell it by the path. */
  device: z.string().exactOptional(),
  /** Bytes and operations a second. */
  rates,
});

export const ioThrottle = defineOperation({
  shape,
  claims: () => ['io-limit'],
  decidedInArming: 'which disk is behind the directory, and whether the kernel can throttle it',
  proofMs: () => PROOF_MS,
  moves,
});

/** What was found, with each rate that was asked for where it is lower. Throws where none is. */
export function loweredRates(found: string, asked: DiskRates): string {
  const before = parseDiskText(found);
  const lower = DISK_KEYS.filter((key) => (asked[key] ?? Number.POSITIVE_INFINITY) < (before[key] ?? Number.POSITIVE_INFINITY));
  if (lower.length === 0) throw new Error(`its disk is limited to ${found} as it is, so that nothing would be taken from it`);
  return diskText(deviceOf(found), { ...before, ...Object.fromEntries(lower.map((key) => [key, asked[key]])) });
}

const took = z.object({ tookMs: z.number() });

/** The target's own reads and writes may be in line before it for longer than anybody waits. */
async function timeInside(time: Promise<number>): Promise<Inside> {
  const beganMs = performance.now();
  const late = sleep(INSIDE_MS_MAX, undefined, { ref: false }).then(() => ({ ms: performance.now() - beganMs, ended: false }));
  return Promise.race([time.then((ms) => ({ ms, ended: true })), late]);
}

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const { path, container } = operation;
  let disk: Disk | undefined;
  const canaries: Stressor[] = [];
  const limit = loweredLimit(ground, container, {
    what: 'the rate of its disk',
    of: (groups) => diskRate(groups, theDisk().device),
    lower: (found) => loweredRates(found, operation.rates),
    byEngine: (limits) => limits.disk(theDisk().device, `/dev/${theDisk().name}`),
  });
  const theDisk = (): Disk => {
    if (!disk) throw new Error('its disk is not known');
    return disk;
  };
  const canary = (residence: Residence, blockBytes: number) =>
    startStressor({ tag: ground.tag, residence, controllers: ['blkio'], command: ['disk', path, '1', '0', String(blockBytes)] });
  const findDisk = async (where: Residence): Promise<void> => {
    const stressor = await canary(where, 4096);
    const place = await stressor.ask('place', diskPlace).finally(stressor.end);
    if (!place.direct)
      throw new Error(`the file system of ${path} cannot be written past the page cache, so that a throttle could not be proven`);
    disk = operation.device === undefined ? diskBehind(where.pid, place.device) : diskNamed(operation.device);
  };
  /** After a restart of the agent, by what it remembers; where that is lost, found again. */
  const recallDisk = async (): Promise<void> => {
    const where = disk ? undefined : await limit.residence();
    if (!where || !ground.mayHaveTouched()) return;
    const remembered = limit.remembered();
    if (remembered) disk = wholeDisk(deviceOf(remembered.found));
    else if (ground.memoryIsLost()) await findDisk(where);
  };
  const tryOne = async (where: Residence, each: Canary) => {
    const stressor = await canary(where, each.blockBytes);
    canaries.push(stressor);
    const time = async (act: string) => (await stressor.ask(`${act} ${each.bytes}`, took, CANARY_TIMEOUT_MS)).tookMs;
    try {
      // What is read must have been written before.
      const wroteMs = await time('write');
      const outsideMs = each.act === 'write' ? wroteMs : await time('read');
      await stressor.go();
      return { ...judgeCanary(each, outsideMs, await timeInside(time(each.act))), key: each.key };
    } finally {
      // Where its write is still in line it goes when the limit does, and nobody waits for it here.
      void stressor.end();
    }
  };
  return {
    async arm() {
      await findDisk(await residenceToTouch(limit.residence));
      const { found, set } = await limit.arm();
      return { mechanism: 'cgroup', evidence: `${path} is on the disk ${theDisk().name}, limited to ${found}; it becomes ${set}` };
    },
    async inject() {
      return { mechanism: 'cgroup', atNs: (await limit.set()).atNs };
    },
    async prove(signal) {
      const where = await residenceToTouch(limit.residence);
      const tried = [];
      for (const each of canariesOf(operation.rates)) {
        signal.throwIfAborted();
        tried.push(await tryOne(where, each));
      }
      const evidence = tried.map((each) => each.evidence).join('; ');
      if (!tried.every((each) => each.proven)) throw new Error(`no effect: ${evidence}`);
      return { mechanism: 'cgroup', evidence, facts: Object.fromEntries(tried.map(({ key, perSecond }) => [`${key}Measured`, perSecond])) };
    },
    async undo() {
      const ending = Promise.all(canaries.splice(0).map((each) => each.end()));
      await recallDisk();
      const undone = await limit.undo();
      await ending;
      return undone;
    },
    async readBack() {
      await recallDisk();
      return { evidence: `${await limit.readBack()}; ${noStressorOf(ground.tag)}` };
    },
  };
}
