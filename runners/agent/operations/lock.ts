/**
 * Locks a table or rows of a PostgreSQL, in a session that a program of ours opened in arming. Proven by a witness in another
 * session that is kept waiting as everybody is. Undone by ending the session, which is also what happens when the agent dies.
 */
import { z } from 'zod';
import { whereabouts } from '../whereabouts.ts';
import { databaseAt, serverShape } from './database.ts';
import type { FiveMoves, Ground } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

/** LOCK TABLE, or SELECT … FOR UPDATE of the rows that a condition names. */
const shape = z.object({
  op: z.literal('lock'),
  container: containerRef,
  server: serverShape,
  table: z.string(),
  /** A condition in SQL. */
  rows: z.string().exactOptional(),
  blocks: z.enum(['all', 'writes']),
  /** How long others are waited for. */
  patienceMs: z.number().min(0),
});

export const lock = defineOperation({
  shape,
  claims: ({ server, table, rows }) => (rows === undefined ? [`lock on ${server.database}.${table}`] : []),
  decidedInArming: 'whether PostgreSQL lets this user lock the table',
  moves,
});

const seenShape = z.object({ refused: z.boolean(), blocked: z.number() });

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const database = databaseAt(whereabouts(ground.engine, operation.container), operation.server, ground);
  const { table, rows, blocks, patienceMs } = operation;
  const what = rows === undefined ? table : `${table} where ${rows}`;
  let locked = 0;

  return {
    async arm(signal) {
      const { matched } = await database.start('lock', { table, rows, blocks, patienceMs }, z.object({ matched: z.number() }), signal);
      if (matched === 0) throw new Error(`no row of ${table} matches ${rows}`);
      const { refused } = await database.helper().ask({ do: 'look' }, seenShape, signal);
      if (refused) throw new Error(`somebody holds ${what} already`);
      return { mechanism: 'postgresql', evidence: `${what} is free${rows === undefined ? '' : `: ${matched} rows`}` };
    },
    async inject(signal) {
      const done = await database.helper().ask({ do: 'lock' }, z.object({ locked: z.number(), atNs: z.string() }), signal);
      locked = done.locked;
      return { atNs: BigInt(done.atNs), mechanism: 'postgresql' };
    },
    async prove(signal) {
      const { refused, blocked } = await database.helper().ask({ do: 'look' }, seenShape, signal);
      if (!refused) throw new Error(`not locked: a witness gets at ${what}`);
      const many = rows === undefined ? {} : { lockedRows: locked };
      return {
        mechanism: 'postgresql',
        evidence: `a witness waited for ${what} in vain; ${blocked} sessions of others wait`,
        facts: { blockedSessions: blocked, ...many },
      };
    },
    async undo() {
      await database.end();
      return ground.mayHaveTouched() ? { mechanism: 'postgresql' } : { evidence: 'it was never locked' };
    },
    async readBack(signal) {
      return ground.mayHaveTouched() ? database.sessionsGone(signal) : { evidence: 'it was never locked' };
    },
  };
}
