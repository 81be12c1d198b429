/**
 * Pauses the replay of a PostgreSQL standby: it goes on answering reads, ever staler. Proven by the server's word that replay
 * stands, and by WAL that arrives and is not replayed. The pause outlives every session, so that undoing is an act.
 */
import { z } from 'zod';
import { whereabouts } from '../whereabouts.ts';
import { databaseAt, serverShape } from './database.ts';
import { type FiveMoves, type Ground, lookUntil } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

/** Between two looks; and how long new WAL is waited for, once the server says that replay stands. */
const LOOK_EVERY_MS = 50;
const NEW_WAL_MS_MAX = 1_500;

/** pg_wal_replay_pause() on a standby. */
const shape = z.object({ op: z.literal('replay'), container: containerRef, server: serverShape });

export const replay = defineOperation({ shape, claims: ({ server }) => [`replay of port ${server.port}`], moves });

const seenShape = z.object({
  standby: z.boolean(),
  state: z.enum(['not paused', 'pause requested', 'paused']),
  received: z.number(),
  replayed: z.number(),
  atNs: z.string().default('0'),
});

type Seen = z.output<typeof seenShape>;

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const place = whereabouts(ground.engine, operation.container);
  const database = databaseAt(place, operation.server, ground);
  const look = async (signal: AbortSignal) => database.helper().ask({ do: 'look' }, seenShape, signal);

  return {
    async arm(signal) {
      const found = await database.start('replay', {}, seenShape, signal);
      if (!found.standby) throw new Error('it is a primary, which replays nothing: choose a standby');
      if (found.state !== 'not paused') throw new Error(`its replay was found ${found.state}, and is left alone`);
      return { mechanism: 'postgresql', evidence: `it replays, and is ${found.received - found.replayed} bytes behind what it received` };
    },
    async inject(signal) {
      const { atNs } = await database.helper().ask({ do: 'pause' }, seenShape, signal);
      return { atNs: BigInt(atNs), mechanism: 'postgresql' };
    },
    async prove(signal) {
      const stands = ({ state }: Seen) => state === 'paused';
      const first = await lookUntil(() => look(signal), stands, { everyMs: LOOK_EVERY_MS, signal });
      if (!first) throw new Error('there was no time to look');
      const limit = AbortSignal.any([signal, AbortSignal.timeout(NEW_WAL_MS_MAX)]);
      const hasNews = ({ received }: Seen) => received !== first.received;
      const seen = (await lookUntil(() => look(limit), hasNews, { everyMs: LOOK_EVERY_MS, signal: limit })) ?? first;
      const arrived = seen.received - first.received;
      if (seen.replayed !== first.replayed) throw new Error(`it still replays: ${seen.replayed - first.replayed} bytes`);
      // Older servers only know that a pause was asked for; then the proof is WAL that arrives and is not replayed.
      if (seen.state !== 'paused' && (arrived === 0 || seen.state === 'not paused')) throw new Error(`its replay is ${seen.state}`);
      return {
        mechanism: 'postgresql',
        evidence: `PostgreSQL says ${seen.state}; ${arrived} bytes arrived meanwhile and none was replayed`,
        facts: { waitingBytes: seen.received - seen.replayed },
      };
    },
    async undo(signal) {
      if (!ground.mayHaveTouched()) {
        await database.end();
        return { evidence: 'its replay was never paused' };
      }
      if (!(await place.network())) return { evidence: 'it does not run, and forgets the pause' };
      const found = await look(signal).catch(() => database.start('replay', {}, seenShape, signal));
      if (found.state === 'not paused') return { mechanism: 'postgresql', evidence: 'its replay was not paused' };
      const { atNs } = await database.helper().ask({ do: 'resume' }, seenShape, signal);
      return { atNs: BigInt(atNs), mechanism: 'postgresql' };
    },
    async readBack(signal) {
      if (!ground.mayHaveTouched()) return { evidence: 'its replay was never paused' };
      try {
        if (!(await place.network())) return { evidence: 'it does not run, and forgets the pause' };
        const { state } = await database.start('replay', {}, seenShape, signal);
        if (state !== 'not paused') throw new Error(`its replay is still ${state}`);
        return { evidence: 'its replay is not paused' };
      } finally {
        await database.end();
      }
    },
  };
}
