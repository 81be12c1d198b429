/** A replica that falls behind without a sign: it answers every read, ever staler. */
import { z } from 'zod';
import { databaseSettings, serverOf } from './database.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

export const replicationPause = defineFault({
  name: 'replication-pause',
  summary: 'Pauses the replay of PostgreSQL standbys: they go on answering reads, of the past. Primaries are refused in arming.',
  provenBy: 'the server’s word that replay stands, and WAL that arrives and is not replayed',
  settings: z.strictObject({ ...databaseSettings }),
  looks: { label: 'replay paused', colour: '#5b2c6f', lane: 'application' },
  undoneBy: 'agent',
  lasting: true,
  plan: (asked, { targets }) => ({
    operations: targets.map((target) => ({ op: 'replay', container: reference(target), server: serverOf(asked) })),
    effects: targets.map((target) => `${target.name}: its replay of the primary's changes stands still`),
  }),
  judgeProof: (_settings, results) => judgeEvery(results, { waitingBytes: 'most' }),
});
