/**
 * Holds memory inside a container's control group, so that the container comes up against its own limit. Proven by the memory that the
 * kernel counts for the group. When the limit is reached, the holder is the first that the kernel kills;
 * where the kernel, in a hurry, kills the container as well, the undo starts it again.
 */
import { z } from 'zod';
import { formatBytes } from '../../../experiments/language/size.ts';
import { type Residence, residenceToTouch } from '../cgroup.ts';
import { memoryCounters } from '../cgroup-counters.ts';
import { memoryMax } from '../cgroup-limits.ts';
import { availableBytes } from '../host-memory.ts';
import { pressureBytes } from '../memory-amounts.ts';
import { revivalOf } from '../out-of-memory.ts';
import { stress } from '../stress.ts';
import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

const LOOK_EVERY_MS = 50;
/** Of what is to be held, the share by which the group's count must have risen: the container may have given up some of its own. */
const COUNTED_MIN = 0.9;
/** How fast memory is taken at least; from it, how long the proof may take longer. */
const BYTES_A_MS_MIN = 200_000;

const shape = z.object({
  op: z.literal('memory-pressure'),
  container: containerRef,
  /** Until it uses this share of its limit. */
  share: z.number().gt(0).max(1).exactOptional(),
  /** Or so much besides what it uses. */
  bytes: z.number().positive().exactOptional(),
  bytesMax: z.number().positive(),
});

export const memoryPressure = defineOperation({
  shape,
  claims: () => ['memory-pressure'],
  decidedInArming: 'how much memory the container uses and may use, and how much of it the host has free; half of that is never exceeded',
  proofMs: ({ bytesMax }) => Math.ceil(bytesMax / BYTES_A_MS_MIN),
  moves,
});

const stats = z.object({ heldBytes: z.number() });

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const revival = revivalOf(ground.engine, operation.container.id);
  let bytes = 0;
  let before = 0;
  const holding = stress({ ground, container: operation.container, controllers: ['memory'], command: () => ['memory', String(bytes)] });
  const measure = ({ groups }: Residence) => {
    before = memoryCounters(groups).anonymousBytes;
    bytes = pressureBytes(operation, { limit: memoryMax(groups).read(), anonymousBytes: before, hostAvailableBytes: availableBytes() });
  };
  return {
    async arm() {
      await revival.assertRevivable();
      const where = await residenceToTouch(holding.residence);
      measure(where);
      await holding.prepare(where);
      return { mechanism: 'stressor', evidence: `it uses ${formatBytes(before)}; ${formatBytes(bytes)} will be held besides` };
    },
    async inject() {
      before = memoryCounters((await residenceToTouch(holding.residence)).groups).anonymousBytes;
      return { mechanism: 'stressor', atNs: await holding.go() };
    },
    async prove(signal) {
      const { groups } = await residenceToTouch(holding.residence);
      for (;;) {
        const { heldBytes } = await holding.alive().ask('stats', stats);
        const counted = memoryCounters(groups);
        const rose = counted.anonymousBytes - before;
        const limit = memoryMax(groups).read();
        const evidence = `its control group holds ${formatBytes(counted.anonymousBytes)} that are no file's, ${formatBytes(Math.max(0, rose))} more than before, ${limit === 'max' ? 'without a limit' : `of ${formatBytes(Number(limit))} allowed`}`;
        if (heldBytes >= bytes && rose >= COUNTED_MIN * bytes) {
          return { mechanism: 'stressor', evidence, facts: { heldBytes, usedBytes: counted.usedBytes } };
        }
        if (!(await pause(LOOK_EVERY_MS, signal)))
          throw new Error(`no effect: ${evidence}; ${formatBytes(heldBytes)} of ${formatBytes(bytes)} are held`);
      }
    },
    async undo() {
      const undone = await holding.undo();
      const revived = ground.mayHaveTouched() ? await revival.revive() : undefined;
      return revived === undefined ? undone : { ...undone, evidence: revived };
    },
    async readBack() {
      if (ground.mayHaveTouched()) await revival.assertAlive();
      return holding.readBack();
    },
  };
}
