import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVERYTHING } from '../../../runners/agent/channel.ts';
import { judgeReset } from '../../../runners/agent/operations/reset.ts';
import { resetRules } from '../../../runners/agent/packet-rules.ts';
import { socketFilter } from '../../../runners/agent/socket-killer.ts';

function socket(localPort: number) {
  return { local: '10.0.0.1', localPort, peer: '10.0.0.2', peerPort: 80, bytesSent: 0, bytesAcked: 0, roundTripMs: undefined };
}

test('rules of a reset let resets themselves pass, and answer every other TCP packet of the channel', () => {
  for (const family of [4, 6] as const) {
    const rules = resetRules(family, 'T', { ...EVERYTHING, protocol: 'tcp' });
    assert.ok(rules.indexOf('--tcp-flags RST RST -j RETURN') < rules.indexOf('REJECT'));
    assert.equal(rules.match(/-p tcp -j REJECT --reject-with tcp-reset/g)?.length, 2);
  }
});

test('the connections that the kernel is asked to end are those of the channel, never loopback’s', () => {
  assert.equal(socketFilter(EVERYTHING).join(' '), 'not dst 127.0.0.0/8 and not dst [::1]');
  assert.equal(
    socketFilter({ ...EVERYTHING, addresses: ['10.0.0.0/8', 'fd00::/64'], ports: [80], spare: ['10.0.0.1'] }).join(' '),
    'not dst 127.0.0.0/8 and not dst [::1] and not dst 10.0.0.1 and ( dst 10.0.0.0/8 or dst [fd00::]/64 ) and ( sport = :80 or dport = :80 )',
  );
});

test('a reset is proven when something was reset and no connection of before is open', () => {
  const seen = { answered: 3, killed: 0, openBefore: [socket(1), socket(2)], open: [socket(9)] };
  assert.deepEqual(judgeReset(seen).facts, { matchedPackets: 3, resetConnections: 2 });
  assert.equal(judgeReset(seen).proven, true);
  assert.equal(judgeReset({ ...seen, answered: 0, killed: 2 }).proven, true);
});

test('a reset is not proven while a connection is still open, nor where nothing was reset', () => {
  const left = judgeReset({ answered: 3, killed: 0, openBefore: [socket(1), socket(2)], open: [socket(2)] });
  assert.deepEqual([left.proven, /1 of 2 connections are still open/.test(left.evidence)], [false, true]);
  assert.equal(judgeReset({ answered: 0, killed: 0, openBefore: [socket(1)], open: [] }).proven, false);
});
