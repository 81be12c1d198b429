/** A table that everybody waits for: a forgotten migration, or a transaction that somebody left open. */
import { z } from 'zod';
import { duration, formatMs } from '../../experiments/language/duration.ts';
import { EXIT, FiredrillError } from '../failure.ts';
import { databaseSettings, serverOf } from './database.ts';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';

/** While the lock is waited for, everybody behind it waits too. */
const PATIENCE_MS_MAX = 8_000;

const settings = z.strictObject({
  table: z.string().min(1).max(200).describe('The table, with its schema where that is not on the search path.'),
  blocks: z
    .enum(['all', 'writes'])
    .default('all')
    .describe('`all`: ACCESS EXCLUSIVE, reads wait too; `writes`: EXCLUSIVE, plain reads go on.'),
  rows: z.string().min(1).max(2000).optional().describe('Locks only the rows that meet this condition in SQL, by SELECT … FOR UPDATE.'),
  patience: duration
    .refine(({ ms }) => ms <= PATIENCE_MS_MAX, { error: 'is too long; a patience is 8s at most' })
    .default({ ms: 2_000 })
    .describe('How long transactions that hold the table are waited for; meanwhile everybody behind the lock waits as well. 8s at most.'),
  ...databaseSettings,
});

export const dbLock = defineFault({
  name: 'db-lock',
  summary: 'Locks a table, or rows of it, of a PostgreSQL primary; others wait, as behind a forgotten transaction.',
  provenBy: 'a witness in another session that is kept waiting, as everybody is',
  settings,
  looks: { label: 'table locked', colour: '#1a5276', lane: 'application' },
  undoneBy: 'agent',
  lasting: true,
  plan(asked, { targets }) {
    const { table, rows, blocks, patience } = asked;
    if (rows !== undefined && blocks === 'writes') throw rowsBlockWritesAnyway();
    const what =
      rows === undefined ? `${blocks === 'all' ? 'every use of' : 'every write to'} ${table}` : `every write to ${table} where ${rows}`;
    return {
      operations: targets.map((target) => ({
        op: 'lock',
        container: reference(target),
        server: serverOf(asked),
        table,
        blocks,
        patienceMs: patience.ms,
        ...(rows === undefined ? {} : { rows }),
      })),
      effects: targets.map(
        (target) => `${target.name}: ${what} in ${asked.database} waits; the lock itself is waited for ${formatMs(patience.ms)} at most`,
      ),
    };
  },
  judgeProof: (_settings, results) => judgeEvery(results, { blockedSessions: 'sum', lockedRows: 'sum' }),
});

function rowsBlockWritesAnyway(): FiredrillError {
  return new FiredrillError('rows-and-blocks', 'Locked rows keep only writers waiting: `rows` and `blocks: writes` say the same twice.', {
    hint: 'Leave out `blocks`.',
    exitCode: EXIT.experimentWrong,
  });
}
