/**
 * The manifest service of a region: /manifest/<video>, /live/<channel>, /search/<words>, /segment/<video>/<n>, and the page that plays them. Two of them
 * stand behind every edge; they share the region's cache and its mutex.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Copy } from './cache.ts';
import { ageMs, type Life } from './freshness.ts';
import { type Answer, type Route, serveHttp } from './http-service.ts';
import { Metrics } from './metrics.ts';
import { Mutex } from './mutex.ts';
import { playerPage } from './page.ts';
import { type Read, ReadThrough, Unavailable } from './read-through.ts';
import { connectCache } from './redis-cache.ts';
import { parseRegion } from './regions.ts';
import { openReplica } from './replica.ts';
import { SEGMENT_TYPE, segmentBytes } from './segment.ts';
import { readDurationMs, readNumber, readSwitch, readText } from './settings.ts';
import { warmCache } from './warm.ts';

/** How often the heartbeat is looked at, for the lag in /metrics. */
const LOOK_EVERY_MS = 1000;
const LEASE_MS = 1500;
const POLL_MS = 25;
/** A waiter gives up before the edge does. */
const WAIT_MS_MAX = 6000;
/** Copies are kept this long beyond their time, for the day when the replica is gone. */
const KEEP_VIDEO_MS = 24 * 3_600_000;
const KEEP_CHANNEL_MS = 600_000;
/** By which share of its time to live a copy lives longer or shorter: one that was asked for, and one of many that were refreshed at once. */
const JITTER = 0.1;
const REFRESH_JITTER = 0.5;
/** A copy from a replica that is behind is served this long before the replica is asked again. */
const BEHIND_MS = 1000;

const region = parseRegion(readText(process.env, 'REGION'));
const staleAfterMs = readDurationMs(process.env, 'FABRIC_STALE_AFTER', '2s');
const metrics = new Metrics();
const cache = connectCache(`redis-${region}`);
const replica = openReplica({
  host: `replica-${region}`,
  connections: readNumber(process.env, 'FABRIC_READ_CONNECTIONS', 32),
  readCostMs: readDurationMs(process.env, 'FABRIC_READ_COST', '150ms'),
  readsPerSecond: readNumber(process.env, 'FABRIC_READS_PER_SECOND', 18),
});

const mutex = new Mutex<Copy | undefined>({
  cache,
  leaseMs: LEASE_MS,
  pollMs: POLL_MS,
  waitMs: WAIT_MS_MAX,
  now: Date.now,
  sleep: (ms) => sleep(ms),
  token: randomUUID,
  every: (ms, call) => {
    const timer = setInterval(call, ms);
    return () => clearInterval(timer);
  },
});

const hasJitter = readSwitch(process.env, 'FABRIC_TTL_JITTER');
const life = (ttlMs: number, jitter: number): Life => ({ ttlMs, jitter: hasJitter ? jitter : 0 });
const refreshed = life(readDurationMs(process.env, 'FABRIC_REFRESH_TTL', '20s'), REFRESH_JITTER);

function readThrough(prefix: string, read: Read, ttlMs: number, keepMs: number): ReadThrough {
  const counted: Read = (name) => {
    metrics.count('fabric_replica_reads_total', 'Reads asked of the replica.', { kind: prefix });
    return read(name);
  };
  return new ReadThrough({
    prefix,
    cache,
    read: counted,
    life: life(ttlMs, JITTER),
    keepMs,
    behindMs: BEHIND_MS,
    staleAfterMs,
    staleServing: readSwitch(process.env, 'FABRIC_STALE_SERVING'),
    mutex: readSwitch(process.env, 'FABRIC_MUTEX') ? mutex : undefined,
    now: Date.now,
    random: Math.random,
  });
}

const videos = readThrough('manifest', replica.readManifest, readDurationMs(process.env, 'FABRIC_MANIFEST_TTL', '15m'), KEEP_VIDEO_MS);
const channels = readThrough('live', replica.readChannel, readDurationMs(process.env, 'FABRIC_LIVE_TTL', '1s'), KEEP_CHANNEL_MS);

/** The route of one kind of thing: its region, its version's age and its stale mark stand in the body and in the headers. */
function serve(from: ReadThrough, kind: string): Route {
  return async ([name = '']) => {
    try {
      const served = await from.serve(name);
      if (!served) return { status: 404, body: { error: `there is no ${kind} '${name}'`, region } };
      const { copy, stale, cache: how } = served;
      const age = Math.round(ageMs(copy, Date.now()));
      metrics.count('fabric_answers_total', 'Manifests served.', { kind, cache: how, stale: String(stale) });
      return {
        status: 200,
        body: { [kind]: name, version: copy.version, region, ageMs: age, stale, cache: how, ...copy.body },
        headers: { 'x-version-age-ms': String(age), 'x-stale': String(stale), 'x-cache': how },
      };
    } catch (error) {
      if (error instanceof Unavailable) return { status: 503, body: { error: error.message, region } };
      throw error;
    }
  };
}

function segment(): Answer {
  return { status: 200, body: segmentBytes(), type: SEGMENT_TYPE };
}

/** Asks the replica itself: no copy of it would serve anybody else. */
async function search([words = '']: readonly string[]): Promise<Answer> {
  try {
    return { status: 200, body: { words, region, films: await replica.search(words) } };
  } catch (error) {
    return { status: 503, body: { error: `the replica was not read: ${error instanceof Error ? error.message : String(error)}`, region } };
  }
}

/** Reads the working set anew and keeps all of it at once, as a nightly job does; from then on all copies are of the same age. */
async function refresh(_parts: readonly string[], method: string): Promise<Answer> {
  if (method !== 'POST') return { status: 405, body: 'POST it' };
  const all = await replica.readAll();
  await Promise.all(all.map(({ name, ...found }) => videos.keep(name, found, refreshed)));
  return { status: 200, body: { refreshed: all.length, region } };
}

async function watchLag(): Promise<void> {
  for (;;) {
    const lagMs = await replica.readBeatMs().then(
      (beatMs) => Math.max(0, Date.now() - beatMs),
      () => Number.NaN,
    );
    metrics.gauge(
      'fabric_replica_lag_seconds',
      'Age of the newest heartbeat on the replica; NaN while it cannot be read.',
      {},
      lagMs / 1000,
    );
    await sleep(LOOK_EVERY_MS);
  }
}

let warm = false;
serveHttp({
  port: 8080,
  metrics,
  headers: { 'x-served-by-region': region, 'cache-control': 'no-store' },
  unwell: () => (warm ? undefined : 'the cache is being warmed'),
  routes: {
    '': () => ({ status: 200, body: playerPage(), type: 'text/html; charset=utf-8' }),
    manifest: serve(videos, 'video'),
    live: serve(channels, 'channel'),
    search,
    segment,
    refresh,
  },
});
await warmCache({
  cache,
  readAll: replica.readAll,
  keep: (name, found) => videos.keep(name, found),
  key: (name) => `manifest:${name}`,
  now: Date.now,
  sleep: (ms) => sleep(ms),
});
warm = true;
await watchLag();
