/** What is set in one network namespace: rules of both kinds and families, sets, queueing disciplines, addresses, sockets. */
import type { Sections } from './asked.ts';
import { inNetwork, linesOf, textOf } from './shell.ts';

/** A script for each section. Legacy tables are read only where there are some: to ask for them is to make them. */
const SCRIPTS = {
  'rules IPv4': 'iptables-nft-save 2>&1; [ -s /proc/net/ip_tables_names ] && iptables-legacy-save 2>&1',
  'rules IPv6': 'ip6tables-nft-save 2>&1; [ -s /proc/net/ip6_tables_names ] && ip6tables-legacy-save 2>&1',
  nftables: 'nft --stateless list ruleset 2>&1',
  sets: 'ipset save 2>&1',
  queueing: `tc qdisc show 2>&1
for d in $(tc qdisc show 2>/dev/null | grep -v '^qdisc noqueue' | sed 's/.* dev \\([^ ]*\\) .*/\\1/' | sort -u); do
  { echo class show dev $d; echo filter show dev $d; echo filter show dev $d ingress; echo filter show dev $d egress; } | tc -force -batch - 2>/dev/null | sed "s/^/$d /"
done`,
  links: 'ip -o link show',
  addresses: 'ip -o addr show',
  routes: 'ip -4 route show table all; ip -6 route show table all; ip -4 rule; ip -6 rule',
  'permanent neighbours': 'ip neigh show nud permanent',
  'network settings':
    'grep -rs . /proc/sys/net/ipv4/conf /proc/sys/net/ipv6/conf; cd /proc/sys/net/ipv4 && grep -s . ip_* tcp_* icmp_* 2>/dev/null',
} as const;

/** The host has an interface for each container, and with each their settings; nobody sets those. */
const NOT_ON_HOST = new Set(['network settings', 'permanent neighbours']);
/** Above this UDP ports are taken for a moment by whoever asks a name server. */
const EPHEMERAL_FROM = 32_768;
const LISTENING = '0A';
const NETFILTER = '12';

export async function lookAtNetwork(name: string, pid: number): Promise<Sections> {
  // Sockets first: the programs below open some of their own.
  const sockets = socketsOf(pid);
  const wanted = Object.entries(SCRIPTS).filter(([section]) => name !== 'host' || !NOT_ON_HOST.has(section));
  const script = wanted.map(([section, text]) => `echo '@@ ${section}'\n${text}\n`).join('');
  const pieces = (await inNetwork(pid, script)).split(/^@@ /m).slice(1);
  const seen = pieces.map((piece) => {
    const [section = '', ...lines] = piece.split('\n');
    return [`${name}: ${section}`, linesOf(lines.join('\n'))] as const;
  });
  return { ...Object.fromEntries(seen), [`${name}: sockets`]: sockets, [`${name}: packet queues`]: queuesOf(pid) };
}

function queuesOf(pid: number): readonly string[] {
  return linesOf(textOf(`/proc/${pid}/net/netfilter/nfnetlink_queue`)).map((line) => `queue ${line.trim().split(/\s+/)[0]}`);
}

/** Listening and raw sockets, bound datagram sockets, and how many talk to the packet filter. */
function socketsOf(pid: number): readonly string[] {
  const table = (file: string) =>
    linesOf(textOf(`/proc/${pid}/net/${file}`))
      .slice(1)
      .map((line) => line.trim().split(/\s+/));
  const portOf = (address = '') => Number.parseInt(address.split(':')[1] ?? '', 16);
  const tcp = ['tcp', 'tcp6'].flatMap((file) =>
    table(file).flatMap((row) =>
      row[3] === LISTENING && row[1] ? [`${file} listens on ${row[1].split(':')[0]} port ${portOf(row[1])}`] : [],
    ),
  );
  const udp = ['udp', 'udp6'].flatMap((file) =>
    table(file).flatMap((row) => (portOf(row[1]) < EPHEMERAL_FROM ? [`${file} port ${portOf(row[1])}`] : [])),
  );
  const raw = ['raw', 'raw6', 'packet'].flatMap((file) =>
    table(file).map((row) => `${file} socket ${file === 'packet' ? row[3] : row[1]}`),
  );
  const filtering = table('netlink')
    .filter((row) => row[1] === NETFILTER && row[2] !== '0')
    .map(() => 'netlink socket to the packet filter');
  return [...tcp, ...udp, ...raw, ...filtering].sort();
}
