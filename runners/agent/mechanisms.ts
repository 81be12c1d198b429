/**
 * The ways in which firedrill does what it does, and whether its tests have executed each on a real kernel or engine: `docs/figures.md` is
 * generated from it. Whoever adds a mechanism adds a line; whoever adds a fault names it here, by its name in the list of faults.
 */

export interface Mechanism {
  readonly name: string;
  /** The faults that go by it. */
  readonly faults?: readonly string[];
  /** What else it is for, or what of them. */
  readonly usedFor?: string;
  /** True: done by a real kernel or engine in a test. Otherwise, what of it is tried nevertheless. */
  readonly executed: true | string;
  /** Files below test/, where it is tried. */
  readonly tests: readonly string[];
}

const IMPAIRING = ['network-latency', 'network-loss', 'network-corrupt', 'network-duplicate', 'network-reorder', 'network-bandwidth'];

const packets: readonly Mechanism[] = [
  {
    name: 'NFQUEUE with bypass, the impairer',
    faults: IMPAIRING,
    usedFor: 'IPv4 and IPv6, both ways',
    executed: true,
    tests: ['live/faults-impair.test.ts', 'live/faults-impair-undo.test.ts', 'live/faults-network-bandwidth.test.ts'],
  },
  {
    name: 'an NFQUEUE that nobody listens on',
    faults: ['network-blackout', 'network-partition'],
    usedFor: 'silence',
    executed: true,
    tests: ['live/faults-network.test.ts', 'live/faults-network-cut.test.ts'],
  },
  {
    name: 'netem, with ifb for what is received',
    faults: IMPAIRING,
    usedFor: 'where NFQUEUE is missing',
    executed: 'not here, where the kernel has none; by hand in a virtual machine (below); the text of its commands is tested',
    tests: ['live/faults-impair.test.ts', 'runners/agent/netem.test.ts', 'runners/agent/netem-hold.test.ts'],
  },
  {
    name: 'tbf and htb',
    usedFor: 'nothing: bandwidth is the impairer’s, or netem’s `rate`',
    executed: 'not used',
    tests: [],
  },
  {
    name: 'iptables-nft and ip6tables-nft',
    usedFor: 'all packet rules',
    executed: true,
    tests: ['live/faults-network.test.ts', 'live/faults-network-cut.test.ts'],
  },
  {
    name: 'iptables-legacy and ip6tables-legacy',
    usedFor: 'the same, where nft is missing',
    executed: 'the text of the rules is the same, and tested',
    tests: ['runners/agent/packet-rules.test.ts'],
  },
  {
    name: 'REJECT by TCP reset, and SOCK_DESTROY',
    faults: ['network-reset'],
    executed: true,
    tests: ['live/faults-network-cut.test.ts'],
  },
  {
    name: 'REDIRECT in the nat table',
    faults: ['http-fault', 'dns-failure'],
    executed: true,
    tests: ['live/faults-http.test.ts', 'live/faults-dns.test.ts'],
  },
];

const IN_GROUPS = ['cpu-stress', 'cpu-throttle', 'memory-pressure', 'memory-limit', 'io-stress', 'io-throttle'];

const resources: readonly Mechanism[] = [
  {
    name: 'control groups of version 1',
    faults: IN_GROUPS,
    usedFor: 'the freezer’s word on a container-pause',
    executed: true,
    tests: ['live/faults-resources.test.ts', 'live/resources-death.test.ts', 'live/faults-container.test.ts'],
  },
  {
    name: 'control groups of version 2, and both side by side',
    faults: IN_GROUPS,
    executed: 'version 2 by hand in a virtual machine (below); paths, texts and counters are tested',
    tests: ['live/faults-resources.test.ts', 'runners/agent/cgroup.test.ts', 'runners/agent/readings.test.ts'],
  },
  {
    name: 'nameless files (O_TMPFILE), on the host’s file system and tmpfs',
    faults: ['disk-fill', 'io-stress'],
    executed: true,
    tests: ['live/faults-resources.test.ts'],
  },
  {
    name: 'XFS quotas, btrfs, ZFS, device mapper',
    faults: ['disk-fill', 'io-stress', 'io-throttle'],
    usedFor: 'on such disks',
    executed: 'nothing',
    tests: [],
  },
  {
    name: 'prlimit(2) as the user whose a process is',
    faults: ['descriptor-hog'],
    executed: true,
    tests: ['live/faults-hog.test.ts'],
  },
  {
    name: 'libfaketime’s file',
    faults: ['clock-skew'],
    executed: true,
    tests: ['live/faults-clock.test.ts'],
  },
  {
    name: 'TCP connections from an address of their own',
    faults: ['connection-hog', 'descriptor-hog'],
    executed: true,
    tests: ['live/faults-hog.test.ts'],
  },
];

const applications: readonly Mechanism[] = [
  {
    name: 'Redis’ own protocol, beside it',
    faults: ['cache-evict', 'cache-freeze'],
    executed: true,
    tests: ['live/faults-redis.test.ts'],
  },
  {
    name: 'sessions of PostgreSQL, beside it',
    faults: ['db-lock', 'db-connections', 'replication-pause'],
    executed: true,
    tests: ['live/faults-postgres.test.ts'],
  },
  {
    name: 'HTTP calls from a target’s network',
    faults: ['http-call'],
    executed: true,
    tests: ['live/faults-http-call.test.ts'],
  },
  {
    name: 'zx scripts on the runner’s machine',
    faults: ['script'],
    executed: true,
    tests: ['live/faults-script.test.ts'],
  },
];

const engines: readonly Mechanism[] = [
  {
    name: 'calls to the engine',
    faults: [
      'container-kill',
      'container-stop',
      'container-pause',
      'container-restart',
      'container-remove',
      'network-disconnect',
      'cron-sync',
    ],
    executed: true,
    tests: [
      'live/faults-container.test.ts',
      'live/faults-lifecycle.test.ts',
      'live/faults-remove.test.ts',
      'live/faults-network-disconnect.test.ts',
    ],
  },
  {
    name: 'signals to single processes',
    faults: ['process-kill'],
    executed: true,
    tests: ['live/faults-processes.test.ts'],
  },
  {
    name: 'Docker 20.10, by its local socket',
    usedFor: 'everything',
    executed: true,
    tests: ['live/ground.test.ts', 'live/engines.test.ts'],
  },
  {
    name: 'newer engines',
    usedFor: 'everything',
    executed: 'Docker 26.1 by hand in a virtual machine (below); the API version is settled on with pretended engines',
    tests: ['runners/docker/engine.test.ts'],
  },
  {
    name: 'several engines in one run',
    usedFor: '`engines:`',
    executed: true,
    tests: ['live/engines.test.ts'],
  },
  {
    name: 'engines by TLS',
    usedFor: '`engines:`, DOCKER_HOST',
    executed: true,
    tests: ['live/engines.test.ts', 'runners/docker/engine.test.ts', 'experiments/language/mistakes.test.ts'],
  },
  {
    name: 'engines by ssh',
    usedFor: '`engines:`, DOCKER_HOST',
    executed: 'in no test; a pause by hand, on the engine of a virtual machine (below); how the address is read is tested',
    tests: ['runners/docker/engine.test.ts'],
  },
  {
    name: 'docker-compose 1.29',
    usedFor: '`system:`',
    executed: true,
    tests: ['live/ground.test.ts', 'live/ending.test.ts'],
  },
  {
    name: 'docker compose, version 2',
    usedFor: '`system:`',
    executed: 'nothing: it is the same call',
    tests: [],
  },
  {
    name: 'Swarm services',
    usedFor: 'selection by `swarm-service`; an ended task is left to Swarm; refused where a fault cannot be undone',
    executed: true,
    tests: ['live/swarm.test.ts'],
  },
  {
    name: 'AppArmor, SELinux, user namespaces of the engine',
    usedFor: 'lifted for the agent alone',
    executed: 'AppArmor by hand in a virtual machine (below), the others not; what is asked of the engine and what doctor says is tested',
    tests: ['runners/cli/doctor-confinement.test.ts'],
  },
  {
    name: 'rootless engines',
    usedFor: 'refused by doctor',
    executed: 'what doctor says is tested',
    tests: ['runners/cli/doctor-confinement.test.ts'],
  },
];

const deaths: readonly Mechanism[] = [
  {
    name: 'end of input, lease, restart of the agent, sweep',
    usedFor: 'undo when somebody dies',
    executed: true,
    tests: ['live/agent-death.test.ts', 'live/sweep-elsewhere.test.ts', 'live/torture.test.ts'],
  },
  {
    name: 'last will',
    usedFor: 'rules that lead to a program of ours, when the agent dies',
    executed: true,
    tests: ['live/faults-http.test.ts', 'live/faults-dns.test.ts'],
  },
  {
    name: 'keepsakes on the engine',
    faults: ['container-remove', 'network-disconnect', 'descriptor-hog'],
    usedFor: 'what outlives the agent',
    executed: true,
    tests: ['live/faults-remove.test.ts', 'live/faults-network-disconnect.test.ts', 'live/faults-hog.test.ts'],
  },
];

export const mechanisms: readonly Mechanism[] = [...packets, ...resources, ...applications, ...engines, ...deaths];
