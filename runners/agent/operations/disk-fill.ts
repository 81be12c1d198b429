/**
 * Takes the room of a file system that a container sees, by a file without a name, which is gone with the process that has it open:
 * when the agent dies, the room is back. Proven by the room that the container is left, and by a write that is refused.
 */
import { z } from 'zod';
import { formatBytes } from '../../../experiments/language/size.ts';
import { type Residence, residenceToTouch } from '../cgroup.ts';
import { roomToTake } from '../disk-room.ts';
import { availableBytes } from '../host-memory.ts';
import { stress } from '../stress.ts';
import { noStressorOf, startStressor } from '../stressor.ts';
import type { FiveMoves, Ground, Outcome } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

/** Taking room by writing zeros, where a file system cannot allocate, is slow. */
const GO_TIMEOUT_MS = 9_000;
/** Of what was taken, the share by which the free room must have sunk: the container goes on freeing and writing. */
const SUNK_MIN = 0.5;

const shape = z.object({
  op: z.literal('disk-fill'),
  container: containerRef,
  /** A directory, as the container sees it. */
  path: z.string(),
  bytesMax: z.number().positive(),
  leaveBytes: z.number().min(0),
});

export const diskFill = defineOperation({
  shape,
  claims: ({ path }) => [`disk-room:${path}`],
  decidedInArming: 'how much room there is, and whether the container shares it with the host; then at most 5 % of it are taken',
  moves,
});

const room = z.object({ takenBytes: z.number(), freeBytes: z.number(), totalBytes: z.number(), type: z.number(), named: z.number() });
const trial = z.object({ refused: z.boolean(), error: z.string() });

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const { path, bytesMax, leaveBytes } = operation;
  const filling = stress({
    ground,
    container: operation.container,
    controllers: [],
    command: () => ['fill', path, String(bytesMax), String(leaveBytes)],
  });
  let before: z.output<typeof room> | undefined;
  /** What is there, seen by a stressor that takes nothing. */
  const look = async (residence: Residence, order: 'stats' | 'clean') => {
    const looking = await startStressor({ tag: ground.tag, residence, controllers: [], command: ['fill', path, '0', '0'] });
    return looking.ask(order, room).finally(looking.end);
  };
  return {
    async arm() {
      const where = await residenceToTouch(filling.residence);
      const found = await look(where, 'stats');
      const taken = roomToTake(operation, found, availableBytes());
      await filling.prepare(where);
      return {
        mechanism: 'fallocate',
        evidence: `${formatBytes(found.freeBytes)} of ${formatBytes(found.totalBytes)} are free; ${formatBytes(taken)} will be taken`,
      };
    },
    async inject() {
      const ready = await filling.ready();
      before = await ready.ask('stats', room);
      return { mechanism: 'fallocate', atNs: await filling.go(GO_TIMEOUT_MS) };
    },
    async prove() {
      const filler = filling.alive();
      const now = await filler.ask('stats', room);
      const tried = await filler.ask('try', trial);
      const sunk = (before?.freeBytes ?? 0) - now.freeBytes;
      const refused = tried.refused ? `, and a write is refused: ${tried.error}` : ', and a write still succeeds';
      const evidence = `${formatBytes(now.takenBytes)} are taken; ${formatBytes(now.freeBytes)} of ${formatBytes(now.totalBytes)} are free, and ${formatBytes(before?.freeBytes ?? 0)} were${refused}`;
      const full = leaveBytes === 0 && now.takenBytes < bytesMax;
      if (now.takenBytes === 0 || sunk < SUNK_MIN * now.takenBytes || (full && !tried.refused)) throw new Error(`no effect: ${evidence}`);
      return { mechanism: 'fallocate', evidence, facts: { takenBytes: now.takenBytes, freeBytes: now.freeBytes } };
    },
    async undo(): Promise<Outcome> {
      const undone = await filling.undo();
      const where = ground.mayHaveTouched() ? await filling.residence() : undefined;
      const left = where ? await look(where, 'clean') : undefined;
      return { ...undone, mechanism: 'fallocate', ...(left ? { evidence: `${formatBytes(left.freeBytes)} are free again` } : {}) };
    },
    async readBack() {
      const gone = noStressorOf(ground.tag);
      const where = ground.mayHaveTouched() ? await filling.residence() : undefined;
      if (!where) return { evidence: gone };
      const { named, freeBytes } = await look(where, 'stats');
      if (named > 0) throw new Error(`a file of ours is still in ${path}: ${ground.tag}`);
      return { evidence: `${gone}; ${formatBytes(freeBytes)} are free in ${path}` };
    },
  };
}
