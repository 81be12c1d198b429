import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hotKey } from '../../../../probes/slo/spread/hot-key.ts';
import { COUNTERS_MAX, SpaceSaving } from '../../../../probes/slo/spread/space-saving.ts';
import { randomFrom } from '../../../helpers/random.ts';
import { near } from './drawn.ts';

/** Keys drawn by Zipf's law with exponent 1 among `kinds`, and their true counts. */
function zipf(seed: number, count: number, kinds: number) {
  const random = randomFrom(seed);
  const truth = new Map<string, number>();
  const stream = Array.from({ length: count }, () => {
    const name = `key-${Math.floor((kinds + 1) ** random())}`;
    truth.set(name, (truth.get(name) ?? 0) + 1);
    return name;
  });
  return { stream, truth };
}

function summaryOf(stream: readonly string[], capacity: number): SpaceSaving {
  const summary = new SpaceSaving(capacity);
  for (const name of stream) summary.add(name);
  return summary;
}

/** All that Space-Saving promises. */
function assertBounds(summary: SpaceSaving, truth: ReadonlyMap<string, number>): void {
  const kept = new Map(summary.keys().map((key) => [key.name, key]));
  assert.ok(kept.size <= summary.capacity);
  assert.ok(summary.floor <= summary.total / summary.capacity);
  for (const [name, count] of truth) {
    const key = kept.get(name);
    if (!key) assert.ok(count <= summary.floor, `${name}: ${count} > ${summary.floor}`);
    else assert.ok(key.count - key.error <= count && count <= key.count && key.error <= summary.floor, `${name}: ${count}`);
  }
}

describe('Space-Saving', () => {
  it('lets a key without a counter take over the least one with its count as error (Metwally 2005, section 3, worked by hand)', () => {
    const summary = summaryOf(['x', 'y', 'y', 'z'], 2);
    assert.deepEqual(summary.keys(), [
      { name: 'y', count: 2, error: 0 },
      { name: 'z', count: 2, error: 1 },
    ]);
  });

  it('is exact while there is room for one key more', () => {
    const { stream, truth } = zipf(1, 5000, 40);
    const summary = summaryOf(stream, 41);
    assert.deepEqual(
      new Map(summary.keys().map(({ name, count }) => [name, count])),
      new Map([...truth].sort((one, other) => other[1] - one[1])),
    );
    assert.equal(summary.floor, 0);
  });

  it('keeps each key within its error, and each error within total / capacity, on skewed and even streams', () => {
    for (const capacity of [1, 2, 7, 50, 200]) {
      for (const kinds of [10, 1000, 1_000_000]) {
        const { stream, truth } = zipf(capacity * kinds, 4000, kinds);
        assertBounds(summaryOf(stream, capacity), truth);
      }
    }
    const even = Array.from({ length: 4000 }, (_, index) => `key-${index % 101}`);
    assertBounds(summaryOf(even, 100), new Map(Array.from({ length: 101 }, (_, index) => [`key-${index}`, index < 61 ? 40 : 39])));
  });

  it('never misses a key above total / capacity, although it comes last', () => {
    const stream = Array.from({ length: 9900 }, (_, index) => `once-${index}`).concat(Array.from({ length: 101 }, () => 'hot'));
    assert.ok(
      summaryOf(stream, 100)
        .keys()
        .some(({ name }) => name === 'hot'),
    );
  });

  it('counts many at once as it counts them one by one', () => {
    const one = new SpaceSaving(3);
    for (const [name, count] of [
      ['x', 5],
      ['y', 2],
      ['z', 9],
      ['w', 4],
    ] as const)
      one.add(name, count);
    assert.deepEqual(one.keys(), [
      { name: 'z', count: 9, error: 0 },
      { name: 'w', count: 6, error: 2 },
      { name: 'x', count: 5, error: 0 },
    ]);
    assert.equal(one.total, 20);
  });

  it('keeps its bounds when summaries are merged, in whatever order, and when counting goes on after it', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const { stream, truth } = zipf(seed, 6000, 3000);
      const parts = [stream.slice(0, 1000), stream.slice(1000, 1100), stream.slice(1100, 4500)].map((part, index) =>
        summaryOf(part, 30 + index),
      );
      const [first, second, third] = parts as [SpaceSaving, SpaceSaving, SpaceSaving];
      const late = stream.slice(4500);
      for (const merged of [first.merge(second).merge(third), third.merge(first.merge(second)), second.merge(third).merge(first)]) {
        for (const name of late) merged.add(name);
        assert.equal(merged.total, stream.length);
        assertBounds(merged, truth);
      }
    }
  });

  it('merged with an empty one stays as it is', () => {
    const summary = summaryOf(zipf(9, 500, 100).stream, 10);
    assert.deepEqual(summary.merge(new SpaceSaving(10)).keys(), summary.keys());
  });

  it('refuses counts that are none, and capacities that are unbounded', () => {
    const summary = new SpaceSaving(2);
    for (const count of [-1, Number.NaN, Number.POSITIVE_INFINITY]) assert.throws(() => summary.add('x', count), RangeError);
    for (const capacity of [0, 1.5, Number.NaN, COUNTERS_MAX + 1]) assert.throws(() => new SpaceSaving(capacity), RangeError);
    summary.add('x', 0);
    assert.equal(hotKey(summary), undefined);
  });
});

describe('hot-key share', () => {
  it('names the key that takes far more than 1 %, among more keys than are kept', () => {
    const stream = Array.from({ length: 20_000 }, (_, index) => (index % 10 === 0 ? 'hot' : `cold-${index}`));
    const hot = hotKey(summaryOf(stream, 1000));
    assert.equal(hot?.key, 'hot');
    assert.ok(hot.shareAtLeast <= 0.1 && hot.shareAtMost >= 0.1);
    assert.ok(hot.shareAtMost - hot.shareAtLeast <= 1 / 1000);
  });

  it('is 1 where all is in one key, and 1 / n where all n are equal', () => {
    assert.deepEqual(hotKey(summaryOf(['x', 'x'], 4)), { key: 'x', shareAtLeast: 1, shareAtMost: 1 });
    const even = hotKey(summaryOf(['a', 'b', 'c', 'd'], 4));
    near(even?.shareAtLeast, 0.25);
    near(even?.shareAtMost, 0.25);
  });

  it('says what it does not know: where every key comes once and few are kept, bounds and no certainty', () => {
    const once = hotKey(
      summaryOf(
        Array.from({ length: 1000 }, (_, index) => `once-${index}`),
        10,
      ),
    );
    assert.ok(once && once.shareAtLeast <= 1 / 1000 && once.shareAtMost >= 1 / 1000 && once.shareAtMost <= 0.1 + 1 / 1000);
  });

  it('is undefined where nothing was counted', () => {
    assert.equal(hotKey(new SpaceSaving()), undefined);
  });
});
