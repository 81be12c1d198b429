/** A server without a free connection: a pool that leaks, or a deploy that doubled the pools. */
import { z } from 'zod';
import { EXIT, FiredrillError } from '../failure.ts';
import { databaseSettings, serverOf } from './database.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

const SESSIONS_MAX = 10_000;

const settings = z.strictObject({
  count: z
    .int()
    .min(1)
    .max(SESSIONS_MAX)
    .optional()
    .describe('How many sessions are held; without it as many as are free, those that others give back too.'),
  leave: z.int().min(0).max(SESSIONS_MAX).default(0).describe('How many stay free, where `count` is not given.'),
  ...databaseSettings,
});

export const dbConnections = defineFault({
  name: 'db-connections',
  summary: 'Holds sessions of a PostgreSQL, so that others find none. Those that it keeps for superusers stay free.',
  provenBy: 'the server’s own count of sessions, and one more that is refused where none is left',
  settings,
  looks: { label: 'sessions held', colour: '#21618c', lane: 'application' },
  undoneBy: 'agent',
  lasting: true,
  plan(asked, { targets }) {
    const { count, leave } = asked;
    if (count !== undefined && leave > 0) throw countAndLeave();
    const what = count === undefined ? `all but ${leave} of its free sessions are held` : `${count} of its sessions are held`;
    return {
      operations: targets.map((target) => ({
        op: 'hold',
        container: reference(target),
        server: serverOf(asked),
        leave,
        ...(count === undefined ? {} : { count }),
      })),
      effects: targets.map((target) => `${target.name}: ${what}`),
    };
  },
  judgeProof: (_settings, results) => judgeEvery(results, { heldSessions: 'sum', freeSessions: 'most', refusedSessions: 'sum' }),
});

function countAndLeave(): FiredrillError {
  return new FiredrillError('count-and-leave', '`count` and `leave` both say how many sessions are held.', {
    hint: 'Write one of them.',
    exitCode: EXIT.experimentWrong,
  });
}
