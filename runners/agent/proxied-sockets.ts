/** Which open connections go past the proxy, and the filter that names them to `ss`. Pure. */
import type { TcpSocket } from './tcp-sockets.ts';

export interface ProxiedPort {
  readonly direction: 'in' | 'out';
  readonly port: number;
  /** Of the other side; empty means everyone. */
  readonly addresses: readonly string[];
  /** The container's own addresses. */
  readonly own: readonly string[];
}

/** What others have open to the port, or the container has open to others, that does not go through the proxy; `open` do. */
export function connectionsPast(
  sockets: readonly TcpSocket[],
  { direction, port, addresses, own, open }: ProxiedPort & { readonly open: number },
): number {
  const ofOthers = (address: string) => addresses.length === 0 || addresses.includes(address);
  if (direction === 'in') {
    // The proxy's own connections to the server come from the container's own addresses.
    return sockets.filter(({ localPort, peer }) => localPort === port && !isOwn(peer, own) && ofOthers(peer)).length;
  }
  // Through the proxy, each is there twice: the container's own, and the proxy's.
  return Math.max(0, sockets.filter(({ peer, peerPort }) => peerPort === port && ofOthers(peer)).length - 2 * open);
}

/** An expression of ss, as one argument. */
export function resettingFilter({ direction, port, addresses, own }: ProxiedPort): string {
  const any = (each: readonly string[]) => `( ${each.map((address) => `dst ${bracketed(address)}`).join(' or ')} )`;
  const others = addresses.length === 0 ? '' : ` and ${any(addresses)}`;
  if (direction === 'out') return `( dport = :${port} )${others}`;
  const ours = ['127.0.0.0/8', '::1', ...own.filter((address) => !isLoopback(address))];
  return `( sport = :${port} )${others} and not ${any(ours)}`;
}

function isOwn(address: string, own: readonly string[]): boolean {
  return isLoopback(address) || own.includes(address);
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
