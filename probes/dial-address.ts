/** Where a probe dials: the address that the file gives, else the first IPv4 address of its target. */
import { isIPv4 } from 'node:net';
import { lookFailed, systemFailed } from './failure-reading.ts';
import type { ProbeTarget, Reading } from './probe.ts';

/** The target's address, or the reading where there is none: a stopped container has no address, and that is no error of ours. */
export function dialAddress(target: ProbeTarget | undefined): { readonly host: string } | { readonly missing: Reading } {
  if (!target) return { missing: lookFailed('neither a target nor an address says where to look') };
  const host = target.addresses.find((address) => isIPv4(address)) ?? target.addresses[0];
  return host === undefined ? { missing: systemFailed('the container has no address') } : { host };
}
