/** What faults on PostgreSQL share: the settings that say where it listens and as whom to come. */
import { z } from 'zod';
import type { Server } from '../agent/application/server.ts';

export const databaseSettings = {
  port: z.int().min(1).max(65_535).default(5432).describe('Where PostgreSQL listens inside the container.'),
  user: z.string().min(1).default('postgres').describe('As whom to come; from 127.0.0.1 inside the container, as `pg_hba.conf` lets it.'),
  password: z.string().min(1).optional().describe('Where it wants one; best a secret of the environment, so that no report has it.'),
  database: z.string().min(1).default('postgres').describe('The database.'),
};

type Settings = z.output<z.ZodObject<typeof databaseSettings>>;

export function serverOf({ port, user, password, database }: Settings): Server {
  return { port, user, database, ...(password === undefined ? {} : { password }) };
}
