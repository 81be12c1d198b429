/** How much memory the host has to give. */
import { readFileSync } from 'node:fs';

/** A fault never takes more than this share of what the host has free. */
export const HOST_SHARE_MAX = 0.5;

/** What could be taken without swapping, by the text of /proc/meminfo. */
export function availableBytes(meminfo = readFileSync('/proc/meminfo', 'utf8')): number {
  const kib = meminfo.match(/^MemAvailable:\s+(\d+) kB$/m)?.[1];
  if (kib === undefined) throw new Error('the kernel does not say how much memory is available');
  return Number(kib) * 1024;
}
