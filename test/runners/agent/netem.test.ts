import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVERYTHING } from '../../../runners/agent/channel.ts';
import { countedIn } from '../../../runners/agent/impair-netem.ts';
import { ifbLines, inTheWay, netemLines, netemRemoval, oursAmong, type Qdisc } from '../../../runners/agent/netem.ts';

const TAG = 'FIREDRILL-1a2b3c4d';
const ETH0 = { index: 7, name: 'eth0' };
const NOQUEUE: Qdisc = { kind: 'noqueue', handle: '0:', dev: 'eth0', root: true };
const OURS: readonly Qdisc[] = [
  { kind: 'prio', handle: '789a:', dev: 'eth0', root: true },
  { kind: 'netem', handle: '789b:', dev: 'eth0', packets: 90, drops: 10, qlen: 2 },
];

test('what is sent on the channel goes to a band of its own, by address, protocol and port of either family', () => {
  const channel = { ...EVERYTHING, addresses: ['10.0.0.2', 'fd00::2'], ports: [53], protocol: 'udp', direction: 'out' } as const;
  assert.equal(
    netemLines({ tag: TAG, channel, netem: 'delay 100ms', devices: [ETH0] }),
    `qdisc add dev eth0 root handle 789a: prio bands 4 priomap 1 2 2 2 1 2 0 0 1 1 1 1 1 1 1 1
qdisc add dev eth0 parent 789a:4 handle 789b: netem delay 100ms
filter add dev eth0 parent 789a: protocol ip prio 1 u32 match ip dst 10.0.0.2 match ip protocol 17 0xff match ip sport 53 0xffff flowid 789a:4
filter add dev eth0 parent 789a: protocol ip prio 1 u32 match ip dst 10.0.0.2 match ip protocol 17 0xff match ip dport 53 0xffff flowid 789a:4
filter add dev eth0 parent 789a: protocol ipv6 prio 2 u32 match ip6 dst fd00::2 match ip6 protocol 17 0xff match ip6 sport 53 0xffff flowid 789a:4
filter add dev eth0 parent 789a: protocol ipv6 prio 2 u32 match ip6 dst fd00::2 match ip6 protocol 17 0xff match ip6 dport 53 0xffff flowid 789a:4
`,
  );
});

test('what is received goes through an ifb that bears the number of its device', () => {
  const setup = { tag: TAG, channel: { ...EVERYTHING, direction: 'in' }, netem: 'loss random 1%', devices: [ETH0] } as const;
  assert.equal(ifbLines(setup), 'link add fd1a2b3c4d7 type ifb\nlink set fd1a2b3c4d7 up\n');
  const lines = netemLines(setup);
  assert.match(lines, /^qdisc add dev fd1a2b3c4d7 root handle 789b: netem loss random 1%\nqdisc add dev eth0 handle ffff: ingress\n/);
  assert.match(lines, /parent ffff: protocol ip prio 1 u32 match u32 0 0 flowid 1:1 action mirred egress redirect dev fd1a2b3c4d7/);
  assert.equal(ifbLines({ ...setup, channel: { ...EVERYTHING, direction: 'out' } }), '');
});

test('spared addresses, which its filters cannot tell apart, are refused', () => {
  const channel = { ...EVERYTHING, spare: ['10.0.0.0/8'] };
  assert.throws(() => netemLines({ tag: TAG, channel, netem: '', devices: [ETH0] }), /cannot spare/);
});

test('a queueing discipline that somebody set is in the way, and the kernel’s own is not', () => {
  const theirs = { kind: 'tbf', handle: '8001:', dev: 'eth0', root: true };
  assert.equal(inTheWay([NOQUEUE], 'eth0', 'both'), undefined);
  assert.match(inTheWay([theirs], 'eth0', 'out') ?? '', /eth0 has a queueing discipline already \(tbf 8001:\)/);
  assert.equal(inTheWay([theirs], 'eth0', 'in'), undefined);
  assert.equal(inTheWay([theirs], 'eth1', 'out'), undefined);
  assert.match(inTheWay([{ kind: 'clsact', handle: 'ffff:', dev: 'eth0' }], 'eth0', 'in') ?? '', /filters on what it receives/);
});

test('the removal takes what bears our names, and the ingress of a device that an ifb of ours serves', () => {
  const ingress = [ETH0, { index: 9, name: 'eth1' }].map(({ name: dev }) => ({ kind: 'ingress', handle: 'ffff:', dev }));
  const devices = [ETH0, { index: 9, name: 'eth1' }, { index: 11, name: 'fd1a2b3c4d7' }, { index: 12, name: 'fd99999999' }];
  assert.deepEqual(netemRemoval([...OURS, ...ingress], devices, TAG), {
    tc: 'qdisc del dev eth0 root\nqdisc del dev eth0 ingress\n',
    ip: 'link del fd1a2b3c4d7\n',
  });
  assert.deepEqual(netemRemoval([NOQUEUE, ...ingress], [ETH0], TAG), { tc: '', ip: '' });
});

test('netem’s own counters tell what was taken, lost and held', () => {
  assert.partialDeepStrictEqual(countedIn(oursAmong(OURS, TAG)), { taken: 102, passed: 90, held: 2, told: undefined });
  assert.deepEqual(oursAmong(OURS, 'FIREDRILL-00000001'), []);
});
