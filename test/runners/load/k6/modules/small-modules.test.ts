import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataModule } from '../../../../../runners/load/k6/modules/data.ts';
import { executionModule } from '../../../../../runners/load/k6/modules/execution.ts';
import { metricsModule } from '../../../../../runners/load/k6/modules/metrics.ts';
import { timersModule } from '../../../../../runners/load/k6/modules/timers.ts';
import { MemoryHost } from './support.ts';

function initHost(): MemoryHost {
  const host = new MemoryHost();
  host.inInit = true;
  return host;
}

test('metrics are made in the init context only, under a name that k6 takes', () => {
  const host = initHost();
  const { Trend, Counter } = metricsModule(host);
  new Trend('time_to_cart', true);
  new Counter('carts');
  assert.deepEqual(host.metrics, [
    ['time_to_cart', 'trend', true],
    ['carts', 'counter', false],
  ]);
  for (const wrong of ['', '1st', 'a-b', 'a b', 'é', 'x'.repeat(129), undefined])
    assert.throws(() => new Counter(wrong), /Invalid metric name/);
  host.inInit = false;
  assert.throws(() => new Counter('late'), /init context/);
});

test('a value is a number or a truth; anything else is told of and counts nothing', () => {
  const host = initHost();
  const { Rate, Gauge } = metricsModule(host);
  const seen = new Rate('seen');
  const depth = new Gauge('depth');
  host.inInit = false;
  assert.equal(seen.add(true, { region: 'eu', shard: 3 }), true);
  assert.equal(depth.add(2.5), true);
  assert.equal(depth.add('many'), false);
  assert.equal(depth.add(Number.NaN), false);
  assert.deepEqual(host.samples, [
    { metric: 'seen', value: 1, tags: { region: 'eu', shard: '3' } },
    { metric: 'depth', value: 2.5, tags: {} },
  ]);
  assert.equal(host.said.length, 2);
  assert.throws(() => depth.add(1, { region: {} }), /tag 'region'/);
});

test('a shared array is made in the init context, by name, from an array', () => {
  const host = initHost();
  const { SharedArray } = dataModule(host);
  const users = new SharedArray('users', () => [{ name: 'ada' }]) as unknown as { name: string }[];
  assert.equal(users[0]?.name, 'ada');
  assert.equal(users.length, 1);
  assert.throws(() => new SharedArray('', () => []), /name/);
  assert.throws(() => new SharedArray('a', 5), /function/);
  assert.throws(() => new SharedArray('a', () => ({})), /only arrays/);
  host.inInit = false;
  assert.throws(() => new SharedArray('a', () => []), /init context/);
});

test('k6/execution tells where the script is', () => {
  const { vu, scenario, instance, test: run } = executionModule(new MemoryHost());
  assert.deepEqual([vu.idInInstance, vu.idInTest, vu.iterationInInstance, vu.iterationInScenario], [7, 7, 4, 4]);
  assert.deepEqual([scenario.name, scenario.executor, scenario.startTime, scenario.progress], ['buyers', 'constant-vus', 1_000_000, 0.5]);
  assert.deepEqual([scenario.iterationInInstance, scenario.iterationInTest], [40, 40]);
  assert.deepEqual(
    [instance.iterationsCompleted, instance.iterationsInterrupted, instance.vusActive, instance.vusInitialized],
    [30, 2, 5, 6],
  );
  assert.equal(instance.currentTestRunDuration, 12_345);
  assert.deepEqual(run.options, { vus: 3 });
});

test('tags and metadata of a virtual user are texts, set one by one or all at once', () => {
  const host = new MemoryHost();
  const { vu } = executionModule(host);
  vu.metrics.tags['shard'] = 3 as unknown as string;
  vu.tags['region'] = 'eu';
  assert.deepEqual(host.tags, { shard: '3', region: 'eu' });
  assert.throws(() => Object.assign(vu.metrics.tags, { deep: {} }), /tag 'deep'/);
  vu.metrics.tags = { only: true };
  assert.deepEqual(host.tags, { only: 'true' });
  vu.metrics.metadata['trace'] = 'abc';
  assert.deepEqual(host.metadata, { trace: 'abc' });
});

test('a script ends or fails its test, with a reason', () => {
  const host = new MemoryHost();
  const { test: run } = executionModule(host);
  assert.throws(() => run.abort(), /^Error: test aborted$/);
  assert.throws(() => run.abort('no stock'), /test aborted: no stock/);
  run.fail('bad day');
  assert.deepEqual(host.said, ['failed bad day']);
});

test('there is no scenario to tell of in the init context', () => {
  const { scenario, instance } = executionModule(initHost());
  assert.throws(() => scenario.name, /init context/);
  assert.throws(() => instance.vusActive, /init context/);
});

test('timers hand on their arguments, and want a function', () => {
  const host = new MemoryHost();
  const { setTimeout, setInterval, clearTimeout, clearInterval } = timersModule(host);
  const got: unknown[] = [];
  const id = setTimeout((...args: unknown[]) => got.push(...args), 50, 'a', 'b');
  setInterval(() => {}, -5);
  clearTimeout(id);
  clearInterval(undefined);
  assert.deepEqual(got, ['a', 'b']);
  assert.deepEqual(host.timers, [
    [50, false],
    [0, true],
  ]);
  assert.deepEqual(host.cleared, [id]);
  assert.throws(() => setTimeout('code', 5), /needs a function/);
});
