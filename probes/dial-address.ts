/** Where a probe that keeps a connection dials: the file's own `url`, else the first IPv4 address of its target. */
import { isIPv4 } from 'node:net';
import type { ProbeTarget } from './probe.ts';

/** The target's address, or what is missing in words. A stopped container has no address: that is a reading, not an error. */
export function dialAddress(target: ProbeTarget | undefined): { readonly host: string } | { readonly missing: 'target' | 'address' } {
  if (!target) return { missing: 'target' };
  const host = target.addresses.find((address) => isIPv4(address)) ?? target.addresses[0];
  return host === undefined ? { missing: 'address' } : { host };
}
