/**
 * Lowers the memory limit of a container's control group, if need be to the point where the kernel kills its processes. Proven when the
 * group has run into the limit, or was killed for it. A container that ended of it is started again by the undo.
 */
import { z } from 'zod';
import { formatBytes } from '../../../experiments/language/size.ts';
import { type ControlGroups, residenceToTouch } from '../cgroup.ts';
import { type MemoryCounters, memoryCounters } from '../cgroup-counters.ts';
import { memoryMax } from '../cgroup-limits.ts';
import { loweredLimit } from '../lowered-limit.ts';
import { loweredMemory } from '../memory-amounts.ts';
import { revivalOf } from '../out-of-memory.ts';
import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

const LOOK_EVERY_MS = 50;
/** Room that is left above what the kernel could not take away, where it refuses to go as low as asked. */
const ROOM_BYTES = 64 * 1024;
const PAGE_BYTES = 4096;
/** A limit that the kernel could not set as low as asked, because files in memory were not on disk yet, is as low as it gets after so many tries in vain. */
const SETTLED_LOOKS = 4;

const shape = z.object({
  op: z.literal('memory-limit'),
  container: containerRef,
  bytes: z.number().positive().exactOptional(),
  /** Or a share of what it uses when it is armed, over 1 too. */
  share: z.number().positive().exactOptional(),
});

export const memoryLimit = defineOperation({
  shape,
  claims: () => ['memory-limit'],
  decidedInArming: 'how much memory the container uses and may use, and so whether the limit is less',
  moves,
});

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const { engine } = ground;
  const { id } = operation.container;
  const revival = revivalOf(engine, id);
  let anonymousBytes = 0;
  let before: MemoryCounters | undefined;
  const limit = loweredLimit(ground, operation.container, {
    what: 'its memory limit',
    of: memoryMax,
    lower: (found) => loweredMemory(operation, found, anonymousBytes),
    byEngine: (limits) => limits.memory,
    // Version 1 refuses a limit below what it cannot drop or swap; the next page beyond that is then one too many.
    instead: (groups) => String(Math.ceil((memoryCounters(groups).usedBytes + ROOM_BYTES) / PAGE_BYTES) * PAGE_BYTES),
  });
  const counted = (groups: ControlGroups): MemoryCounters | undefined => {
    try {
      return memoryCounters(groups);
    } catch {
      return undefined;
    }
  };
  const endedOfIt = async (): Promise<Seen | undefined> =>
    (await engine.inspect(id))?.outOfMemory
      ? { mechanism: 'cgroup', evidence: 'it has ended, killed because its memory ran out', facts: { limitHits: 0, kills: 1 } }
      : undefined;
  return {
    async arm() {
      await revival.assertRevivable();
      anonymousBytes = memoryCounters((await residenceToTouch(limit.residence)).groups).anonymousBytes;
      const change = await limit.arm();
      return {
        mechanism: 'cgroup',
        evidence: `it uses ${formatBytes(anonymousBytes)}; its memory limit is ${words(change.found)}, and becomes ${words(change.set)}`,
      };
    },
    async inject() {
      before = counted((await residenceToTouch(limit.residence)).groups);
      const { atNs, change } = await limit.set();
      return { mechanism: 'cgroup', atNs, evidence: `its memory limit is ${words(change.set)}` };
    },
    async prove(signal) {
      const groups = (await limit.residence())?.groups;
      if (!before) throw new Error('it was not injected');
      for (let looks = 1; ; looks++) {
        const reached = await limit.lowerAgain().catch(asGone);
        if (reached === 'lowered') looks = 0;
        const now = groups && counted(groups);
        const settled = reached === 'as-asked' || looks >= SETTLED_LOOKS;
        const seen = now ? runInto(before, now) : await endedOfIt();
        if (seen && (settled || seen.facts.kills > 0)) return seen;
        if (await pause(LOOK_EVERY_MS, signal)) continue;
        if (seen) return seen;
        throw new Error(
          `no effect: ${now ? `it uses ${formatBytes(now.usedBytes)}, and asked for no more than its limit` : 'it has ended for another reason'}`,
        );
      }
    },
    async undo() {
      const undone = await limit.undo();
      const revived = ground.mayHaveTouched() ? await revival.revive() : undefined;
      return revived === undefined ? undone : { mechanism: 'cgroup', evidence: `${revived}; its limit went with its control group` };
    },
    async readBack() {
      const evidence = await limit.readBack();
      if (ground.mayHaveTouched()) await revival.assertAlive();
      return { evidence };
    },
  };
}

interface Seen {
  readonly mechanism: 'cgroup';
  readonly evidence: string;
  readonly facts: Readonly<Record<'limitHits' | 'kills', number>>;
}

/** Undefined where it has not run into its limit since. */
function runInto(before: MemoryCounters, now: MemoryCounters): Seen | undefined {
  const limitHits = now.limitHits - before.limitHits;
  const kills = now.kills - before.kills;
  if (limitHits === 0 && kills === 0) return undefined;
  const evidence = `it ran into its limit ${limitHits} times, and ${kills} of its processes were killed; it uses ${formatBytes(now.usedBytes)}, and used ${formatBytes(before.usedBytes)}`;
  return { mechanism: 'cgroup', evidence, facts: { limitHits, kills } };
}

/** A control group goes with the last of its processes, which the next look tells. */
function asGone(): 'as-asked' {
  return 'as-asked';
}

function words(limit: string): string {
  return limit === 'max' ? 'none' : formatBytes(Number(limit));
}
