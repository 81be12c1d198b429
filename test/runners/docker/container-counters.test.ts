import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countedOf } from '../../../runners/docker/container-counters.ts';

/** In the form of the engine's answer. */
function answer(memory: object, more: object = {}) {
  return {
    read: '2026-01-31T12:00:00.25Z',
    cpu_stats: {
      cpu_usage: { total_usage: 2_500_000_000 },
      throttling_data: { periods: 9, throttled_periods: 3, throttled_time: 1_500_000 },
    },
    memory_stats: { limit: 67_108_864, ...memory },
    networks: { eth0: { rx_bytes: 100, tx_bytes: 7 }, eth1: { rx_bytes: 20, tx_bytes: 1 } },
    ...more,
  };
}

test('both versions of control groups come to the same, in milliseconds and bytes', () => {
  const expected = {
    takenAtMs: Date.parse('2026-01-31T12:00:00.250Z'),
    cpuMs: 2500,
    throttledMs: 1.5,
    memoryBytes: 9_000_000,
    memoryLimitBytes: 67_108_864,
    receivedBytes: 120,
    sentBytes: 8,
  };
  const version1 = { usage: 10_000_000, stats: { total_inactive_file: 1_000_000, inactive_file: 400_000 } };
  assert.deepEqual(countedOf(answer(version1)), expected);
  assert.deepEqual(countedOf(answer({ usage: 10_000_000, stats: { inactive_file: 1_000_000, anon: 5 } })), expected);
});

test('what a kernel or a network mode does not count is 0', () => {
  const { throttledMs, receivedBytes, memoryBytes } = countedOf(
    answer({ usage: 5 }, { networks: undefined, cpu_stats: { cpu_usage: { total_usage: 1 } } }),
  ) ?? { throttledMs: -1, receivedBytes: -1, memoryBytes: -1 };
  assert.deepEqual([throttledMs, receivedBytes, memoryBytes], [0, 0, 5]);
});

test('a container that does not run has no memory in use, and nothing is counted', () => {
  const stopped = { read: '0001-01-01T00:00:00Z', cpu_stats: { cpu_usage: { total_usage: 0 } }, memory_stats: {}, networks: undefined };
  assert.equal(countedOf(stopped), undefined);
});

test('an answer of another kind is refused', () => {
  assert.throws(() => countedOf({ message: 'no such thing' }));
});
