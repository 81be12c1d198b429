/** Writes that never stop, on the primary: the heartbeat by which every standby's lag is read, new versions of live channels, now and then of a film. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { serveHttp } from './http-service.ts';
import { Metrics } from './metrics.ts';
import { readDurationMs, readText } from './settings.ts';

/** Channels get a version every so many beats, some film every so many. */
const BEATS_PER_CHANNEL_VERSION = 5;
const BEATS_PER_FILM_VERSION = 25;
/** Writes that are older than this make the writer unwell. */
const LATE_MS_MAX = 5000;
const WRITE_MS_MAX = 2000;

const beatMs = readDurationMs(process.env, 'FABRIC_HEARTBEAT', '200ms');
const metrics = new Metrics();
const pool = new pg.Pool({
  host: readText(process.env, 'PRIMARY'),
  user: 'writer',
  database: 'fabric',
  max: 1,
  connectionTimeoutMillis: 1000,
  query_timeout: WRITE_MS_MAX,
});
pool.on('error', () => undefined);

let wroteAtMs = Number.NEGATIVE_INFINITY;
serveHttp({
  port: 8080,
  metrics,
  routes: {},
  unwell: () => (performance.now() - wroteAtMs < LATE_MS_MAX ? undefined : `nothing was written for ${LATE_MS_MAX} ms`),
});

for (let beat = 0; ; beat += 1) {
  const startedMs = performance.now();
  const done = await write(beat).then(
    () => true,
    () => false,
  );
  if (done) wroteAtMs = performance.now();
  metrics.count('fabric_writes_total', 'Writes on the primary.', { done: String(done) });
  await sleep(Math.max(0, beatMs - (performance.now() - startedMs)));
}

async function write(beat: number): Promise<void> {
  await pool.query('update heartbeat set beat = beat + 1, beat_at = clock_timestamp()');
  if (beat % BEATS_PER_CHANNEL_VERSION === 0)
    await pool.query('update channel set version = version + 1, published_at = clock_timestamp()');
  if (beat % BEATS_PER_FILM_VERSION === 0) {
    await pool.query(
      'update video set version = version + 1, published_at = clock_timestamp() where name = (select name from video order by random() limit 1)',
    );
  }
}
