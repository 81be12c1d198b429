/** The kinds of probe. A kind that is not in this list does not exist. */
import { browser } from './browser.ts';
import { command } from './command.ts';
import { container } from './container.ts';
import { dns } from './dns.ts';
import { heartbeat } from './heartbeat.ts';
import { http } from './http.ts';
import { load } from './load.ts';
import { log } from './log.ts';
import { noop } from './noop.ts';
import type { Probe } from './probe.ts';
import { prometheus } from './prometheus.ts';
import { redis } from './redis.ts';
import { sql } from './sql.ts';
import { tcp } from './tcp.ts';

export const probes: readonly Probe[] = [http, tcp, dns, browser, load, container, log, prometheus, redis, sql, command, heartbeat, noop];
