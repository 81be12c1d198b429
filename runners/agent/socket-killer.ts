/**
 * Ends open TCP connections through the kernel (`ss --kill`, which needs INET_DIAG_DESTROY): the peer is sent a reset. For
 * connections on which nobody speaks; those that speak meet the rules and are reset by them.
 */
import type { Channel } from './channel.ts';
import { inNetworkOf, runProgram } from './programs.ts';
import { parseSockets, type TcpSocket } from './tcp-sockets.ts';
import type { Network } from './whereabouts.ts';

/** States in which there is a peer to be told. */
const STATES = ['established', 'syn-sent', 'close-wait', 'fin-wait-1', 'fin-wait-2'].flatMap((state) => ['state', state]);

/** Those it ended; none where the kernel cannot. What interface a connection uses is not told, so that a channel of one is left to the rules. */
export async function killSockets(channel: Channel, network: Network, signal: AbortSignal): Promise<readonly TcpSocket[]> {
  if (channel.interface !== undefined) return [];
  const ran = await runProgram(inNetworkOf(network.pid, ['ss', '--kill', '-tnHO', ...STATES, ...socketFilter(channel)]), signal);
  // With several states ss tells each connection's first.
  return parseSockets(ran.stdout.replaceAll(/^[A-Z][A-Z0-9-]*\s+(?=\d)/gm, ''));
}

/** The filter of ss for the connections of a channel, loopback's left out. Pure. */
export function socketFilter({ addresses, ports, spare }: Channel): readonly string[] {
  const any = (each: readonly string[]) => (each.length === 0 ? [] : [`( ${each.join(' or ')} )`]);
  const clauses = [
    ...['127.0.0.0/8', '::1', ...spare].map((address) => `not dst ${quoted(address)}`),
    ...any(addresses.map((address) => `dst ${quoted(address)}`)),
    ...any(ports.flatMap((port) => [`sport = :${port}`, `dport = :${port}`])),
  ];
  return clauses.join(' and ').split(' ');
}

/** IPv6 is written in brackets, its prefix length behind them. */
function quoted(address: string): string {
  if (!address.includes(':')) return address;
  const [base, bits] = address.split('/');
  return bits === undefined ? `[${base}]` : `[${base}]/${bits}`;
}
