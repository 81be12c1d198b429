import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runClock } from '../../../../runners/load/pacing/clock.ts';
import { Engines, ORIGINS_MAX } from '../../../../runners/load/transport/engines.ts';
import { Pool } from '../../../../runners/load/transport/pool.ts';
import { listen, OK, onRequests, originOf, request, TestJob } from '../support.ts';

function engines(): Engines {
  return new Engines({ clock: runClock(process.hrtime.bigint()), socketsMax: 10 });
}

test('each origin has one engine, which is there again when it is asked for again', async (t) => {
  const all = engines();
  t.after(() => all.close());
  const port = await listen(t, (socket) => onRequests(socket, () => socket.write(OK)));
  const engine = all.of(originOf(port));
  assert.equal(all.of(originOf(port)), engine);
  assert.notEqual(all.of(originOf(port + 1)), engine);
  assert.equal((await request(engine)).outcome, 'ok');
});

test('hosts without end do not keep engines without end; the oldest goes, and its retries stay counted', async (t) => {
  const all = engines();
  t.after(() => all.close());
  const port = await listen(t, (socket) =>
    onRequests(socket, (_head, index) => (index === 0 ? socket.write(OK) : socket.resetAndDestroy())),
  );
  const first = all.of(originOf(port));
  await request(first);
  await request(first);
  assert.equal(all.retried, 1);
  for (let index = 0; index < ORIGINS_MAX; index += 1) all.of(originOf(1, { text: `http://h${index}.test` }));
  assert.notEqual(all.of(originOf(port)), first);
  assert.equal(all.retried, 1);
  assert.equal((await request(first)).outcome, 'dropped');
});

test('an engine that is asked again and again outlives hosts without end', (t) => {
  const all = engines();
  t.after(() => all.close());
  const first = all.of(originOf(9));
  for (let index = 0; index < 2 * ORIGINS_MAX; index += 1) {
    all.of(originOf(1, { text: `http://h${index}.test` }));
    assert.equal(all.of(originOf(9)), first, `after ${index} others`);
  }
});

test('connections are made ready for all origins that were asked for, an equal share for each', async (t) => {
  const all = engines();
  t.after(() => all.close());
  const ports = [await listen(t, () => {}), await listen(t, () => {})];
  const pools = ports.map((port) => all.of(originOf(port)));
  await all.warm(5);
  assert.deepEqual(
    pools.map((pool) => pool instanceof Pool && pool.sockets),
    [3, 3],
  );
});

test('after the end nothing is sent any more, to no origin', async () => {
  const all = engines();
  all.close();
  const job = new TestJob();
  all.of(originOf(9)).send(job);
  assert.equal(job.outcome, 'dropped');
});
