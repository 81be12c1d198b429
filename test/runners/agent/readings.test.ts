/** What the agent reads of the kernel and the engine, and what it makes of clocks, addresses and keys. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseKeys } from '../../../runners/agent/application/key-choice.ts';
import { contains } from '../../../runners/agent/cidr.ts';
import { clockOffset } from '../../../runners/agent/clock-offset.ts';
import { freeQueue, parseQueues } from '../../../runners/agent/impairer.ts';
import { pendingReplies } from '../../../runners/agent/replies.ts';
import { freezerPath, saysFrozen } from '../../../runners/agent/target-state.ts';
import { gatewayIn } from '../../../runners/agent/whereabouts.ts';

test('the gateway is that of the default route', () => {
  const header = 'Iface\tDestination\tGateway \tFlags\n';
  assert.equal(gatewayIn(`${header}eth0\t000011AC\t00000000\t0001\neth0\t00000000\t010011AC\t0003\n`), '172.17.0.1');
  assert.equal(gatewayIn(`${header}eth0\t000011AC\t00000000\t0001\n`), undefined);
});

test('queues in use are passed over', () => {
  assert.deepEqual(parseQueues('10005   4242     0 2 65535     0     0       12  1\n'), [{ number: 10005, queued: 12 }]);
  assert.deepEqual(parseQueues(''), []);
  assert.equal(freeQueue([], 5), 10_005);
  assert.equal(freeQueue([10_005, 10_006], 5), 10_007);
  assert.equal(freeQueue([59_999], 49_999), 10_000);
});

test('the freezer is found in either version of control groups', () => {
  assert.equal(freezerPath('9:pids:/docker/a\n6:freezer:/docker/a\n0::/docker/a\n'), '/sys/fs/cgroup/freezer/docker/a/freezer.state');
  assert.equal(freezerPath('0::/system.slice/docker-a.scope\n'), '/sys/fs/cgroup/system.slice/docker-a.scope/cgroup.events');
  assert.deepEqual(['FROZEN\n', 'THAWED\n', 'FREEZING\n', 'populated 1\nfrozen 1\n', 'populated 1\nfrozen 0\n'].map(saysFrozen), [
    true,
    false,
    false,
    true,
    false,
  ]);
});

test('CIDRs and single addresses of both families hold what is in them', () => {
  assert.equal(contains(['10.0.0.0/24', 'fd00::/64'], '10.0.0.200'), true);
  assert.equal(contains(['10.0.0.0/24', 'fd00::/64'], 'fd00::5'), true);
  assert.equal(contains(['10.0.0.1'], '10.0.0.2'), false);
  assert.equal(contains(['not an address'], '10.0.0.2'), false);
});

test('a choice of keys is exact, the same for the same seed in any order, and another for another seed', () => {
  const keys = Array.from({ length: 1000 }, (_, index) => Buffer.from(`video:${index}`));
  const chosen = (from: readonly Buffer[], seed: number) => chooseKeys(from, 0.8, seed).chosen.map(String).sort();
  assert.equal(chosen(keys, 1).length, 800);
  assert.deepEqual(chosen(keys, 1), chosen(keys.toReversed(), 1));
  assert.notDeepEqual(chosen(keys, 1), chosen(keys, 2));
  assert.deepEqual(chooseKeys([], 0.8, 1), { matched: 0, chosen: [] });
});

test('clocks that a round trip cannot tell apart are taken for one', () => {
  const offset = clockOffset();
  offset.observe(1_000n, 1_900n, 2_000n);
  assert.equal(offset.offsetNs(), 0n);
  assert.equal(offset.errorNs(), 0n);
});

test('the offset of another clock is narrowed by every round trip, and its error told', () => {
  const offset = clockOffset();
  offset.observe(0n, 5_000_100n, 1_000n);
  assert.deepEqual([offset.offsetNs(), offset.errorNs()], [4_999_600n, 500n]);
  offset.observe(10_000n, 5_010_100n, 10_200n);
  assert.deepEqual([offset.offsetNs(), offset.errorNs()], [5_000_000n, 100n]);
});

test('clocks that drifted apart go by the latest round trip', () => {
  const offset = clockOffset();
  offset.observe(0n, 5_000_000n, 10n);
  offset.observe(100n, 6_000_000n, 110n);
  assert.equal(offset.offsetNs(), 5_999_895n);
});

test('replies find their requests, and all that wait fail when the agent is gone', async () => {
  const replies = pendingReplies();
  const first = replies.expect(60_000);
  const second = replies.expect(60_000);
  assert.notEqual(first.id, second.id);
  replies.settle({ id: first.id, ok: false, error: 'no' });
  assert.deepEqual(await first.answered, { id: first.id, ok: false, error: 'no' });
  replies.failAll('the agent ended');
  await assert.rejects(second.answered, /the agent ended/);
  await assert.rejects(replies.expect(60_000).answered, /the agent ended/);
});
