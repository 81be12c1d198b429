/** How much room a fault may take on a file system. A file system that is the host's own is hardly touched. */
import { statfsSync } from 'node:fs';
import { formatBytes } from '../../experiments/language/size.ts';
import { hostPath } from './disk-device.ts';
import { HOST_SHARE_MAX } from './host-memory.ts';

/** Of what is free on a file system that the host lives on, the share that may be taken. */
const SHARED_SHARE_MAX = 0.05;
/** The kernel's TMPFS_MAGIC and RAMFS_MAGIC: the room is memory. */
const IN_MEMORY: readonly number[] = [0x01021994, 0x858458f6];

export interface FoundRoom {
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** By the kernel's number. */
  readonly type: number;
}

export interface AskedRoom {
  readonly bytesMax: number;
  readonly leaveBytes: number;
}

/** Bytes that will be taken. Throws where they are more than may be taken. */
export function roomToTake(
  { bytesMax, leaveBytes }: AskedRoom,
  found: FoundRoom,
  hostMemoryBytes: number,
  hostTotals = totalsOfHost(),
): number {
  const taken = Math.min(bytesMax, found.freeBytes - leaveBytes);
  if (taken <= 0) throw new Error(`${formatBytes(found.freeBytes)} are free as it is, no more than are to be left`);
  if (IN_MEMORY.includes(found.type)) {
    const most = hostMemoryBytes * HOST_SHARE_MAX;
    if (taken > most)
      throw new Error(
        `it would take ${formatBytes(taken)} of memory, more than half of the ${formatBytes(hostMemoryBytes)} that the host has free`,
      );
    return taken;
  }
  // A quota and a file system of its own both show a total of their own.
  const shared = hostTotals.includes(found.totalBytes);
  if (shared && bytesMax > found.freeBytes * SHARED_SHARE_MAX) {
    throw new Error(
      `the room is the host's own (${formatBytes(found.freeBytes)} free): \`max-bytes\` of ${formatBytes(bytesMax)} is more than 5 % of it, which are ${formatBytes(found.freeBytes * SHARED_SHARE_MAX)}`,
    );
  }
  return taken;
}

/** The sizes of the file systems that the host and its engine live on. The engine keeps a container's host name as a file, outside of any quota. */
function totalsOfHost(): readonly number[] {
  return [hostPath('/'), '/etc/hostname'].map((path) => {
    const { blocks, bsize } = statfsSync(path);
    return blocks * bsize;
  });
}
