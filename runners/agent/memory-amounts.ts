/** How much memory is to be taken, or left to a container, by what it has and what the host has. Pure; each throws where that cannot be. */
import { formatBytes } from '../../experiments/language/size.ts';
import { HOST_SHARE_MAX } from './host-memory.ts';

/** The kernel counts in pages. */
const PAGE_BYTES = 4096;

/** Either until the container's usage has reached `share` of its limit, or `bytes`; at most `bytesMax`. */
export interface AskedPressure {
  readonly share?: number;
  readonly bytes?: number;
  readonly bytesMax: number;
}

export interface FoundMemory {
  /** `max` where it has none. */
  readonly limit: string;
  readonly anonymousBytes: number;
  readonly hostAvailableBytes: number;
}

/** Bytes to hold. What files keep in memory makes room, so that only the rest counts as used. */
export function pressureBytes(asked: AskedPressure, found: FoundMemory): number {
  const limit = found.limit === 'max' ? undefined : Number(found.limit);
  if (asked.share !== undefined && limit === undefined) {
    throw new Error('it has no memory limit to fill a share of: say with `bytes` how much to take');
  }
  const wanted = asked.bytes ?? Math.floor((asked.share ?? 0) * (limit ?? 0)) - found.anonymousBytes;
  if (wanted < PAGE_BYTES) throw new Error(`it uses ${formatBytes(found.anonymousBytes)} already, which is no less than asked for`);
  if (limit !== undefined && wanted > limit)
    throw new Error(`${formatBytes(wanted)} are more than its memory limit of ${formatBytes(limit)}`);
  if (wanted > asked.bytesMax)
    throw new Error(`it would take ${formatBytes(wanted)}, more than \`max-bytes\` of ${formatBytes(asked.bytesMax)}`);
  const most = found.hostAvailableBytes * HOST_SHARE_MAX;
  if (wanted > most)
    throw new Error(
      `it would take ${formatBytes(wanted)}, more than half of the ${formatBytes(found.hostAvailableBytes)} that the host has free`,
    );
  return pages(wanted);
}

/** The least that a container is left; below, the engine itself could not start a process in it. */
const LIMIT_BYTES_MIN = 6 * 1024 * 1024;

/** Either `bytes`, or `share` of what it uses. */
export interface AskedLimit {
  readonly share?: number;
  readonly bytes?: number;
}

/** The limit to set, as the kernel writes it. */
export function loweredMemory(asked: AskedLimit, found: string, anonymousBytes: number): string {
  const bytes = pages(asked.bytes ?? (asked.share ?? 1) * anonymousBytes);
  if (bytes < LIMIT_BYTES_MIN)
    throw new Error(`a limit of ${formatBytes(bytes)} is less than the ${formatBytes(LIMIT_BYTES_MIN)} that a container needs`);
  if (found !== 'max' && bytes >= Number(found))
    throw new Error(`its memory limit is ${formatBytes(Number(found))} as it is, so that ${formatBytes(bytes)} would take nothing from it`);
  return String(bytes);
}

function pages(bytes: number): number {
  return Math.floor(bytes / PAGE_BYTES) * PAGE_BYTES;
}
