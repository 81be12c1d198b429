/** The kinds of probe. A kind that is not in this list does not exist. */
import { command } from './command.ts';
import { container } from './container.ts';
import { http } from './http.ts';
import { load } from './load.ts';
import { noop } from './noop.ts';
import type { Probe } from './probe.ts';
import { redis } from './redis.ts';
import { sql } from './sql.ts';

export const probes: readonly Probe[] = [http, load, container, redis, sql, command, noop];
