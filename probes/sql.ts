/**
 * Asks a PostgreSQL, a MySQL or a MariaDB one query over a connection that is kept between looks. The session is read-only, limited, and takes
 * a single statement. That guards against accidents; against intent, give the probe a role that may only read.
 */
import { z } from 'zod';
import { defineProbe } from './probe.ts';
import { openMysql } from './sql-mysql.ts';
import { openPostgres } from './sql-postgres.ts';

const settings = z.strictObject({
  query: z.string().min(1).describe('One statement; the first column of its first row is the value.'),
  dialect: z
    .enum(['postgresql', 'mysql'])
    .optional()
    .describe("Which database; mysql is MariaDB's too. Default that of the url, else postgresql."),
  url: z
    .url({ protocol: /^(postgres(ql)?|mysql)$/, error: 'is not a postgresql:// or mysql:// address' })
    .optional()
    .describe("Where to dial instead of the target's first address."),
  port: z.int().min(1).max(65_535).optional().describe('Default 5432, or 3306 of a mysql.'),
  user: z.string().optional().describe('Default postgres, or root of a mysql.'),
  database: z.string().optional().describe('Default postgres, or none of a mysql.'),
  password: z.string().optional(),
});
type Settings = z.output<typeof settings>;

function dialectOfUrl({ url }: Settings): Settings['dialect'] {
  if (url === undefined) return undefined;
  return url.startsWith('mysql:') ? 'mysql' : 'postgresql';
}

export const sql = defineProbe({
  name: 'sql',
  summary: 'Asks a PostgreSQL, a MySQL or a MariaDB one read-only query; the first column of the first row is the value.',
  settings,
  looks: { label: 'SQL', colour: '#7c3aed' },
  needsTarget: ({ url }) => url === undefined,
  misfits(given) {
    const ofUrl = dialectOfUrl(given);
    if (ofUrl === undefined || given.dialect === undefined || ofUrl === given.dialect) return [];
    return [{ key: 'dialect', message: `the url is of a ${ofUrl}, the dialect of a ${given.dialect}`, hint: 'leave the dialect away' }];
  },
  open(given) {
    const { query, url, port, user, database, password } = given;
    const question = { query, url, port, user, database, password };
    return (given.dialect ?? dialectOfUrl(given)) === 'mysql' ? openMysql(question) : openPostgres(question);
  },
});
