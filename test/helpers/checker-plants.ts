/** A leftover of each kind, planted behind the back of whoever should look for it. */
import type Docker from 'dockerode';
import { AGENT_IMAGE, inside, STAGE_LABEL } from './agent-stage.ts';
import { ONLY_VERSION_2 } from './resources.ts';

/** On what a plant starts next to the target; the checker does not count it as left. */
const LABEL = 'firedrill.checker';

export interface Plant {
  readonly kind: string;
  plant(): Promise<unknown>;
  readonly cries: RegExp;
  uproot(): Promise<unknown>;
}

/** Where things are planted: two containers with a file, a volume at /volume and memory at /memory, and hands on the host. */
export interface Garden {
  readonly docker: Docker;
  readonly label: string;
  readonly target: Docker.Container;
  readonly pid: number;
  readonly second: Docker.Container;
  readonly secondPid: number;
  /** A container with the processes of the host in sight. */
  readonly hands: Docker.Container;
  /** The soft limit of descriptors that the target was found with. */
  readonly descriptors: string;
}

/** What the hands may do. */
export const HANDS = {
  PidMode: 'host',
  NetworkMode: 'none',
  CgroupnsMode: 'host',
  CapAdd: ['SYS_ADMIN', 'SYS_PTRACE', 'NET_ADMIN', 'NET_RAW'],
  SecurityOpt: ['apparmor=unconfined', 'seccomp=unconfined'],
  Binds: ['/sys/fs/cgroup:/sys/fs/cgroup'],
};

/** A script that signals every process whose command line begins so; the images have no pgrep. */
export const signal = (name: string, command: string) =>
  `for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline 2>/dev/null | grep -q '^${command}' && kill -${name} \${p#/proc/}; done`;

/** Kinds that leave each other alone, so that they can be planted together; the cry of each is its own. */
export function plantsOf(garden: Garden): readonly Plant[] {
  const onHost = (script: string) => inside(garden.docker, garden.hands, ['sh', '-c', script]);
  const inNetwork = (script: string) => onHost(`nsenter --target ${garden.pid} --net -- sh -c '${script}'`);
  const inTarget = (...command: string[]) => inside(garden.docker, garden.target, command);
  const reach: Reach = { ...garden, onHost, inNetwork, inTarget };
  return [...networkPlants(reach), ...processPlants(reach), ...filePlants(reach), ...enginePlants(reach)];
}

interface Reach extends Garden {
  /** Runs a script with the processes of the host in sight. */
  onHost(script: string): Promise<string>;
  /** Runs a script in the network namespace of the target. */
  inNetwork(script: string): Promise<string>;
  inTarget(...command: string[]): Promise<string>;
}

function networkPlants({ inNetwork, onHost, ...garden }: Reach): readonly Plant[] {
  return [
    {
      kind: 'a chain and a jump, IPv4',
      plant: () => inNetwork('iptables-nft -N FIREDRILL-0c0c0c0c-OUT; iptables-nft -I OUTPUT 1 -j FIREDRILL-0c0c0c0c-OUT'),
      cries: /target: rules IPv4: \+ -A OUTPUT -j FIREDRILL-0c0c0c0c-OUT/,
      uproot: () => inNetwork('iptables-nft -F OUTPUT; iptables-nft -X FIREDRILL-0c0c0c0c-OUT'),
    },
    {
      kind: 'a chain, IPv6',
      plant: () => inNetwork('ip6tables-nft -t mangle -N FIREDRILL-0c0c0c0c-IN'),
      cries: /target: rules IPv6: \+ :FIREDRILL-0c0c0c0c-IN/,
      uproot: () => inNetwork('ip6tables-nft -t mangle -X FIREDRILL-0c0c0c0c-IN'),
    },
    {
      kind: 'a table of nftables',
      plant: () => inNetwork('nft add table inet left; nft add chain inet left behind'),
      cries: /target: nftables: \+ table inet left/,
      uproot: () => inNetwork('nft delete table inet left'),
    },
    {
      kind: 'a set of addresses',
      plant: () => inNetwork('ipset create firedrill-left hash:ip'),
      cries: /target: sets: \+ create firedrill-left/,
      uproot: () => inNetwork('ipset destroy firedrill-left'),
    },
    {
      kind: 'a queueing discipline, a class and a filter',
      plant: () =>
        inNetwork(
          'tc qdisc add dev eth0 root handle fd00: htb; tc class add dev eth0 parent fd00: classid fd00:1 htb rate 1mbit; tc filter add dev eth0 parent fd00: protocol ip u32 match ip dport 80 0xffff flowid fd00:1; tc qdisc add dev eth0 ingress',
        ),
      cries: /qdisc htb[\s\S]*qdisc ingress[\s\S]*target: queueing: \+ ETH class htb fd00:1[\s\S]*target: queueing: \+ ETH filter .*u32/,
      uproot: () => inNetwork('tc qdisc del dev eth0 root; tc qdisc del dev eth0 ingress'),
    },
    {
      kind: 'a route',
      plant: () => inNetwork('ip route add blackhole 192.0.2.0/24'),
      cries: /target: routes: \+ blackhole 192\.0\.2\.0\/24/,
      uproot: () => inNetwork('ip route del blackhole 192.0.2.0/24'),
    },
    {
      kind: 'an address',
      plant: () => inNetwork('ip addr add 192.0.2.9/32 dev lo'),
      cries: /target: addresses: \+ .*192\.0\.2\.9/,
      uproot: () => inNetwork('ip addr del 192.0.2.9/32 dev lo'),
    },
    {
      kind: 'a link that was changed',
      plant: () => inNetwork('ip link set dev eth0 mtu 1400'),
      cries: /target: links: \+ .*mtu 1400/,
      uproot: () => inNetwork('ip link set dev eth0 mtu 1500'),
    },
    {
      kind: 'a neighbour that is set for good',
      plant: () => inNetwork('ip neigh add 192.0.2.77 lladdr 02:00:00:00:00:77 nud permanent dev eth0'),
      cries: /target: permanent neighbours: \+ 192\.0\.2\.77 /,
      uproot: () => inNetwork('ip neigh del 192.0.2.77 dev eth0'),
    },
    {
      kind: 'a setting of the network',
      plant: () => onHost('mount -o remount,rw /proc/sys').then(() => inNetwork('echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet')),
      cries: /target: network settings: \+ .*all\/route_localnet:1/,
      uproot: () => inNetwork('echo 0 > /proc/sys/net/ipv4/conf/all/route_localnet'),
    },
    {
      kind: 'a packet queue that somebody listens on',
      plant: () => startImpairer(garden),
      cries: /target: packet queues: \+ queue 10777/,
      uproot: () => garden.docker.getContainer(IMPAIRER).remove({ force: true }),
    },
  ];
}

/** The path, for a shell on the host, of a file of a process's control group. */
const groupFile = (controller: string, file: string, pid: number) =>
  ONLY_VERSION_2
    ? `/sys/fs/cgroup$(cut -d: -f3 /proc/${pid}/cgroup)/${file}`
    : `/sys/fs/cgroup/${controller}$(grep ':${controller}:' /proc/${pid}/cgroup | cut -d: -f3)/${file}`;

/** What is set in a control group behind the engine's back, how it was, and how the checker calls it. */
const QUOTA = ONLY_VERSION_2
  ? { file: 'cpu.max', theirs: '50000 100000', found: 'max', group: 'unified' }
  : { file: 'cpu.cfs_quota_us', theirs: '50000', found: '-1', group: 'cpu' };
const FREEZER = ONLY_VERSION_2
  ? { file: 'cgroup.freeze', theirs: '1', found: '0', group: 'unified' }
  : { file: 'freezer.state', theirs: 'FROZEN', found: 'THAWED', group: 'freezer' };

function processPlants({ pid, secondPid, onHost, inTarget, descriptors }: Reach): readonly Plant[] {
  return [
    {
      kind: 'a limit in the control group that the engine does not know',
      plant: () => onHost(`echo ${QUOTA.theirs} > ${groupFile('cpu', QUOTA.file, pid)}`),
      cries: new RegExp(`target: control groups: \\+ ${QUOTA.group}/${QUOTA.file} ${QUOTA.theirs}`),
      uproot: () => onHost(`echo ${QUOTA.found} > ${groupFile('cpu', QUOTA.file, pid)}`),
    },
    {
      kind: 'a group below the control group',
      plant: () => onHost(`mkdir ${groupFile('cpu', 'left', pid)}`),
      cries: new RegExp(`target: control groups: \\+ ${QUOTA.group}/left is a group`),
      uproot: () => onHost(`rmdir ${groupFile('cpu', 'left', pid)}`),
    },
    {
      kind: 'a stranger in the control group',
      plant: () => onHost(`sleep 7011 >/dev/null 2>&1 & echo $! > ${groupFile('memory', 'cgroup.procs', pid)}`),
      cries: /target: strangers: \+ sleep 7011/,
      uproot: () => onHost(signal('KILL', 'sleep 7011')),
    },
    {
      kind: 'a helper in the network namespace',
      plant: () => onHost(`nsenter --target ${pid} --net -- sleep 7012 >/dev/null 2>&1 &`),
      cries: /target: strangers: \+ sleep 7012/,
      uproot: () => onHost(signal('KILL', 'sleep 7012')),
    },
    {
      kind: 'a process inside, its socket, and a raw one',
      plant: () => inTarget('sh', '-c', `node -e 'require("net").createServer().listen(7013)' >/dev/null 2>&1 & sleep 0.3`),
      cries: /target: processes: \+ node -e .*7013[\s\S]*target: sockets: \+ tcp6? listens on \S+ port 7013/,
      uproot: () => inTarget('sh', '-c', signal('KILL', 'node -e')),
    },
    {
      kind: 'a limit of a process',
      plant: () => onHost(`prlimit --pid ${pid} --nofile=99:`),
      cries: /target: processes: \+ sleep 7000 \[.*open files=99\//,
      uproot: () => onHost(`prlimit --pid ${pid} --nofile=${descriptors}:`),
    },
    {
      kind: 'a process that was stopped',
      plant: () => inTarget('sh', '-c', signal('STOP', 'sleep 7001')),
      cries: /target: processes: \+ sleep 7001 \(stopped\)/,
      uproot: () => inTarget('sh', '-c', signal('CONT', 'sleep 7001')),
    },
    {
      kind: 'a freezer that the engine does not know of',
      plant: () => onHost(`echo ${FREEZER.theirs} > ${groupFile('freezer', FREEZER.file, secondPid)}`),
      cries: new RegExp(`second: control groups: \\+ ${FREEZER.group}/${FREEZER.file} ${FREEZER.theirs}`),
      uproot: () => onHost(`echo ${FREEZER.found} > ${groupFile('freezer', FREEZER.file, secondPid)}`),
    },
  ];
}

function filePlants({ pid, onHost, inTarget }: Reach): readonly Plant[] {
  return [
    {
      kind: 'a file in the writable layer',
      plant: () => inTarget('sh', '-c', 'echo left > /var/firedrill-ballast'),
      cries: /target: files changed: \+ \/var\/firedrill-ballast/,
      uproot: () => inTarget('rm', '/var/firedrill-ballast'),
    },
    {
      kind: 'a file whose content was changed',
      plant: () => inTarget('sh', '-c', 'echo behind > /etc/firedrill-checker-was-here'),
      cries: /target: files changed: \+ \/etc\/firedrill-checker-was-here/,
      uproot: () => inTarget('sh', '-c', 'echo before > /etc/firedrill-checker-was-here'),
    },
    {
      kind: 'a file in memory',
      plant: () => inTarget('sh', '-c', 'echo left > /memory/ballast'),
      cries: /target: files on mounts: \+ \/memory\/ballast/,
      uproot: () => inTarget('rm', '/memory/ballast'),
    },
    {
      kind: 'what a program says of itself',
      plant: () => inTarget('sh', '-c', 'echo paused > /memory/mode'),
      cries: /target: says: \+ paused/,
      uproot: () => inTarget('rm', '/memory/mode'),
    },
    {
      kind: 'a file on a volume',
      plant: () => inTarget('sh', '-c', 'echo left > /volume/ballast'),
      cries: /target: files on mounts: \+ \/volume\/ballast/,
      uproot: () => inTarget('rm', '/volume/ballast'),
    },
    {
      kind: 'a mount',
      plant: () => onHost(`nsenter --target ${pid} --mount -- mount -t tmpfs left /mnt`),
      cries: /target: mounts: \+ \/mnt tmpfs/,
      uproot: () => onHost(`nsenter --target ${pid} --mount -- umount /mnt`),
    },
  ];
}

function enginePlants({ docker, second, label }: Reach): readonly Plant[] {
  const labels = { [STAGE_LABEL]: label };
  return [
    {
      kind: 'a container and a lock of ours',
      plant: async () => {
        const left = { ...labels, 'firedrill.run': 'left' };
        await docker.createContainer({ name: 'firedrill-checker-lock', Image: AGENT_IMAGE, Labels: { ...left, 'firedrill.role': 'lock' } });
        await docker.createContainer({
          name: 'firedrill-checker-agent',
          Image: AGENT_IMAGE,
          Labels: { ...left, 'firedrill.role': 'agent' },
        });
      },
      cries: /engine: ours: \+ container \/firedrill-checker-agent \(created\)[\s\S]*engine: ours: \+ lock \/firedrill-checker-lock/,
      uproot: () => Promise.all(['lock', 'agent'].map((name) => docker.getContainer(`firedrill-checker-${name}`).remove())),
    },
    {
      kind: 'a network and a volume of ours',
      plant: () =>
        Promise.all([
          docker.createNetwork({ Name: 'firedrill-checker-network', Labels: labels }),
          docker.createVolume({ Name: 'firedrill-checker-left', Labels: labels }),
        ]),
      cries: /engine: ours: \+ network firedrill-checker-network[\s\S]*engine: ours: \+ volume firedrill-checker-left/,
      uproot: () =>
        Promise.all([docker.getNetwork('firedrill-checker-network').remove(), docker.getVolume('firedrill-checker-left').remove()]),
    },
    {
      kind: 'a limit that the engine knows',
      plant: () => second.update({ Memory: 2 ** 28, MemorySwap: 2 ** 28 }),
      cries: /second: configuration: \+ HostConfig\.Memory 268435456/,
      uproot: () => second.update({ Memory: 2 ** 29, MemorySwap: 2 ** 29 }),
    },
    {
      kind: 'a restart policy',
      plant: () => second.update({ RestartPolicy: { Name: 'no' } }),
      cries: /second: configuration: \+ HostConfig\.RestartPolicy .*"no"/,
      uproot: () => second.update({ RestartPolicy: { Name: 'on-failure' } }),
    },
  ];
}

const IMPAIRER = 'firedrill-checker-impairer';

async function startImpairer({ docker, pid, label }: Garden): Promise<void> {
  const impairer = await docker.createContainer({
    name: IMPAIRER,
    Image: AGENT_IMAGE,
    Entrypoint: [
      'nsenter',
      '--target',
      String(pid),
      '--net',
      '--',
      'impair',
      'queue=10777',
      'mark=0x10000',
      'delay-ms=1',
      'buffer=1000',
      'seed=1',
    ],
    OpenStdin: true,
    Labels: { [LABEL]: 'plant', [STAGE_LABEL]: label },
    HostConfig: HANDS,
  });
  await impairer.start();
}
