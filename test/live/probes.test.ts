/** Probes on real containers: what they read of a healthy one, and of one that is paused, stopped, started again, or gone. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { command } from '../../probes/command.ts';
import { container } from '../../probes/container.ts';
import { log } from '../../probes/log.ts';
import { redis } from '../../probes/redis.ts';
import { sql } from '../../probes/sql.ts';
import { ensureImages, tagOf } from '../../runners/docker/images.ts';
import { recipesOf } from '../../runners/docker/recipes.ts';
import { probedContainers, READY_MS_MAX } from '../helpers/probed-containers.ts';

const compose = fileURLToPath(new URL('../../experiments/fabric/compose.yaml', import.meta.url));
const MARIADB = {
  name: 'firedrill/test-mariadb',
  folder: fileURLToPath(new URL('../fixtures/mariadb-image', import.meta.url)),
  node: false,
  bundles: [],
};

const probed = await probedContainers();
const { start, targetOf, look, lookThrough, lookUntil } = probed;

before(async () => {
  const recipes = (await recipesOf(compose)).filter(({ name }) => name.endsWith('/fabric-redis') || name.endsWith('/fabric-postgres'));
  assert.equal(recipes.length, 2);
  await ensureImages(probed.docker, { recipes: [...recipes, MARIADB], environment: process.env, log: () => {} });
});

after(() => probed[Symbol.asyncDispose]());

test('redis: a cache is read over one connection, through pause, stop and start', async () => {
  const cache = await start('firedrill/fabric-redis:local');
  const open = redis.open({});
  assert.deepEqual(await lookUntil(open, cache, 'PONG'), { status: 'ok', value: 'PONG' });
  const target = await targetOf(cache);
  assert.deepEqual(await look(redis, { command: ['DBSIZE'] }, target), { status: 'ok', value: 0 });
  assert.deepEqual(await look(redis, { command: ['INFO'], field: 'maxmemory' }, target), { status: 'ok', value: 32 * 1_048_576 });
  assert.deepEqual(await look(redis, { command: ['CONFIG', 'GET', 'maxmemory-policy'] }, target), {
    status: 'ok',
    value: '["maxmemory-policy","allkeys-lru"]',
  });
  assert.deepEqual(await look(redis, { command: ['INFO'], field: 'role' }, target), { status: 'ok', value: 'master' });
  assert.equal((await look(redis, { password: 'wrong' }, target)).status, 'unknown');

  await cache.pause();
  assert.deepEqual(await lookThrough(open, target), { status: 'ok', value: null, detail: 'timed out' });
  await cache.unpause();
  assert.deepEqual(await lookThrough(open, target), { status: 'ok', value: 'PONG' });

  await cache.kill();
  await cache.wait();
  const stopped = await lookThrough(open, target);
  assert.ok(stopped.status === 'ok' && stopped.value === null, JSON.stringify(stopped));
  assert.deepEqual(await lookThrough(open, await targetOf(cache)), { status: 'ok', value: null, detail: 'the container has no address' });
  await cache.start();
  assert.deepEqual(await lookUntil(open, cache, 'PONG'), { status: 'ok', value: 'PONG' });
  await open.close();
});

test('sql: a database is read and never written, and a query that hangs ends on both sides', { timeout: 4 * READY_MS_MAX }, async () => {
  const primary = await start('firedrill/fabric-postgres:local');
  const ask = { user: 'monitor', database: 'fabric' };
  const open = sql.open({ ...ask, query: 'select count(*) from heartbeat' });
  assert.deepEqual(await lookUntil(open, primary, 1), { status: 'ok', value: 1 });
  const target = await targetOf(primary);
  const read = (query: string, as: object = ask) => look(sql, { ...as, query }, target);

  assert.deepEqual(await read('select 9007199254740993::bigint'), { status: 'ok', value: '9007199254740993' });
  assert.deepEqual(await read('select 0.25::numeric, 7'), { status: 'ok', value: 0.25 });
  assert.deepEqual(await read('select null'), { status: 'ok', value: null });
  assert.deepEqual(await read('select pg_is_in_recovery()'), { status: 'ok', value: false });
  assert.deepEqual(await read("select 'infinity'::float8"), { status: 'ok', value: 'Infinity' });
  assert.deepEqual(await read('select 1 where false'), { status: 'ok', value: null, detail: 'no row' });
  const reading = await read('select * from nowhere');
  assert.deepEqual(reading, { status: 'unknown', error: 'relation "nowhere" does not exist (42P01)' });

  const writer = { user: 'writer', database: 'fabric' };
  const written = await read('update heartbeat set beat = -7 returning beat', writer);
  assert.ok(written.status === 'unknown' && written.error.includes('read-only transaction (25006)'), JSON.stringify(written));
  const twice = await read('set default_transaction_read_only = off; update heartbeat set beat = -7 returning beat', writer);
  assert.ok(twice.status === 'unknown' && twice.error.includes('multiple commands'), JSON.stringify(twice));
  const cunning = await read("with off as (select set_config('transaction_read_only', 'off', false)) select * from off", writer);
  assert.equal(cunning.status, 'unknown', JSON.stringify(cunning));
  assert.deepEqual(await read('select beat from heartbeat'), { status: 'ok', value: 0 });

  const hung = await read('select pg_sleep(30)');
  assert.ok(hung.status === 'ok' && hung.value === null && hung.detail?.startsWith('timed out'), JSON.stringify(hung));
  const still = sql.open({ ...ask, query: "select count(*) from pg_stat_activity where query like 'select pg_sleep%'" });
  assert.deepEqual(await lookUntil(still, primary, 0), { status: 'ok', value: 0 });
  await still.close();

  await primary.pause();
  assert.deepEqual(await lookThrough(open, target), { status: 'ok', value: null, detail: 'timed out' });
  await primary.unpause();
  assert.deepEqual(await lookThrough(open, target), { status: 'ok', value: 1 });
  await primary.restart({ t: 10 });
  const [afterwards, again] = [await lookUntil(open, primary, 1), await lookThrough(open, await targetOf(primary))];
  assert.deepEqual([afterwards, again], Array(2).fill({ status: 'ok', value: 1 }));
  await open.close();
});

test('container: state, exit code and disappearance are read as the engine tells them', async () => {
  const cache = await start('firedrill/fabric-redis:local');
  const target = await targetOf(cache);
  const state = () => look(container, {}, target);
  assert.deepEqual(await state(), { status: 'ok', value: 'running' });
  assert.deepEqual(await look(container, { read: 'health' }, target), {
    status: 'ok',
    value: null,
    detail: 'the container has no health check',
  });
  await cache.pause();
  assert.deepEqual(await state(), { status: 'ok', value: 'paused' });
  await cache.unpause();
  await cache.kill();
  await cache.wait();
  assert.deepEqual(await state(), { status: 'ok', value: 'exited' });
  assert.deepEqual(await look(container, { read: 'exit-code' }, target), { status: 'ok', value: 137 });
  assert.deepEqual(await look(container, { read: 'oom-killed' }, target), { status: 'ok', value: false });
  assert.deepEqual(await look(container, { read: 'restarts' }, target), { status: 'ok', value: 0 });
  await cache.remove();
  assert.deepEqual(await state(), { status: 'ok', value: 'removed' });
  assert.deepEqual(await look(container, { read: 'restarts' }, target), { status: 'ok', value: null, detail: 'removed' });
});

test('command: runs in the container, and reads a paused or stopped one as what the system did', async () => {
  const cache = await start('firedrill/fabric-redis:local');
  const target = await targetOf(cache);
  const run = (words: readonly string[], read = 'exit-code') => look(command, { command: words, read }, target);
  assert.deepEqual(await run(['hostname'], 'stdout'), { status: 'ok', value: target.id.slice(0, 12), detail: 'exit 0' });
  assert.deepEqual(await run(['sh', '-c', 'echo 12; exit 0'], 'number'), { status: 'ok', value: 12 });
  assert.deepEqual(await run(['sh', '-c', 'echo broken >&2; exit 3']), { status: 'ok', value: 3, detail: 'broken' });
  assert.deepEqual(await run(['sleep', '20']), { status: 'ok', value: null, detail: 'timed out' });
  await cache.pause();
  const paused = await run(['true']);
  assert.ok(paused.status === 'ok' && paused.value === null && paused.detail?.includes('is paused'), JSON.stringify(paused));
  await cache.unpause();
  await cache.kill();
  await cache.wait();
  const stopped = await run(['true']);
  assert.ok(stopped.status === 'ok' && stopped.value === null && stopped.detail?.includes('is not running'), JSON.stringify(stopped));
});

test('sql: a MariaDB is read and never written, and a query that hangs ends on both sides', { timeout: 2 * READY_MS_MAX }, async () => {
  const shop = await start(tagOf(MARIADB));
  const ask = { dialect: 'mysql', user: 'keeper', password: 'sesame', database: 'shop' };
  const open = sql.open({ ...ask, query: 'select count(*) from orders' });
  assert.deepEqual(await lookUntil(open, shop, 2), { status: 'ok', value: 2 });
  const target = await targetOf(shop);
  const read = (query: string, as: object = ask) => look(sql, { ...as, query }, target);

  assert.deepEqual(await read('select total from orders where id = 2'), { status: 'ok', value: 7.25 });
  assert.deepEqual(await read('select paid_at from orders where id = 1'), { status: 'ok', value: '2026-01-31 12:00:00' });
  assert.deepEqual(await read('select 9007199254740993'), { status: 'ok', value: '9007199254740993' });
  assert.deepEqual(await read('select total from orders where id = 3'), { status: 'ok', value: null, detail: 'no row' });
  for (const [query, errno] of [
    ['select * from nowhere', 1146],
    ['insert into orders values (3, 1, null)', 1792],
    ['select 1; select 2', 1064],
  ] as const) {
    const refused = await read(query);
    assert.ok(refused.status === 'unknown' && refused.error.endsWith(`(${errno})`), JSON.stringify(refused));
  }
  assert.equal((await read('select 1', { ...ask, password: 'wrong' })).status, 'unknown');

  const hung = await read('select sleep(30)');
  assert.ok(hung.status === 'ok' && hung.value === null && hung.detail?.startsWith('timed out'), JSON.stringify(hung));
  const still = sql.open({ ...ask, query: "select count(*) from information_schema.processlist where info = 'select sleep(30)'" });
  assert.deepEqual(await lookUntil(still, shop, 0), { status: 'ok', value: 0 });
  await still.close();

  await shop.pause();
  assert.deepEqual(await lookThrough(open, target), { status: 'ok', value: null, detail: 'timed out' });
  await shop.unpause();
  assert.deepEqual(await lookThrough(open, target), { status: 'ok', value: 2 });
  await open.close();
});

test('container: what the kernel counts is read of a busy one, and of a stopped one nothing', async () => {
  const busy = await start('firedrill/fabric-redis:local', ['sh', '-c', 'while :; do :; done']);
  const target = await targetOf(busy);
  const cpu = container.open({ read: 'cpu' });
  await lookThrough(cpu, target);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const cores = await lookThrough(cpu, target);
  assert.ok(cores.status === 'ok' && Number(cores.value) > 0.2 && Number(cores.value) < 1.2, JSON.stringify(cores));
  for (const read of ['cpu-time', 'memory', 'memory-share']) {
    const reading = await look(container, { read }, target);
    assert.ok(reading.status === 'ok' && Number(reading.value) > 0, `${read}: ${JSON.stringify(reading)}`);
  }
  assert.deepEqual(await look(container, { read: 'throttled' }, target), { status: 'ok', value: 0 });
  const sent = await look(container, { read: 'sent' }, target);
  assert.ok(sent.status === 'ok' && typeof sent.value === 'number', JSON.stringify(sent));
  await busy.kill();
  await busy.wait();
  const stopped = await look(container, { read: 'memory' }, target);
  assert.deepEqual(stopped, { status: 'ok', value: null, detail: 'the container does not run' });
});

test('log: lines are counted once each as they are written, of either output, through a restart', async () => {
  const talking = await start('firedrill/fabric-redis:local', ['sh', '-c', 'echo ERROR one; echo ERROR two >&2; echo fine; sleep 60']);
  const all = log.open({ pattern: 'ERROR', since: 'ever' });
  assert.deepEqual(await lookUntil(all, talking, 2), { status: 'ok', value: 2 });
  assert.deepEqual(await lookThrough(all, await targetOf(talking)), { status: 'ok', value: 2 });
  const target = await targetOf(talking);
  assert.deepEqual(await look(log, { pattern: 'ERROR (\\w+)', since: 'ever', streams: 'stderr', read: 'last' }, target), {
    status: 'ok',
    value: 'two',
  });
  const fresh = log.open({ pattern: 'ERROR' });
  assert.deepEqual(await lookThrough(fresh, target), { status: 'ok', value: 0 });
  await talking.restart({ t: 0 });
  assert.deepEqual(await lookUntil(fresh, talking, 2), { status: 'ok', value: 2 });
  assert.deepEqual(await lookThrough(all, target), { status: 'ok', value: 4 });
  await talking.remove({ force: true });
  assert.deepEqual(await lookThrough(fresh, target), { status: 'ok', value: null, detail: 'removed' });
});
