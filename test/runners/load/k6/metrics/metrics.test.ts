import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXACT_VALUES_MAX } from '../../../../../probes/slo/counts.ts';
import { Checks } from '../../../../../runners/load/k6/metrics/checks.ts';
import { MetricStore, parseMetricSelector } from '../../../../../runners/load/k6/metrics/metric-store.ts';
import { createSink } from '../../../../../runners/load/k6/metrics/sink.ts';
import { Thresholds, thresholdProblems } from '../../../../../runners/load/k6/metrics/thresholds.ts';

test('counters, gauges and rates add up', () => {
  const counter = createSink('counter');
  for (const value of [1, 2, 3.5]) counter.add(value);
  assert.deepEqual([counter.figure('count', 2000), counter.figure('rate', 2000), counter.figure('avg', 2000)], [6.5, 3.25, undefined]);
  const gauge = createSink('gauge');
  for (const value of [5, -2, 3]) gauge.add(value);
  assert.deepEqual([gauge.figure('value', 0), gauge.figure('min', 0), gauge.figure('max', 0)], [3, -2, 5]);
  const rate = createSink('rate');
  for (const value of [1, 0, 1, 1]) rate.add(value);
  assert.deepEqual([rate.figure('rate', 0), rate.figure('passes', 0), rate.figure('fails', 0)], [0.75, 3, 1]);
});

test('percentiles of a small trend lie between the two nearest ranks, exactly', () => {
  const trend = createSink('trend');
  for (const value of [40, 10, 30, 20]) trend.add(value);
  assert.deepEqual(
    ['avg', 'min', 'med', 'max', 'p(90)', 'p(25)', 'p(0)', 'p(100)', 'count'].map((name) => trend.figure(name, 0)),
    [25, 10, 25, 40, 37, 17.5, 10, 40, 4],
  );
  trend.add(50);
  assert.equal(trend.figure('med', 0), 30);
});

test('a large trend keeps its memory, and its percentiles within 0.8 %', () => {
  const trend = createSink('trend');
  const count = EXACT_VALUES_MAX * 5;
  for (let index = 0; index < count; index += 1) trend.add(((index * 7919) % count) / 10);
  for (const percentile of [1, 50, 90, 99, 99.9]) {
    const exact = ((percentile / 100) * (count - 1)) / 10;
    const seen = trend.figure(`p(${percentile})`, 0) ?? 0;
    assert.ok(Math.abs(seen - exact) <= exact * 0.008 + 0.1, `p(${percentile}) is ${seen}, should be ${exact}`);
  }
  assert.equal(trend.figure('max', 0), (count - 1) / 10);
});

test('a trend of anything but times has percentiles of values below zero and beyond an hour as well', () => {
  const [sizes, times] = [createSink('trend'), createSink('trend', true)];
  for (let index = 0; index < 2 * EXACT_VALUES_MAX; index += 1) {
    sizes.add(index % 2 === 0 ? -5e9 : 5e9);
    times.add(index % 2 === 0 ? 0.25 : 250);
  }
  for (const [sink, low, high] of [
    [sizes, -5e9, 5e9],
    [times, 0.25, 250],
  ] as const) {
    assert.ok(Math.abs((sink.figure('p(10)', 0) ?? 0) - low) <= Math.abs(low) * 0.008);
    assert.ok(Math.abs((sink.figure('p(90)', 0) ?? 0) - high) <= high * 0.008);
  }
});

test('what several processes have added up makes the figures of one, exactly while values are few', () => {
  for (const type of ['counter', 'gauge', 'rate', 'trend'] as const) {
    const [whole, one, other] = [createSink(type), createSink(type), createSink(type)];
    for (let index = 0; index < 300; index += 1) {
      const value = ((index * 37) % 100) - 20;
      whole.add(value);
      (index % 3 === 0 ? other : one).add(value);
      if (index % 50 === 49) one.absorb(other.drain());
    }
    assert.equal(other.isEmpty, true);
    for (const figure of ['count', 'rate', 'min', 'max', 'avg', 'med', 'p(90)', 'p(99)', 'passes', 'fails']) {
      const [expected, seen] = [whole.figure(figure, 1000), one.figure(figure, 1000)];
      assert.ok(expected === seen || Math.abs((expected ?? 0) - (seen ?? 1)) < 1e-9, `${type} ${figure}: ${seen}, not ${expected}`);
    }
  }
  assert.throws(() => createSink('rate').absorb(createSink('counter').drain()), /a counter cannot be added to a rate/);
});

test('what another process sampled joins metrics, parts and checks, those too that it alone has', () => {
  const [leading, following] = [new MetricStore(), new MetricStore()];
  for (const store of [leading, following]) store.part('http_reqs{name:a}');
  following.define('orders', 'trend', true);
  for (const name of ['a', 'a', 'b']) following.sample('http_reqs', 1, {}, { name });
  following.sample('orders', 5, {});
  following.sample('data_sent', 7, {});
  leading.sample('http_reqs', 1, {}, { name: 'a' });
  leading.absorb(structuredClone(following.drain()));
  leading.absorb(following.drain());
  const counts = (text: string) => leading.part(text)?.sink.figure('count', 0);
  assert.deepEqual([counts('http_reqs'), counts('http_reqs{name:a}'), counts('orders'), counts('data_sent')], [4, 3, 1, 7]);
  const [checks, others] = [new Checks(), new Checks()];
  others.hear('checks', 1, { group: '::shop' }, { check: 'open' });
  others.hear('group_duration', 1, { group: '::empty' }, undefined);
  checks.hear('checks', 0, { group: '::shop' }, { check: 'open' });
  checks.absorb(structuredClone(others.drain()));
  checks.absorb(others.drain());
  assert.deepEqual(
    checks.root.groups.map(({ name, checks: [check] }) => [name, check?.passes, check?.fails]),
    [
      ['shop', 1, 1],
      ['empty', undefined, undefined],
    ],
  );
});

test('a part of a metric gathers what has all of its tags, from either layer', () => {
  const store = new MetricStore();
  const login = store.part('http_req_duration{name:login,scenario:buyers}');
  store.sample('http_req_duration', 5, { scenario: 'buyers' }, { name: 'login' });
  store.sample('http_req_duration', 7, { scenario: 'buyers' }, { name: 'search' });
  store.sample('http_req_duration', 9, { scenario: 'others' }, { name: 'login' });
  store.sample('http_req_duration', 11, { scenario: 'buyers', name: 'login' });
  assert.equal(login?.sink.figure('count', 0), 2);
  assert.equal(store.part('http_req_duration')?.sink.figure('count', 0), 4);
  assert.equal(store.part('nothing{a:b}'), undefined);
});

test('selectors may quote, and a group may hold the separator', () => {
  assert.deepEqual(parseMetricSelector('checks{"check":"is there"}')?.tags, { check: 'is there' });
  assert.deepEqual(parseMetricSelector("a{group:::shop::cart, kind: 'x'}")?.tags, { group: '::shop::cart', kind: 'x' });
  assert.equal(parseMetricSelector('a{b'), undefined);
});

test('a metric of the script is defined once, and not twice in different ways', () => {
  const store = new MetricStore();
  store.define('carts', 'counter', false);
  store.define('carts', 'counter', false);
  assert.throws(() => store.define('carts', 'trend', false), /already exists but with type counter/);
  assert.throws(() => store.define('http_req_duration', 'trend', false), /already exists/);
  assert.throws(() => store.sample('unknown', 1, {}), /no metric 'unknown'/);
});

test('thresholds on no such metric, or of the wrong kind, are told before anything runs', () => {
  const store = new MetricStore();
  const of = (threshold: string) => [{ threshold, abortOnFail: false }];
  const problems = thresholdProblems(
    { http_reqs: of('p(95)<5'), nothing: of('rate<1'), checks: of('rate>>1'), http_req_duration: of('p(95)<5'), 'a{': of('x') },
    store,
  );
  assert.equal(problems.length, 4);
  assert.match(problems[0] ?? '', /'http_reqs': a counter has no p\(95\), it has count, rate/);
  assert.match(problems[1] ?? '', /no metric 'nothing'/);
  assert.match(problems[2] ?? '', /'rate>>1' cannot be read/);
  assert.match(problems[3] ?? '', /not a metric/);
});

test('thresholds are judged on what was sampled; only those that may, end a test, and not before their time', () => {
  const store = new MetricStore();
  const thresholds = new Thresholds(
    {
      'checks{part:a}': [{ threshold: 'rate>0.5', abortOnFail: true, delayAbortEval: { ms: 5000 } }],
      http_reqs: [{ threshold: 'count<2', abortOnFail: false }],
    },
    store,
  );
  assert.equal(thresholds.aborting(60_000), undefined);
  store.sample('checks', 0, {}, { part: 'a' });
  for (let index = 0; index < 3; index += 1) store.sample('http_reqs', 1, {});
  assert.equal(thresholds.aborting(4999), undefined);
  assert.equal(thresholds.aborting(5000)?.text, 'rate>0.5');
  assert.deepEqual(
    thresholds.judge(1000).map(({ text, ok, value }) => [text, ok, value]),
    [
      ['rate>0.5', false, 0],
      ['count<2', false, 3],
    ],
  );
});

test('checks are counted in the tree of their groups', () => {
  const checks = new Checks();
  checks.hear('checks', 1, {}, { check: 'top' });
  checks.hear('checks', 1, { group: '::shop::cart' }, { check: 'deep' });
  checks.hear('checks', 0, { group: '::shop::cart' }, { check: 'deep' });
  checks.hear('http_reqs', 1, { group: '::other' }, undefined);
  const [shop, ...more] = checks.root.groups;
  assert.equal(more.length, 0);
  assert.equal(checks.root.checks[0]?.path, '::top');
  assert.deepEqual(
    shop?.groups[0]?.checks.map(({ name, path, passes, fails }) => [name, path, passes, fails]),
    [['deep', '::shop::cart::deep', 1, 1]],
  );
});
