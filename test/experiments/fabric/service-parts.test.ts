import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Copy } from '../../../experiments/fabric/services/cache.ts';
import { Metrics } from '../../../experiments/fabric/services/metrics.ts';
import { playerPage } from '../../../experiments/fabric/services/page.ts';
import { REGIONS } from '../../../experiments/fabric/services/regions.ts';
import { SEGMENT_SECONDS, segmentBytes } from '../../../experiments/fabric/services/segment.ts';
import { LineFull, waitingLine } from '../../../experiments/fabric/services/waiting-line.ts';
import { WARM_MS_MAX, warmCache } from '../../../experiments/fabric/services/warm.ts';
import { within } from '../../../experiments/fabric/services/within.ts';

test('a line lets through as many as there are places, in order, and refuses the one too many', async () => {
  const inLine = waitingLine(2, 1);
  const log: string[] = [];
  const doors = [1, 2, 3].map(() => Promise.withResolvers<void>());
  const enter = (index: number) =>
    inLine(async () => {
      log.push(`in ${index}`);
      await doors[index]?.promise;
    });
  const all = [enter(0), enter(1), enter(2)];
  await assert.rejects(enter(2), LineFull);
  assert.deepEqual(log, ['in 0', 'in 1']);
  doors[1]?.resolve();
  await all[1];
  assert.deepEqual(log, ['in 0', 'in 1', 'in 2']);
  doors[0]?.resolve();
  doors[2]?.resolve();
  await Promise.all(all);
});

test('work that fails gives its place in the line back', async () => {
  const inLine = waitingLine(1, 0);
  await assert.rejects(
    inLine(async () => Promise.reject(new Error('no'))),
    /no/,
  );
  assert.equal(await inLine(async () => 7), 7);
});

test('warming fills what is missing or past its time, leaves the rest, and waits for the working set to arrive', async () => {
  const fresh: Copy = { body: {}, version: 9, readAtMs: 0, asOfMs: 0, freshUntilMs: 10_000 };
  const copies = new Map<string, Copy>([
    ['manifest:video-1', fresh],
    ['manifest:video-2', { ...fresh, freshUntilMs: 1 }],
  ]);
  const kept: string[] = [];
  let looks = 0;
  const warm = await warmCache({
    cache: { get: async (key) => copies.get(key) },
    readAll: async () => {
      looks += 1;
      if (looks === 1) throw new Error('the replica is starting');
      return looks === 2 ? [] : ['video-1', 'video-2', 'video-3'].map((name) => ({ name, body: {}, version: 1, asOfMs: 0 }));
    },
    keep: async (name) => {
      kept.push(name);
    },
    key: (name) => `manifest:${name}`,
    now: () => 5000,
    sleep: async () => undefined,
  });
  assert.equal(warm, true);
  assert.deepEqual(kept, ['video-2', 'video-3']);
});

test('a region whose replica never comes starts cold after the limit', async () => {
  let nowMs = 0;
  const warm = await warmCache({
    cache: { get: async () => undefined },
    readAll: async () => Promise.reject(new Error('nobody there')),
    keep: async () => undefined,
    key: (name) => name,
    now: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
  });
  assert.equal(warm, false);
  assert.ok(nowMs >= WARM_MS_MAX && nowMs < WARM_MS_MAX + 1000);
});

test('a promise that takes too long is given up, by name, and one that does not is passed on', async () => {
  await assert.rejects(within(5, 'Redis GET', new Promise(() => undefined)), /Redis GET took longer than 5 ms/);
  assert.equal(await within(1000, 'Redis GET', Promise.resolve(7)), 7);
});

test('metrics are written as Prometheus reads them', () => {
  const metrics = new Metrics();
  metrics.count('requests_total', 'Requests.', { route: 'live', status: '200' });
  metrics.count('requests_total', 'Requests.', { route: 'live', status: '200' });
  metrics.gauge('lag_seconds', 'Lag.', {}, 0.25);
  metrics.observe('took_seconds', 'Time.', { route: 'live' }, 0.2);
  const lines = metrics.render().split('\n');
  assert.ok(lines.includes('# TYPE requests_total counter'));
  assert.ok(lines.includes('requests_total{route="live",status="200"} 2'));
  assert.ok(lines.includes('lag_seconds 0.25'));
  assert.ok(lines.includes('took_seconds_bucket{route="live",le="0.1"} 0'));
  assert.ok(lines.includes('took_seconds_bucket{route="live",le="0.25"} 1'));
  assert.ok(lines.includes('took_seconds_bucket{route="live",le="+Inf"} 1'));
  assert.ok(lines.includes('took_seconds_count{route="live"} 1'));
});

test('a segment is a small WebM file of one track and one cluster, as long as manifests say, so that one can follow another', () => {
  const bytes = Buffer.from(segmentBytes());
  assert.ok(bytes.length < 50_000, `${bytes.length} bytes`);
  assert.equal(bytes.readUInt32BE(0), 0x1a45dfa3);
  const [duration, cluster] = ['448901', '1f43b67501'].map((mark) => bytes.indexOf(Buffer.from(mark, 'hex')));
  assert.equal(bytes.readDoubleBE((duration ?? 0) + 10), SEGMENT_SECONDS * 1000);
  const size = Number(bytes.readBigUInt64BE((cluster ?? 0) + 4) & 0x00ff_ffff_ffff_ffffn);
  assert.equal((cluster ?? 0) + 12 + size, bytes.length);
});

test('the page offers every region, fetches nothing from elsewhere, and its script parses', () => {
  const page = playerPage();
  for (const region of REGIONS) assert.ok(page.includes(`<option value="${region}">`));
  assert.doesNotMatch(page, /(src|href)="https?:/);
  const script = /<script>([\s\S]*)<\/script>/.exec(page)?.[1] ?? '';
  assert.doesNotThrow(() => new Function(script));
});
