/**
 * Holds sessions of a PostgreSQL by a program of ours beside it, those that others give back too. Proven by the server's own
 * count, and by one more session that is refused where none is left. Undone by ending the program, as when the agent dies.
 */
import { z } from 'zod';
import { whereabouts } from '../whereabouts.ts';
import { databaseAt, serverShape } from './database.ts';
import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

/** As many sessions as `count` says; without it all but `leave` of those that are free for ordinary users. */
const shape = z.object({
  op: z.literal('hold'),
  container: containerRef,
  server: serverShape,
  count: z.int().positive().exactOptional(),
  leave: z.int().min(0),
});

export const hold = defineOperation({ shape, claims: ({ server }) => [`sessions of port ${server.port}`], moves });

/** Between two looks at the server's count. */
const LOOK_EVERY_MS = 50;

const roomShape = z.object({ max: z.number(), used: z.number(), ours: z.number() });

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const database = databaseAt(whereabouts(ground.engine, operation.container), operation.server, ground);
  const { count, leave } = operation;

  const enough = ({ max, used, ours }: z.output<typeof roomShape>) =>
    count === undefined ? max - used <= leave : ours >= count || used >= max;

  return {
    async arm(signal) {
      const { max, used, ours } = await database.start('hold', { count, leave }, roomShape, signal);
      const free = max - used + ours;
      if (count !== undefined && count > free) throw new Error(`${count} sessions cannot be held: ${free} of ${max} are free`);
      if (count === undefined && free <= leave) throw new Error(`${free} of ${max} sessions are free, and ${leave} are to be left`);
      return { mechanism: 'postgresql', evidence: `${free} of ${max} sessions are free` };
    },
    async inject(signal) {
      const done = await database.helper().ask({ do: 'hold' }, z.object({ atNs: z.string() }), signal);
      return { atNs: BigInt(done.atNs), mechanism: 'postgresql' };
    },
    async prove(signal) {
      // One that somebody gives back is free until it is taken, a moment later.
      let room = await database.helper().ask({ do: 'room' }, roomShape, signal);
      while (!enough(room) && (await pause(LOOK_EVERY_MS, signal))) room = await database.helper().ask({ do: 'room' }, roomShape, signal);
      const { max, used, ours } = room;
      const { refused } = await database.helper().ask({ do: 'knock' }, z.object({ refused: z.boolean() }), signal);
      const free = Math.max(0, max - used);
      if (count !== undefined && !enough(room)) throw new Error(`PostgreSQL counts ${ours} sessions of ours, not ${count}`);
      if (!enough(room)) throw new Error(`not exhausted: ${free} of ${max} sessions are free`);
      return {
        mechanism: 'postgresql',
        evidence: `PostgreSQL counts ${ours} sessions of ours; ${free} of ${max} are free${refused ? ', and one more was refused' : ''}`,
        facts: { heldSessions: ours, freeSessions: free, refusedSessions: refused ? 1 : 0 },
      };
    },
    async undo() {
      await database.end();
      return ground.mayHaveTouched() ? { mechanism: 'postgresql' } : { evidence: 'no session was held' };
    },
    async readBack(signal) {
      return ground.mayHaveTouched() ? database.sessionsGone(signal) : { evidence: 'no session was held' };
    },
  };
}
