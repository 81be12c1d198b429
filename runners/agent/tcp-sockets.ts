/**
 * What the kernel knows of a network namespace's open TCP connections (`ss -tin`), and how long bytes take on them: bytes
 * that had been sent by one look and were acknowledged by another. It is seen from the connection's own counters, and
 * knows nothing of how the delay is made. Pure.
 */
import type { Channel } from './channel.ts';
import { contains } from './cidr.ts';

/** One connection's counters. Byte counts start at 0 with the connection and only grow. */
export interface TcpSocket {
  readonly local: string;
  readonly localPort: number;
  readonly peer: string;
  readonly peerPort: number;
  /** Without those sent again. */
  readonly bytesSent: number;
  readonly bytesAcked: number;
  /** The kernel's smoothed round trip; undefined before its first sample. */
  readonly roundTripMs: number | undefined;
}

/** The lines of `ss -tinHO state established`; lines that are none are passed over. */
export function parseSockets(text: string): readonly TcpSocket[] {
  return text.split('\n').flatMap((line) => {
    const [, , local = '', peer = ''] = line.trim().split(/\s+/);
    const here = splitPort(local);
    const there = splitPort(peer);
    if (!here || !there) return [];
    const field = (name: string) => new RegExp(`(?:^|\\s)${name}:([\\d.]+)`).exec(line)?.[1];
    const bytesSent = Number(field('bytes_sent') ?? 0) - Number(field('bytes_retrans') ?? 0);
    const roundTrip = field('rtt');
    return [
      {
        local: here.address,
        localPort: here.port,
        peer: there.address,
        peerPort: there.port,
        bytesSent,
        bytesAcked: Number(field('bytes_acked') ?? 0),
        roundTripMs: roundTrip === undefined ? undefined : Number(roundTrip),
      },
    ];
  });
}

/** Those whose packets a channel holds; what interface a connection uses is not told, and is passed over. */
export function onChannel(sockets: readonly TcpSocket[], { addresses, ports, protocol, spare, ...channel }: Channel): readonly TcpSocket[] {
  if (protocol === 'udp' || protocol === 'icmp') return [];
  return sockets.filter(
    (socket) =>
      (socket.peer.startsWith('127.') || socket.peer === '::1') === (channel.interface === 'lo') &&
      (addresses.length === 0 || contains(addresses, socket.peer)) &&
      !contains(spare, socket.peer) &&
      (ports.length === 0 || ports.includes(socket.localPort) || ports.includes(socket.peerPort)),
  );
}

/** How long bytes take: the longest acknowledged, and the longest that still waits. Undefined before there is any. */
export interface ByteTiming {
  /** Between what a look saw sent and the look that saw it acknowledged; off by one look's interval at most. */
  readonly acknowledgedMs: number | undefined;
  readonly waitingMs: number | undefined;
  readonly roundTripMs: number | undefined;
}

/** Follows the connections from look to look. Only bytes sent after the first look are timed. */
export function timeBytes(): { look(sockets: readonly TcpSocket[], nowMs: number): ByteTiming } {
  /** Per connection: what was sent by when, and not yet acknowledged; the first look's bytes are passed over. */
  const followed = new Map<string, { sent: number; marks: { readonly bytes: number; readonly atMs: number }[] }>();
  let acknowledgedMs: number | undefined;
  return {
    look(sockets, nowMs) {
      let waitingMs: number | undefined;
      for (const socket of sockets) {
        const key = `${socket.local}:${socket.localPort} ${socket.peer}:${socket.peerPort}`;
        const known = followed.get(key);
        if (!known) {
          followed.set(key, { sent: socket.bytesSent, marks: [] });
          continue;
        }
        if (socket.bytesSent > known.sent) known.marks.push({ bytes: socket.bytesSent, atMs: nowMs });
        known.sent = Math.max(known.sent, socket.bytesSent);
        const waiting = known.marks.findIndex((mark) => mark.bytes > socket.bytesAcked);
        const arrived = known.marks.splice(0, waiting < 0 ? known.marks.length : waiting);
        for (const mark of arrived) acknowledgedMs = Math.max(acknowledgedMs ?? 0, nowMs - mark.atMs);
        const oldest = known.marks[0];
        if (oldest) waitingMs = Math.max(waitingMs ?? 0, nowMs - oldest.atMs);
      }
      const roundTrips = sockets.flatMap((socket) => socket.roundTripMs ?? []);
      return { acknowledgedMs, waitingMs, roundTripMs: roundTrips.length === 0 ? undefined : Math.max(...roundTrips) };
    },
  };
}

function splitPort(text: string): { readonly address: string; readonly port: number } | undefined {
  const match = /^\[?(?:::ffff:)?([^\]%]+?)(?:%\w+)?\]?:(\d+)$/.exec(text);
  return match?.[1] === undefined ? undefined : { address: match[1], port: Number(match[2]) };
}
