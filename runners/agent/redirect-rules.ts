/**
 * The text of the packet rules that lead a container's connections or datagrams to a program of ours in its own network. The
 * kernel looks at them when a connection begins, so that open ones go on as they were. Pure.
 *
 *   PREROUTING ─▶ TAG-IN ─── from, port ───────────▶ REDIRECT: what others ask of the container
 *   OUTPUT ─────▶ TAG-OUT ── our group ──▶ back
 *                        └── to, port ─────────────▶ REDIRECT: what the container asks of others
 */
import { type Family, ofFamily } from './channel.ts';

/** Programs of ours run as this group, so that what they send on is not led back to them. Nobody else is in it. */
export const PROGRAM_GROUP = 1_178_879_745;

export interface Redirect {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** Where the program listens. */
  readonly toPort: number;
  /** Addresses of the other side (whence, or whereto), of either family; empty means everyone. */
  readonly addresses: readonly string[];
}

/** `in`: what others send to the container; `out`: what it sends to others. */
export function redirectRules(family: Family, tag: string, direction: 'in' | 'out', redirects: readonly Redirect[]): string {
  const chain = `${tag}-${direction.toUpperCase()}`;
  const side = direction === 'in' ? '-s' : '-d';
  const rules = redirects.flatMap(({ protocol, port, toPort, addresses }) => {
    const others = addresses.length === 0 ? [''] : ofFamily(family, addresses).map((address) => `${side} ${address} `);
    return others.map((other) => `-A ${chain} ${other}-p ${protocol} -m ${protocol} --dport ${port} -j REDIRECT --to-ports ${toPort}`);
  });
  const spared = direction === 'out' ? [`-A ${chain} -m owner --gid-owner ${PROGRAM_GROUP} -j RETURN`] : [];
  const hook = direction === 'in' ? 'PREROUTING' : 'OUTPUT';
  return ['*nat', `:${chain} - [0:0]`, ...spared, ...rules, `-I ${hook} 1 -j ${chain}`, 'COMMIT', ''].join('\n');
}
