/**
 * The text of our packet rules, for iptables-restore, and of taking them away again. Pure. Ours are the chains whose
 * name begins with the operation's tag, and the jumps to them; nothing else is ever flushed, deleted or reordered.
 *
 *   OUTPUT ──▶ FIREDRILL-1a2b3c4d-OUT ── lo, spared ──▶ back
 *                                     └─ the rest ────▶ NFQUEUE, unbound: silent. DROP here would tell a UDP sender EPERM.
 */
import { isIPv6 } from 'node:net';

/** Nobody listens on this queue, so that what is sent to it vanishes without a word. */
export const DARK_QUEUE = 64_901;
/** The bit that the delayer sets in the mark of what it sends on; image/delayer.c has the same. */
const SENT_MARK = '0x40000000';
export const CHAIN_PREFIX = 'FIREDRILL-';

export type Family = 4 | 6;

export interface BlackoutRules {
  /** Chain names are the tag and a suffix; the tag has 18 characters, a chain may have 28. */
  readonly tag: string;
  readonly spare: readonly string[];
  readonly direction: 'both' | 'in' | 'out';
}

export interface LatencyRules {
  readonly tag: string;
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
  readonly queue: number;
  readonly direction: 'both' | 'in' | 'out';
}

/** The addresses of one family, as CIDRs or single addresses. */
export function ofFamily(family: Family, addresses: readonly string[]): readonly string[] {
  return addresses.filter((address) => isIPv6(address.split('/')[0] ?? '') === (family === 6));
}

/** Everything is silent but loopback (with it the engine's DNS at 127.0.0.11), what finds a neighbour's link address, and `spare`. */
export function blackoutRules(family: Family, { tag, spare, direction }: BlackoutRules): string {
  const spared = ofFamily(family, spare);
  // IPv4 finds neighbours by ARP, which no rule here sees; IPv6 needs these to reach what is spared.
  const neighbours = family === 6 ? [135, 136] : [];
  const chain = (name: string, device: string, side: string, target: string) => [
    `-A ${name} ${device} lo -j RETURN`,
    ...neighbours.map((type) => `-A ${name} -p ipv6-icmp -m icmp6 --icmpv6-type ${type} -j RETURN`),
    ...spared.map((address) => `-A ${name} ${side} ${address} -j RETURN`),
    `-A ${name} -j ${target}`,
  ];
  const out = direction !== 'in';
  const inward = direction !== 'out';
  return lines([
    '*filter',
    ...(out ? [`:${tag}-OUT - [0:0]`] : []),
    ...(inward ? [`:${tag}-IN - [0:0]`] : []),
    ...(out ? chain(`${tag}-OUT`, '-o', '-d', `NFQUEUE --queue-num ${DARK_QUEUE}`) : []),
    ...(inward ? chain(`${tag}-IN`, '-i', '-s', 'DROP') : []),
    ...(out ? [`-I OUTPUT 1 -j ${tag}-OUT`] : []),
    ...(inward ? [`-I INPUT 1 -j ${tag}-IN`] : []),
    'COMMIT',
  ]);
}

/**
 * What is exchanged with the addresses goes through the delayer's queue; where nobody listens on it, packets pass. What
 * is sent is taken before anything else has its say (the delayer sends it anew, marked, and it goes its whole way then).
 */
export function latencyRules(family: Family, { tag, addresses, ports, queue, direction }: LatencyRules): string {
  const channels =
    ports.length === 0
      ? ['']
      : ports.flatMap((port) =>
          ['tcp', 'udp'].flatMap((protocol) => ['--dport', '--sport'].map((side) => `-p ${protocol} -m ${protocol} ${side} ${port} `)),
        );
  const ways = [
    { hook: 'OUTPUT', chain: `${tag}-OUT`, device: '-o', side: '-d', wanted: direction !== 'in' },
    { hook: 'INPUT', chain: `${tag}-IN`, device: '-i', side: '-s', wanted: direction !== 'out' },
  ].filter((way) => way.wanted);
  const rules = ({ chain, device, side }: (typeof ways)[number]) => {
    const others = addresses.length === 0 ? [''] : ofFamily(family, addresses).map((address) => `${side} ${address} `);
    return [
      `-A ${chain} ${device} lo -j RETURN`,
      `-A ${chain} -m mark --mark ${SENT_MARK}/${SENT_MARK} -j RETURN`,
      ...others.flatMap((other) =>
        channels.map((channel) => `-A ${chain} ${other}${channel}-j NFQUEUE --queue-num ${queue} --queue-bypass`),
      ),
    ];
  };
  return lines([
    '*mangle',
    ...ways.map(({ chain }) => `:${chain} - [0:0]`),
    ...ways.flatMap(rules),
    ...ways.map(({ hook, chain }) => `-I ${hook} 1 -j ${chain}`),
    'COMMIT',
  ]);
}

/** Takes away exactly what blackoutRules and latencyRules set, assuming that all of it is there. */
export function removalOf(rules: string): string {
  const tables = rules.split('\n').filter((line) => line.startsWith('*'));
  const jumps = [...rules.matchAll(/^-I (\S+) 1 (.+)$/gm)].map(([, chain, rest]) => `-D ${chain} ${rest}`);
  const chains = [...rules.matchAll(/^:(\S+)/gm)].map(([, chain]) => chain);
  return lines([...tables, ...jumps, ...chains.map((chain) => `-F ${chain}`), ...chains.map((chain) => `-X ${chain}`), 'COMMIT']);
}

/** From the text of iptables-save: what takes away every chain of the prefix and every jump to one; empty when there is none. */
export function removalFromSaved(saved: string, prefix: string): string {
  return saved
    .split(/^(?=\*)/m)
    .map((table) => removalFromTable(table, prefix))
    .join('');
}

function removalFromTable(table: string, prefix: string): string {
  const ours = [...table.matchAll(/^:(\S+)/gm)].flatMap(([, chain]) => (chain?.startsWith(prefix) ? [chain] : []));
  if (ours.length === 0) return '';
  const jumps = savedRules(table).filter((rule) => !ours.includes(rule.chain) && ours.some((chain) => rule.rest.endsWith(`-j ${chain}`)));
  return lines([
    table.split('\n')[0] ?? '',
    ...jumps.map((rule) => `-D ${rule.chain} ${rule.rest}`),
    ...ours.map((chain) => `-F ${chain}`),
    ...ours.map((chain) => `-X ${chain}`),
    'COMMIT',
  ]);
}

/** Chains of the prefix in the text of iptables-save. */
export function chainsIn(saved: string, prefix: string): readonly string[] {
  return [...saved.matchAll(/^:(\S+)/gm)].flatMap(([, chain]) => (chain?.startsWith(prefix) ? [chain] : []));
}

/** Packets that reached the end of our chains (their NFQUEUE or DROP), from the text of iptables-save with counters. */
export function packetsSilenced(saved: string, tag: string): number {
  return savedRules(saved)
    .filter((rule) => rule.chain.startsWith(tag) && /-j (?:NFQUEUE|DROP)/.test(rule.rest))
    .reduce((sum, rule) => sum + rule.packets, 0);
}

function savedRules(saved: string): readonly { readonly chain: string; readonly rest: string; readonly packets: number }[] {
  return [...saved.matchAll(/^(?:\[(\d+):\d+\] )?-A (\S+) (.+)$/gm)].map(([, packets = '0', chain = '', rest = '']) => ({
    chain,
    rest: rest.trimEnd(),
    packets: Number(packets),
  }));
}

function lines(each: readonly string[]): string {
  return `${each.join('\n')}\n`;
}
