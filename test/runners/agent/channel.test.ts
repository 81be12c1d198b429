import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Channel, channelRules, EVERYTHING, type Family } from '../../../runners/agent/channel.ts';
import { devicesIn, listenersIn, wordsFor } from '../../../runners/agent/channel-look.ts';
import { canaryOf } from '../../../runners/agent/operations/blackout.ts';

/** The rules of the way out that have to do with the channel, without what is spared. */
function matches(family: Family, channel: Partial<Channel>): readonly string[] {
  const act = { hook: 'OUTPUT', rules: ['-j DROP'] } as const;
  return channelRules(family, { ...EVERYTHING, direction: 'out', ...channel }, { tag: 'T', table: 'filter', out: act, in: act })
    .split('\n')
    .filter((line) => line.startsWith('-A') && !line.endsWith('RETURN'));
}

test('ports are taken from either side, for TCP and UDP, once for all addresses of the family', () => {
  assert.deepEqual(matches(4, { addresses: ['10.0.0.2', '10.1.0.0/16', 'fd00::2'], ports: [5432] }), [
    '-A T-OUT -d 10.0.0.2 -g T-OUT-PORT',
    '-A T-OUT -d 10.1.0.0/16 -g T-OUT-PORT',
    '-A T-OUT-PORT -p tcp -m tcp --dport 5432 -g T-OUT-ACT',
    '-A T-OUT-PORT -p tcp -m tcp --sport 5432 -g T-OUT-ACT',
    '-A T-OUT-PORT -p udp -m udp --dport 5432 -g T-OUT-ACT',
    '-A T-OUT-PORT -p udp -m udp --sport 5432 -g T-OUT-ACT',
    '-A T-OUT-ACT -j DROP',
  ]);
});

test('a protocol, and an interface, narrow the channel', () => {
  assert.deepEqual(matches(4, { protocol: 'tcp', interface: 'eth1' }), [
    '-A T-OUT -o eth1 -g T-OUT-PORT',
    '-A T-OUT-PORT -p tcp -g T-OUT-ACT',
    '-A T-OUT-ACT -j DROP',
  ]);
  assert.ok(matches(6, { protocol: 'icmp' }).includes('-A T-OUT-PORT -p ipv6-icmp -g T-OUT-ACT'));
  assert.equal(matches(4, { protocol: 'udp', ports: [53] }).filter((line) => line.includes('udp')).length, 2);
});

test('with addresses of the other family alone nothing matches', () => {
  assert.deepEqual(
    matches(6, { addresses: ['10.0.0.2'] }).filter((line) => line.startsWith('-A T-OUT ')),
    [],
  );
});

test('loopback is spared unless it is named, and then the engine’s DNS still is', () => {
  const act = { hook: 'INPUT', rules: ['-j DROP'] } as const;
  const rules = (channel: Partial<Channel>) =>
    channelRules(4, { ...EVERYTHING, direction: 'in', ...channel }, { tag: 'T', table: 'filter', out: act, in: act });
  assert.match(rules({}), /-A T-IN -i lo -m mark ! --mark 0x40000000\/0x40000000 -j RETURN/);
  assert.doesNotMatch(rules({ interface: 'lo' }), /-i lo .*-j RETURN/);
  assert.match(rules({ interface: 'lo' }), /-A T-IN -s 127\.0\.0\.11 -j RETURN/);
});

test('IPv6 neighbours go on finding each other', () => {
  const act = { hook: 'OUTPUT', rules: ['-j DROP'] } as const;
  const rules = channelRules(6, EVERYTHING, { tag: 'T', table: 'filter', out: act, in: act });
  for (const type of [135, 136]) assert.match(rules, new RegExp(`-A T-IN -p ipv6-icmp -m icmp6 --icmpv6-type ${type} -j RETURN`));
});

test('arming says of a port that nobody uses that nobody does', () => {
  const listening = listenersIn('tcp LISTEN 0 511 0.0.0.0:7000 0.0.0.0:*\nudp UNCONN 0 0 [::]:7001 [::]:*\n');
  const socket = { local: 'a', localPort: 40_000, peer: 'b', peerPort: 5432, bytesSent: 0, bytesAcked: 0, roundTripMs: undefined };
  const words = (channel: Partial<Channel>) => wordsFor({ ...EVERYTHING, ...channel }, [socket], listening);
  assert.equal(words({ ports: [5432, 7000, 7001] }), '1 connections are open on the channel');
  assert.match(words({ ports: [7001], protocol: 'tcp' }), /on port 7001 it neither listens nor has it a connection/);
  assert.match(words({ ports: [1, 2, 5432] }), /on ports 1, 2 it neither/);
});

test('interfaces are read from what the kernel tells', () => {
  assert.deepEqual(devicesIn('Inter-|   Receive\n face |bytes\n    lo: 1 2\n  eth0:99 1\n'), ['lo', 'eth0']);
});

test('a canary calls the gateway, or a single address of the channel, and nobody where it would disturb or be spared', () => {
  assert.equal(canaryOf(EVERYTHING, '10.0.0.254'), '10.0.0.254');
  assert.equal(canaryOf({ ...EVERYTHING, addresses: ['10.9.0.0/16', '10.0.0.7'] }, '10.0.0.254'), '10.0.0.7');
  assert.equal(canaryOf({ ...EVERYTHING, spare: ['10.0.0.0/24'] }, '10.0.0.254'), undefined);
  assert.equal(canaryOf({ ...EVERYTHING, ports: [80] }, '10.0.0.254'), undefined);
  assert.equal(canaryOf({ ...EVERYTHING, protocol: 'udp' }, '10.0.0.254'), undefined);
});
