/**
 * The connections of a hog as the kernel tells of them in /proc/PID/net/tcp and tcp6. A hog speaks from an address of its own within
 * 127.0.0.0/8, made of its operation's tag, so that its connections are told from everybody else's, also by an agent that did
 * not make them. Pure, but for the reading.
 */
import { readFileSync } from 'node:fs';

/** A listener: where to connect to, and the number of its socket. */
export interface Listener {
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

export interface Hogged {
  /** Established, as the target's side sees them. */
  readonly established: number;
  /** Of these, those that the target's program has taken; the others wait in the kernel's queue. */
  readonly accepted: number;
}

const ESTABLISHED = '01';
const LISTENING = '0A';
const TAG_DIGITS = 8;

/** The address of a tag that ends in 8 hexadecimal digits. */
export function sourceOf(tag: string): string {
  const bytes = Buffer.from(tag.slice(-TAG_DIGITS), 'hex');
  // The last byte is never 0 nor 255, and the second is never 0, so that it is nobody's ordinary loopback.
  return `127.${1 + ((bytes[0] ?? 0) % 254)}.${bytes[1] ?? 0}.${1 + ((bytes[2] ?? 0) % 254)}`;
}

/** Who listens on the port, for IPv4; undefined where nobody does. `tables`: the texts of tcp and tcp6. */
export function listenerOn(port: number, tables: readonly string[]): Listener | undefined {
  return ipv4Listeners(tables).find((each) => each.port === port);
}

/** All who listen for IPv4. */
export function ipv4Listeners(tables: readonly string[]): readonly Listener[] {
  return tables.flatMap(rowsOf).flatMap(({ state, local, localPort: port, inode }) => {
    const address = state === LISTENING ? ipv4Of(local) : undefined;
    return address === undefined ? [] : [{ address: address === '0.0.0.0' ? '127.0.0.1' : address, port, inode }];
  });
}

/** The connections from this address to the port. */
export function hoggedFrom(source: string, port: number, tables: readonly string[]): Hogged {
  const ours = tables.flatMap(rowsOf).filter((row) => row.state === ESTABLISHED && row.localPort === port && ipv4Of(row.remote) === source);
  return { established: ours.length, accepted: ours.filter((row) => row.inode !== '0').length };
}

/** How many connections somebody at this address holds open. */
export function heldBy(source: string, tables: readonly string[]): number {
  return tables.flatMap(rowsOf).filter((row) => row.state === ESTABLISHED && ipv4Of(row.local) === source).length;
}

/** The numbers of the sockets that are, or were, connected. */
export function connectedSockets(tables: readonly string[]): ReadonlySet<string> {
  return new Set(tables.flatMap(rowsOf).flatMap(({ state, inode }) => (state === LISTENING || inode === '0' ? [] : [inode])));
}

/** The kernel's lists of TCP sockets in a process's network namespace. */
export function socketTables(pid: number): readonly string[] {
  return ['tcp', 'tcp6'].map((table) => {
    try {
      return readFileSync(`/proc/${pid}/net/${table}`, 'utf8');
    } catch {
      return '';
    }
  });
}

interface Row {
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly state: string;
  readonly inode: string;
}

function rowsOf(table: string): readonly Row[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', remote = '', state = '', , , , , , inode = ''] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    const [remoteAddress = ''] = remote.split(':');
    return /^[0-9A-F]{8,32}$/.test(address)
      ? [{ local: address, localPort: Number.parseInt(port, 16), remote: remoteAddress, state, inode }]
      : [];
  });
}

/** IPv4 within IPv6, in words of four bytes each as the kernel writes them. */
const MAPPED = '0000000000000000FFFF0000';
/** Listens on both families. */
const ANY_IPV6 = '0'.repeat(32);

/** The IPv4 address in the kernel's hexadecimal digits, little-endian; undefined where it is none. */
function ipv4Of(hex: string): string | undefined {
  if (hex === ANY_IPV6) return '0.0.0.0';
  const digits = hex.startsWith(MAPPED) ? hex.slice(MAPPED.length) : hex;
  if (digits.length !== TAG_DIGITS) return undefined;
  return [...Buffer.from(digits, 'hex')].toReversed().join('.');
}
