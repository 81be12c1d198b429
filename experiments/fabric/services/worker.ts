/**
 * A region's job worker. Its jobs are due together, on a cron schedule or when a drill asks (POST /run, by the command `run-jobs`);
 * each then starts at its own moment within the jitter window. The primary stamps both moments.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Cron } from 'croner';
import pg from 'pg';
import { type Answer, serveHttp } from './http-service.ts';
import { jobNames, startDelaysMs } from './jobs.ts';
import { Metrics } from './metrics.ts';
import { parseRegion } from './regions.ts';
import { readDurationMs, readText } from './settings.ts';

/** Jobs of one worker that are at work at the same time. */
const CONNECTIONS = 8;
const QUERY_MS_MAX = 20_000;

const region = parseRegion(readText(process.env, 'REGION'));
const jitterMs = readDurationMs(process.env, 'FABRIC_CRON_JITTER', '10s');
const metrics = new Metrics();
const pool = new pg.Pool({
  host: readText(process.env, 'PRIMARY'),
  user: 'writer',
  database: 'fabric',
  max: CONNECTIONS,
  min: 1,
  connectionTimeoutMillis: 10_000,
  idleTimeoutMillis: 30_000,
  query_timeout: QUERY_MS_MAX,
});
pool.on('error', () => undefined);

/** Records that the whole batch was asked for, then lets each job start at its moment. Resolves when the asking is recorded. */
async function fire(trigger: 'schedule' | 'drill'): Promise<number> {
  const names = jobNames(region);
  const { rows } = await pool.query<{ id: string }>(
    'insert into job_run (region, job, trigger) select $1, unnest($2::text[]), $3 returning id',
    [region, names, trigger],
  );
  metrics.count('fabric_jobs_asked_total', 'Jobs asked for.', { trigger }, rows.length);
  const delaysMs = startDelaysMs(rows.length, jitterMs, Math.random);
  for (const [index, { id }] of rows.entries()) void start(id, delaysMs[index] ?? 0, trigger);
  return rows.length;
}

async function start(id: string, delayMs: number, trigger: string): Promise<void> {
  if (delayMs > 0) await sleep(delayMs);
  const outcome = await pool.query('select run_job($1)', [id]).then(
    () => 'done',
    () => 'failed',
  );
  metrics.count('fabric_jobs_total', 'Jobs run.', { trigger, outcome });
}

async function runNow(_parts: readonly string[], method: string): Promise<Answer> {
  if (method !== 'POST') return { status: 405, body: 'POST it' };
  try {
    return { status: 202, body: { region, asked: await fire('drill'), jitterMs } };
  } catch (error) {
    return { status: 503, body: `the primary did not take the batch: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function scheduled(): Promise<void> {
  await pool.query("delete from job_run where asked_at < clock_timestamp() - interval '1 hour'");
  await fire('schedule');
}

const cron = new Cron(
  readText(process.env, 'FABRIC_CRON'),
  { catch: () => metrics.count('fabric_schedule_failures_total', 'Schedules missed.') },
  scheduled,
);

let ready = false;
serveHttp({
  port: 8080,
  metrics,
  routes: { run: runNow },
  unwell: () => (ready && cron.isRunning() ? undefined : 'the primary has not been reached yet'),
});
while (!ready) {
  ready = await pool.query('select 1 from job_run limit 1').then(
    () => true,
    () => false,
  );
  if (!ready) await sleep(200);
}
