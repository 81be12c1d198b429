/** The region's PostgreSQL replica, as the manifest service reads it: manifests and searches (dear), channels (cheap), the heartbeat. */
import pg from 'pg';
import type { Copy } from './cache.ts';
import { SEGMENT_SECONDS } from './segment.ts';
import { waitingLine } from './waiting-line.ts';

/** Limit for a read once it has its connection. A stampede stretches reads to seconds; a replica that is gone must not hold them for ever. */
const READ_MS_MAX = 15_000;
const LOOK_MS_MAX = 1000;
/** Reads that may wait for a connection before more are refused. */
const WAITING_MAX = 5000;

export interface ReplicaOptions {
  readonly host: string;
  /** Connections for reads at most. */
  readonly connections: number;
  /** What a manifest read costs when it is alone, and how many a second the database has room for. */
  readonly readCostMs: number;
  readonly readsPerSecond: number;
}

export type Found = Omit<Copy, 'readAtMs' | 'freshUntilMs'>;

export interface Replica {
  readManifest(name: string): Promise<Found | undefined>;
  readChannel(name: string): Promise<Found | undefined>;
  /** Films with these words in their title; ten at most. */
  search(words: string): Promise<readonly FoundFilm[]>;
  /** The whole working set in one cheap read, for warming. */
  readAll(): Promise<readonly (Found & { readonly name: string })[]>;
  /** The newest heartbeat that has arrived, in ms since the epoch. */
  readBeatMs(): Promise<number>;
}

export interface FoundFilm {
  readonly name: string;
  readonly title: string;
}

interface VideoRow {
  readonly name: string;
  readonly title: string;
  readonly segments: number;
  readonly version: number;
  readonly published_ms: number;
  readonly as_of_ms: number;
}

interface ChannelRow {
  readonly title: string;
  readonly version: number;
  readonly published_ms: number;
  readonly as_of_ms: number;
}

const ALL =
  'select name, title, segments, version, epoch_ms(v.published_at) as published_ms, epoch_ms(h.beat_at) as as_of_ms from video v, heartbeat h';
const CHANNEL =
  'select title, version::float8 as version, epoch_ms(c.published_at) as published_ms, epoch_ms(h.beat_at) as as_of_ms from channel c, heartbeat h where name = $1';

/** Opens pools that connect on demand; nothing is asked of the replica here. */
export function openReplica({ host, connections, readCostMs, readsPerSecond }: ReplicaOptions): Replica {
  const reads = openPool(host, connections, READ_MS_MAX);
  const looks = openPool(host, 1, LOOK_MS_MAX);
  const inLine = waitingLine(connections, WAITING_MAX);
  return {
    readManifest: (name) =>
      inLine(async () => {
        const { rows } = await reads.query<VideoRow>('select * from read_manifest($1, $2, $3)', [name, readCostMs, readsPerSecond]);
        return rows[0] && foundVideo(rows[0]);
      }),
    readChannel: (name) =>
      inLine(async () => {
        const { rows } = await reads.query<ChannelRow>(CHANNEL, [name]);
        const row = rows[0];
        return (
          row && { body: { title: row.title, publishedAtMs: Math.round(row.published_ms) }, version: row.version, asOfMs: row.as_of_ms }
        );
      }),
    search: (words) =>
      inLine(async () => {
        const { rows } = await reads.query<FoundFilm>('select * from search_films($1, $2, $3)', [words, readCostMs, readsPerSecond]);
        return rows;
      }),
    async readAll() {
      const { rows } = await looks.query<VideoRow>(ALL);
      return rows.map((row) => ({ name: row.name, ...foundVideo(row) }));
    },
    async readBeatMs() {
      const { rows } = await looks.query<{ beat_ms: number }>('select epoch_ms(beat_at) as beat_ms from heartbeat');
      if (!rows[0]) throw new Error('the heartbeat has no row');
      return rows[0].beat_ms;
    },
  };
}

function openPool(host: string, max: number, queryMsMax: number): pg.Pool {
  const pool = new pg.Pool({
    host,
    user: 'reader',
    database: 'fabric',
    max,
    connectionTimeoutMillis: 1000,
    idleTimeoutMillis: 10_000,
    query_timeout: queryMsMax,
    statement_timeout: queryMsMax,
  });
  pool.on('error', () => undefined);
  return pool;
}

function foundVideo(row: VideoRow): Found {
  const segments = Array.from({ length: row.segments }, (_, index) => `/segment/${row.name}/${index + 1}`);
  return { body: { title: row.title, segmentSeconds: SEGMENT_SECONDS, segments }, version: row.version, asOfMs: row.as_of_ms };
}
