/**
 * What somebody else has set is theirs: rules, sets, tables, queueing disciplines, limits and pauses in the very namespaces and control
 * groups that a fault works in are the same, byte for byte, once it is undone, and once it is swept by someone who knows nothing of it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type Docker from 'dockerode';
import { ensureImages, tagOf } from '../../runners/docker/images.ts';
import { containerPause } from '../../runners/faults/container-pause.ts';
import { cpuThrottle } from '../../runners/faults/cpu-throttle.ts';
import type { Fault } from '../../runners/faults/fault.ts';
import { ioThrottle } from '../../runners/faults/io-throttle.ts';
import { networkBandwidth } from '../../runners/faults/network-bandwidth.ts';
import { networkBlackout } from '../../runners/faults/network-blackout.ts';
import { networkLatency } from '../../runners/faults/network-latency.ts';
import { networkReset } from '../../runners/faults/network-reset.ts';
import { type Actor, AGENT_IMAGE, inside, openStage, STAGE_LABEL, type Stage, seenBy, until } from '../helpers/agent-stage.ts';
import { HANDS } from '../helpers/checker-plants.ts';
import { drill } from '../helpers/fault-drill.ts';
import { setRulesOfSomebody } from '../helpers/somebody.ts';
import { checkerImage } from '../torture/checker/image.ts';

const STAGE = 'foreign-settings';

const NETWORK = `
ipset create somebody hash:ip && ipset add somebody 192.0.2.9 && ipset create firedrillish hash:net family inet6
nft 'add table inet somebody; add set inet somebody blocked { type ipv4_addr; elements = { 192.0.2.1 }; }'
nft 'add chain inet somebody out { type filter hook output priority 5; }; add rule inet somebody out ip daddr @blocked drop'
tc qdisc add dev eth0 root handle 7: htb default 1 && tc class add dev eth0 parent 7: classid 7:1 htb rate 500mbit quantum 60000
tc filter add dev eth0 parent 7: protocol ip u32 match ip dport 81 0xffff flowid 7:1 && tc qdisc add dev eth0 ingress
ip route add blackhole 192.0.2.0/28 && ip neigh add 192.0.2.77 lladdr 02:00:00:00:00:77 nud permanent dev eth0`;
const SEE_NETWORK = `
iptables-nft-save; ip6tables-nft-save; nft --stateless --handle list ruleset 2>/dev/null; ipset save; tc qdisc show
for d in eth0 lo; do tc class show dev $d; tc filter show dev $d; tc filter show dev $d ingress; done
ip route show table all; ip neigh show nud permanent`;
/** The control groups of a process, of version 1 or 2, as \`$cpu\`, \`$blkio\` and \`$freezer\`. */
const groupsOf = (pid: number) => `
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then cpu=/sys/fs/cgroup$(cut -d: -f3 /proc/${pid}/cgroup); blkio=$cpu; freezer=$cpu
else for c in cpu blkio freezer; do eval "$c=/sys/fs/cgroup/$c$(grep -E ":$c[:,]" /proc/${pid}/cgroup | cut -d: -f3)"; done; fi`;

let stage: Stage;
let hands: Docker.Container;
let talker: Actor;
let limited: Actor;
let frozen: Actor;

const onHost = (script: string) => inside(stage.docker, hands, ['sh', '-c', script]);
const pidOf = async ({ container }: Actor) => (await container.inspect()).State.Pid;

/** Everything that can be set in the namespaces and control groups of an actor, as the kernel tells it; counters and times of reading aside. */
async function seen(actor: Actor): Promise<string> {
  const pid = await pidOf(actor);
  const network = await onHost(`nsenter --target ${pid} --net -- sh -c '${SEE_NETWORK}'`);
  const groups = await onHost(
    `${groupsOf(pid)}\nfor f in $cpu/cpu.* $blkio/blkio.throttle.*_device $blkio/io.max $freezer/freezer.state $freezer/cgroup.freeze; do case $f in *.stat|*.stat.local|*pressure*) ;; *) echo $f; cat $f;; esac; done 2>/dev/null`,
  );
  return `${network}${groups}`.replaceAll(/\[\d+:\d+\]/g, '').replaceAll(/^#.*\n/gm, '');
}

before(async () => {
  stage = await openStage(STAGE);
  await ensureImages(stage.docker, { recipes: [checkerImage], environment: process.env, log: () => {} });
  hands = await stage.docker.createContainer({
    Image: tagOf(checkerImage),
    Entrypoint: ['sleep', '600'],
    StopTimeout: 0,
    Labels: { [STAGE_LABEL]: STAGE },
    HostConfig: HANDS,
  });
  await hands.start();
  talker = await stage.talker('talker', await stage.echo('echo'));
  [limited, frozen] = await Promise.all(
    ['limited', 'frozen'].map((name) =>
      stage.start(name, { Image: AGENT_IMAGE, Entrypoint: ['sleep', '600'], HostConfig: { CpuPeriod: 100_000, CpuQuota: 90_000 } }),
    ),
  ).then(([one, other]) => (one && other ? [one, other] : assert.fail()));
  await until('it talks', () => seenBy(talker, 'udp', 0).length > 3);
  // The first rule ever set makes tables, which stay; they are there before anything is compared.
  for (const { fault, settings, on } of CASES) await playOnce(fault, settings, on());
  await setRulesOfSomebody(stage.docker, talker.container);
  assert.equal(await onHost(`nsenter --target ${await pidOf(talker)} --net -- sh -c "${NETWORK.replaceAll('"', '\\"')}"`), '');
  const weight = 'if [ -e $cpu/cpu.weight ]; then echo 50 > $cpu/cpu.weight; else echo 512 > $cpu/cpu.shares; fi';
  assert.equal(await onHost(`${groupsOf(await pidOf(limited))}\n${weight}`), '');
  await frozen.container.pause();
});

after(async () => {
  await frozen?.container.unpause().catch(() => {});
  await stage?.remove();
});

interface Case {
  readonly fault: Fault;
  readonly settings: object;
  readonly on: () => Actor;
}

const CASES: readonly Case[] = [
  { fault: networkBlackout, settings: {}, on: () => talker },
  { fault: networkLatency, settings: { delay: '50ms' }, on: () => talker },
  { fault: networkBandwidth, settings: { rate: '1mbit' }, on: () => talker },
  { fault: networkReset, settings: {}, on: () => talker },
  { fault: cpuThrottle, settings: { cpus: 0.1 }, on: () => limited },
  { fault: ioThrottle, settings: { 'write-bytes': '1MiB' }, on: () => limited },
  { fault: containerPause, settings: {}, on: () => limited },
];

async function playOnce(fault: Fault, settings: object, actor: Actor): Promise<string> {
  const playing = await drill(stage, fault, settings, [actor]);
  try {
    await playing.breakIt(500);
    return await seen(actor);
  } finally {
    await playing.mend();
    await playing.leave();
  }
}

test('somebody has set everything that is looked at', async () => {
  const [network, groups] = await Promise.all([seen(talker), seen(limited)]);
  for (const theirs of [/FIREDRILLISH/, /create somebody/, /@blocked drop/, /class htb 7:1/, /blackhole/, /192\.0\.2\.77/])
    assert.match(network, theirs);
  assert.match(groups, /cpu\.(shares\n512|weight\n50)/);
});

for (const { fault, settings, on } of CASES) {
  test(`${fault.name}, injected and undone, leaves what is somebody else's as it was, byte for byte`, async () => {
    const theirs = await seen(on());
    assert.notEqual(await playOnce(fault, settings, on()), theirs, 'it has set something of its own');
    assert.equal(await seen(on()), theirs);
  });

  test(`${fault.name}, swept by one who knows nothing of how it was found, leaves what is somebody else's as it was`, async () => {
    const theirs = await seen(on());
    const playing = await drill(stage, fault, settings, [on()]);
    await playing.breakIt(500);
    assert.notEqual(await seen(on()), theirs, 'it has set something of its own');
    assert.ok(await playing.loseAgent(), 'the sweep is clean');
    assert.equal(await seen(on()), theirs);
  });
}

test('what somebody else has paused is still paused', async () => {
  assert.equal((await frozen.container.inspect()).State.Paused, true);
});
