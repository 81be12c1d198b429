import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperationResult } from '../../../runners/agent/protocol.ts';
import type { Fault, FaultContext } from '../../../runners/faults/fault.ts';
import { networkCorrupt } from '../../../runners/faults/network-corrupt.ts';
import { networkDuplicate } from '../../../runners/faults/network-duplicate.ts';
import { networkLatency } from '../../../runners/faults/network-latency.ts';
import { networkLoss } from '../../../runners/faults/network-loss.ts';
import { networkReorder } from '../../../runners/faults/network-reorder.ts';
import { plannedTarget as target } from '../../helpers/planned-target.ts';

const PRIMARY = target('primary', '10.0.9.1');
const CONTEXT: FaultContext = { targets: [target('a', '10.0.0.1')], select: () => [PRIMARY], seed: 42 };
const BUFFER_BYTES = 64 * 1024 * 1024;

function planned(fault: Fault, settings: object) {
  const { operations, effects } = fault.plan(settings, CONTEXT);
  const [operation] = operations;
  assert.ok(operation?.op === 'impair');
  return { operation, effect: operation.effect, says: effects[0] ?? '' };
}

test('a latency goes to the addresses of the other end, which is named as touched, and is limited', () => {
  const settings = { delay: '20s', to: 'primary', ports: [5432], direction: 'out' };
  assert.deepEqual(planned(networkLatency, settings).operation, {
    op: 'impair',
    container: { id: 'id-a', name: 'a' },
    channel: { addresses: ['10.0.9.1'], ports: [5432], protocol: 'any', direction: 'out', spare: [] },
    effect: { kind: 'delay', delayMs: 20_000, jitterMs: 0, distribution: 'uniform', correlation: 0, bufferBytesMax: BUFFER_BYTES },
    mechanism: 'auto',
  });
  assert.deepEqual(networkLatency.plan(settings, CONTEXT).alsoTouched, [PRIMARY]);
  assert.throws(() => networkLatency.plan({ delay: '21s' }, CONTEXT), /between 1ms and 20s/);
  assert.throws(() => networkLatency.plan({ delay: '10ms', jitter: '20ms' }, CONTEXT), { code: 'jitter-too-large' });
});

test('what a latency varies by is told, and a distribution of nothing is refused', () => {
  const { effect, says } = planned(networkLatency, { delay: '100ms', jitter: '20ms', distribution: 'pareto', correlation: '25%' });
  assert.partialDeepStrictEqual(effect, { jitterMs: 20, distribution: 'pareto', correlation: 0.25 });
  assert.match(says, /^a: what it sends and receives is 100ms ± 20ms \(pareto\) late; 64 MiB are held back at most$/);
  assert.throws(() => networkLatency.plan({ delay: '100ms', distribution: 'normal' }, CONTEXT), { code: 'no-jitter' });
});

test('latency tells the least of what was measured, and the sum of what was seen', () => {
  const results = [510, 503].map(
    (measuredDelayMs): OperationResult => ({
      container: 'a',
      ok: true,
      atNs: '0',
      tookMs: 1,
      facts: { measuredDelayMs, matchedPackets: 10, overflowedPackets: 0 },
    }),
  );
  assert.deepEqual(networkLatency.judgeProof({ delay: '500ms' }, results).facts, {
    measuredDelayMs: 503,
    matchedPackets: 20,
    overflowedPackets: 0,
  });
});

test('shares are over 0% and up to 100%, and end as numbers', () => {
  assert.deepEqual(planned(networkDuplicate, { share: '0.1%' }).effect, { kind: 'duplicate', share: 0.001 });
  assert.match(planned(networkDuplicate, { share: '100%', direction: 'in' }).says, /receives has 100% of its packets doubled/);
  for (const share of ['0%', '0.000%', '101%', '5', '-5%', '5 %', '']) {
    assert.throws(() => networkLoss.plan({ share }, CONTEXT), share);
  }
});

test('bursts that cannot make up the share are refused with what would', () => {
  assert.deepEqual(planned(networkLoss, { share: '10%', burst: 5 }).effect, { kind: 'loss', share: 0.1, burst: 5 });
  assert.throws(() => networkLoss.plan({ share: '80%', burst: 3 }, CONTEXT), { code: 'burst-too-short', hint: 'Write at least: burst: 4' });
  assert.throws(() => networkLoss.plan({ share: '100%', burst: 10_000 }, CONTEXT), { code: 'burst-too-short' });
});

test('checksums are made to fit where there are any, and by the mechanism that can', () => {
  assert.deepEqual(planned(networkCorrupt, { share: '5%', checksum: 'fix' }).effect, { kind: 'corrupt', share: 0.05, checksum: 'fix' });
  for (const more of [{ protocol: 'icmp' }, { mechanism: 'netem' }]) {
    assert.throws(() => networkCorrupt.plan({ share: '5%', checksum: 'fix', ...more }, CONTEXT), { code: 'checksum-cannot-fit' });
  }
});

test('packets out of order are held back for a while that is limited', () => {
  assert.deepEqual(planned(networkReorder, { share: '5%' }).effect, {
    kind: 'reorder',
    share: 0.05,
    byMs: 20,
    bufferBytesMax: BUFFER_BYTES,
  });
  assert.throws(() => networkReorder.plan({ share: '5%', by: '6s' }, CONTEXT), /1ms to 5s/);
});
