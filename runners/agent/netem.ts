/**
 * The text of netem's set-up for `tc -batch`, and what is found of it afterwards. Pure. What is sent:
 *
 *   root prio HANDLE: ── everything else ──▶ HANDLE:1 … :3
 *                   └─── filters: the channel ──▶ HANDLE:4 ── netem HANDLE+1:
 *
 * What is received is redirected, by the same filters at the device's ingress, to an ifb of ours, whose root is netem.
 * A device on which somebody else has set a queueing discipline is not touched.
 */
import { type Channel, type Family, ofFamily } from './channel.ts';

/** Major numbers of ours are from this on; even ones for prio, the odd ones after them for netem. */
const HANDLES_FROM = 0x7000;
const HANDLES = 0x800;
/** Qdiscs that the kernel sets by itself, with handle 0. */
const OF_THE_KERNEL = '0:';
const INGRESS_HANDLE = 'ffff:';

export interface Qdisc {
  readonly kind: string;
  readonly handle: string;
  readonly dev: string;
  readonly root?: boolean | undefined;
  readonly packets?: number | undefined;
  readonly bytes?: number | undefined;
  readonly drops?: number | undefined;
  readonly qlen?: number | undefined;
  readonly backlog?: number | undefined;
}

export interface NetemNames {
  /** Major numbers, as tc writes them. */
  readonly prio: string;
  readonly netem: string;
  /** Begins the names of ifb devices; the number of the device that each serves follows. */
  readonly ifb: string;
}

/** A network device by its number in its namespace. */
export interface Device {
  readonly index: number;
  readonly name: string;
}

/** Names by the operation's tag, so that a sweeper finds them. */
export function netemNames(tag: string): NetemNames {
  const digits = tag.slice(-8);
  const major = HANDLES_FROM + 2 * (Number.parseInt(digits, 16) % HANDLES);
  return { prio: `${major.toString(16)}:`, netem: `${(major + 1).toString(16)}:`, ifb: `fd${digits}` };
}

export interface NetemSetup {
  readonly tag: string;
  readonly channel: Channel;
  /** As netemArguments writes them. */
  readonly netem: string;
  readonly devices: readonly Device[];
}

/** Lines for `ip -batch`: the ifb devices that what is received goes through. */
export function ifbLines({ tag, channel, devices }: NetemSetup): string {
  if (channel.direction === 'out') return '';
  const { ifb } = netemNames(tag);
  return lines(devices.flatMap(({ index }) => [`link add ${ifb}${index} type ifb`, `link set ${ifb}${index} up`]));
}

/** Lines for `tc -batch`. Filters come last: what they need is there when the first packet takes them. */
export function netemLines(setup: NetemSetup): string {
  const { tag, channel, netem, devices } = setup;
  const { prio, netem: child, ifb } = netemNames(tag);
  const out = devices.flatMap(({ name: device }) => [
    `qdisc add dev ${device} root handle ${prio} prio bands 4 priomap 1 2 2 2 1 2 0 0 1 1 1 1 1 1 1 1`,
    `qdisc add dev ${device} parent ${prio}4 handle ${child} netem ${netem}`,
    ...filters(channel, 'dst').map((filter) => `filter add dev ${device} parent ${prio} ${filter} flowid ${prio}4`),
  ]);
  const inward = devices.flatMap(({ name: device, index }) => [
    `qdisc add dev ${ifb}${index} root handle ${child} netem ${netem}`,
    `qdisc add dev ${device} handle ${INGRESS_HANDLE} ingress`,
    ...filters(channel, 'src').map(
      (filter) => `filter add dev ${device} parent ${INGRESS_HANDLE} ${filter} flowid 1:1 action mirred egress redirect dev ${ifb}${index}`,
    ),
  ]);
  return lines([...(channel.direction === 'in' ? [] : out), ...(channel.direction === 'out' ? [] : inward)]);
}

const FAMILIES: readonly { readonly family: Family; readonly protocol: string; readonly word: string }[] = [
  { family: 4, protocol: 'ip', word: 'ip' },
  { family: 6, protocol: 'ipv6', word: 'ip6' },
];
const PROTOCOL_NUMBERS = { tcp: 6, udp: 17 } as const;

/** u32 filters of the channel, for one direction. Throws for what they cannot tell apart. */
function filters(channel: Channel, side: 'src' | 'dst'): readonly string[] {
  if (channel.spare.length > 0) throw new Error('netem cannot spare addresses of its channel; use nfqueue');
  return FAMILIES.flatMap(({ family, protocol, word }, index) => {
    const addresses = ofFamily(family, channel.addresses);
    if (channel.addresses.length > 0 && addresses.length === 0) return [];
    const others = addresses.length === 0 ? [''] : addresses.map((address) => ` match ${word} ${side} ${address}`);
    const ports = portMatches(channel, family, word);
    const head = `protocol ${protocol} prio ${index + 1} u32`;
    return others.flatMap((other) => ports.map((port) => `${head}${other}${port}${other === '' && port === '' ? ' match u32 0 0' : ''}`));
  });
}

function portMatches({ protocol, ports }: Channel, family: Family, word: string): readonly string[] {
  if (protocol === 'icmp') return [` match ${word} protocol ${family === 6 ? 58 : 1} 0xff`];
  const carrying = protocol === 'any' ? (['tcp', 'udp'] as const) : [protocol];
  const matches = (each: (typeof carrying)[number]) => ` match ${word} protocol ${PROTOCOL_NUMBERS[each]} 0xff`;
  if (ports.length === 0) return protocol === 'any' ? [''] : carrying.map(matches);
  return carrying.flatMap((each) =>
    ports.flatMap((port) => ['sport', 'dport'].map((end) => `${matches(each)} match ${word} ${end} ${port} 0xffff`)),
  );
}

/** Why a device cannot be used, in words; undefined where it can. */
export function inTheWay(found: readonly Qdisc[], device: string, direction: Channel['direction']): string | undefined {
  const theirs = found.find((qdisc) => qdisc.dev === device && qdisc.root === true && qdisc.handle !== OF_THE_KERNEL);
  if (direction !== 'in' && theirs)
    return `${device} has a queueing discipline already (${theirs.kind} ${theirs.handle}), which would be replaced`;
  const ingress = found.find((qdisc) => qdisc.dev === device && (qdisc.kind === 'ingress' || qdisc.kind === 'clsact'));
  if (direction !== 'out' && ingress) return `${device} has filters on what it receives already (${ingress.kind})`;
  return undefined;
}

/** What takes away everything of the tag: lines for `tc -batch`, and for `ip -batch`. Both empty where nothing is there. */
export function netemRemoval(
  found: readonly Qdisc[],
  devices: readonly Device[],
  tag: string,
): { readonly tc: string; readonly ip: string } {
  const { prio, ifb } = netemNames(tag);
  const roots = found.filter((qdisc) => qdisc.kind === 'prio' && qdisc.handle === prio).map(({ dev }) => `qdisc del dev ${dev} root`);
  const ifbs = devices.filter(({ name }) => name.startsWith(ifb));
  // An ingress qdisc has no name of ours; but where an ifb of ours serves a device, arming found none there.
  const served = devices.filter(({ index }) => ifbs.some(({ name }) => name === `${ifb}${index}`));
  const ingress = served
    .filter(({ name }) => found.some((qdisc) => qdisc.dev === name && qdisc.kind === 'ingress'))
    .map(({ name }) => `qdisc del dev ${name} ingress`);
  return { tc: lines([...roots, ...ingress]), ip: lines(ifbs.map(({ name }) => `link del ${name}`)) };
}

/** The netem qdiscs of the tag. */
export function oursAmong(found: readonly Qdisc[], tag: string): readonly Qdisc[] {
  return found.filter((qdisc) => qdisc.kind === 'netem' && qdisc.handle === netemNames(tag).netem);
}

function lines(each: readonly string[]): string {
  return each.length === 0 ? '' : `${each.join('\n')}\n`;
}
