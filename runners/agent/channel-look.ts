/** What a container's network has on a channel before it is touched: its interface, its listeners, its open connections. */
import { readFileSync } from 'node:fs';
import type { Channel } from './channel.ts';
import { inNetworkOf, runProgram } from './programs.ts';
import { onChannel, parseSockets, type TcpSocket } from './tcp-sockets.ts';
import type { Network } from './whereabouts.ts';

export interface ChannelLook {
  /** Open TCP connections on it. */
  readonly open: readonly TcpSocket[];
  /** For people, in arming; of ports that neither a listener nor a connection uses, it says so. */
  readonly says: string;
}

/** Throws where the channel's interface is not there. */
export async function lookAtChannel(channel: Channel, network: Network, signal: AbortSignal): Promise<ChannelLook> {
  const wanted = channel.interface;
  const devices = devicesIn(readFileSync(`/proc/${network.pid}/net/dev`, 'utf8'));
  if (wanted !== undefined && !devices.includes(wanted)) {
    throw new Error(`it has no interface '${wanted}'; it has: ${devices.join(', ')}`);
  }
  const [open, listening] = await Promise.all([
    openOnChannel(channel, network, signal),
    runProgram(inNetworkOf(network.pid, ['ss', '-tulnHO']), signal).then((ran) => listenersIn(ran.stdout)),
  ]);
  return { open, says: wordsFor(channel, open, listening) };
}

/** Open TCP connections on the channel, with the kernel's figures. */
export async function openOnChannel(channel: Channel, network: Network, signal: AbortSignal): Promise<readonly TcpSocket[]> {
  const ran = await runProgram(inNetworkOf(network.pid, ['ss', '-tinHO', 'state', 'established']), signal);
  return onChannel(parseSockets(ran.stdout), channel);
}

/** The names in the text of /proc/net/dev. */
export function devicesIn(text: string): readonly string[] {
  return [...text.matchAll(/^\s*([^\s:]+):/gm)].flatMap(([, name]) => name ?? []);
}

/** A socket that waits for connections or datagrams. */
export interface Listener {
  readonly protocol: string;
  readonly port: number;
}

/** The lines of `ss -tulnHO`. */
export function listenersIn(text: string): readonly Listener[] {
  return text.split('\n').flatMap((line) => {
    const [protocol, , , , local = ''] = line.trim().split(/\s+/);
    const port = /:(\d+)$/.exec(local)?.[1];
    return protocol === undefined || port === undefined ? [] : [{ protocol, port: Number(port) }];
  });
}

/** The sentence for arming. Pure. */
export function wordsFor(channel: Channel, open: readonly TcpSocket[], listening: readonly Listener[]): string {
  const connections = `${open.length} connections are open on the channel`;
  const unused = channel.ports.filter(
    (port) =>
      !open.some((socket) => socket.localPort === port || socket.peerPort === port) &&
      !listening.some((each) => each.port === port && (channel.protocol === 'any' || channel.protocol === each.protocol)),
  );
  if (unused.length === 0) return connections;
  const ports = `port${unused.length === 1 ? '' : 's'} ${unused.join(', ')}`;
  return `${connections}; on ${ports} it neither listens nor has it a connection, so that there may be nothing to break`;
}
