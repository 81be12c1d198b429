/**
 * A channel: which of a container's packets a network operation is about, and the packet rules that pick them out. Pure.
 *
 *   OUTPUT ─▶ TAG-OUT ── lo, neighbours, spared ──▶ back
 *                    └── interface, address ──▶ TAG-OUT-PORT ── protocol, port ──▶ TAG-OUT-ACT ── what is done to it
 *
 * Chains are entered by goto, so that a packet is acted on once, however many of the matches it fits.
 */
import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { ARRIVED_MARK, hex } from './packet-marks.ts';

export type Family = 4 | 6;

/** Sees open connections as well as new ones: nothing here goes by the state of a connection. */
export const channelShape = z.object({
  /** CIDRs of the other side; empty means everyone. */
  addresses: z.array(z.string()).readonly(),
  /** TCP and UDP ports, at either end; empty means every packet of the protocol. */
  ports: z.array(z.int().min(1).max(65_535)).readonly(),
  protocol: z.enum(['any', 'tcp', 'udp', 'icmp']),
  /** The container's interface; by default every one but loopback. */
  interface: z.string().exactOptional(),
  /** `out`: what the container sends; `in`: what it is sent. */
  direction: z.enum(['both', 'in', 'out']),
  /** CIDRs of the other side that are no part of it. */
  spare: z.array(z.string()).readonly(),
});

export type Channel = Readonly<z.output<typeof channelShape>>;

/** Every packet of a container but those over loopback. */
export const EVERYTHING: Channel = { addresses: [], ports: [], protocol: 'any', direction: 'both', spare: [] };

/** Where the packets of one direction are looked at, and what is done to those of the channel: ends of rules, in order. */
export interface Act {
  readonly hook: 'INPUT' | 'OUTPUT' | 'PREROUTING' | 'POSTROUTING';
  readonly rules: readonly string[];
}

export interface ChannelRules {
  /** Chain names are the tag and a suffix of at most 9; the tag has 18 characters, a chain may have 28. */
  readonly tag: string;
  readonly table: 'filter' | 'mangle' | 'raw';
  /** Rules that come before the channel is looked at: packets that the operation sent on itself. */
  readonly first?: readonly string[];
  readonly out: Act;
  readonly in: Act;
}

/** Whose DNS the engine answers inside a container, over loopback. */
const ENGINE_DNS = '127.0.0.11';
/** IPv6 finds neighbours by these; IPv4 does by ARP, which no packet rule sees. So both families are treated alike. */
const NEIGHBOUR_TYPES = [135, 136];

/** Text for iptables-restore; of addresses, those of the family count, and where there are only others, nothing matches. */
export function channelRules(family: Family, channel: Channel, { tag, table, first = [], ...acts }: ChannelRules): string {
  const ways = (['out', 'in'] as const).filter((way) => channel.direction === 'both' || channel.direction === way);
  const parts = ways.map((way) => ({ chain: `${tag}-${way.toUpperCase()}`, act: acts[way], sides: SIDES[way] }));
  return lines([
    `*${table}`,
    ...parts.flatMap(({ chain }) => [chain, `${chain}-PORT`, `${chain}-ACT`].map((each) => `:${each} - [0:0]`)),
    ...parts.flatMap(({ chain, act, sides }) => [
      ...[...first, ...spared(family, channel, sides)].map((rule) => `-A ${chain} ${rule}`),
      ...others(family, channel, sides).map((match) => `-A ${chain} ${match}-g ${chain}-PORT`),
      ...protocols(family, channel).map((match) => `-A ${chain}-PORT ${match}-g ${chain}-ACT`),
      ...act.rules.map((rule) => `-A ${chain}-ACT ${rule}`),
    ]),
    ...parts.map(({ chain, act }) => `-I ${act.hook} 1 -j ${chain}`),
    'COMMIT',
  ]);
}

/** Options that name the container's device and the other side's address, for what goes out and what comes in. */
const SIDES = { out: { device: '-o', address: '-d' }, in: { device: '-i', address: '-s' } } as const;
type Sides = (typeof SIDES)[keyof typeof SIDES];

/** Over loopback comes also the copy of what was received, when it is doubled; it came from outside. */
const CAME_FROM_INSIDE = `-m mark ! --mark ${hex(ARRIVED_MARK)}/${hex(ARRIVED_MARK)} `;

function spared(family: Family, channel: Channel, { device, address }: Sides): readonly string[] {
  const onLoopback = channel.interface === 'lo';
  const neighbours = family === 6 ? NEIGHBOUR_TYPES : [];
  const addresses = ofFamily(family, onLoopback ? [ENGINE_DNS, ...channel.spare] : channel.spare);
  return [
    ...(onLoopback ? [] : [`${device} lo ${device === '-i' ? CAME_FROM_INSIDE : ''}-j RETURN`]),
    ...neighbours.map((type) => `-p ipv6-icmp -m icmp6 --icmpv6-type ${type} -j RETURN`),
    ...addresses.map((each) => `${address} ${each} -j RETURN`),
  ];
}

/** Matches of interface and address; each ends with a space. */
function others(family: Family, channel: Channel, { device, address }: Sides): readonly string[] {
  const onDevice = channel.interface === undefined ? '' : `${device} ${channel.interface} `;
  if (channel.addresses.length === 0) return [onDevice];
  return ofFamily(family, channel.addresses).map((each) => `${onDevice}${address} ${each} `);
}

/** Matches of protocol and port; each ends with a space. */
function protocols(family: Family, { protocol, ports }: Channel): readonly string[] {
  if (protocol === 'icmp') return [family === 6 ? '-p ipv6-icmp ' : '-p icmp '];
  if (ports.length === 0) return [protocol === 'any' ? '' : `-p ${protocol} `];
  const carrying = protocol === 'any' ? ['tcp', 'udp'] : [protocol];
  return ports.flatMap((port) =>
    carrying.flatMap((each) => ['--dport', '--sport'].map((side) => `-p ${each} -m ${each} ${side} ${port} `)),
  );
}

/** The addresses of one family, as CIDRs or single addresses. */
export function ofFamily(family: Family, addresses: readonly string[]): readonly string[] {
  return addresses.filter((address) => isIPv6(address.split('/')[0] ?? '') === (family === 6));
}

function lines(each: readonly string[]): string {
  return `${each.join('\n')}\n`;
}
