/** Whether an answer is stale, and how old it is: pure. */
import type { Copy } from './cache.ts';

/** How an answer was come by. `kept` is a copy past its time, served because nobody could be asked. */
export type Source = 'hit' | 'read' | 'kept';

/** ms that the replica was behind the primary when this was read; never negative. */
export function lagAtReadMs(copy: Copy): number {
  return Math.max(0, copy.readAtMs - copy.asOfMs);
}

/** ms since the primary's state that this copy shows. */
export function ageMs(copy: Copy, nowMs: number): number {
  return Math.max(0, nowMs - copy.asOfMs);
}

/** True where the replica is too far behind for its answers to count as the truth. */
export function isBehind(copy: Copy, staleAfterMs: number): boolean {
  return lagAtReadMs(copy) > staleAfterMs;
}

/** Stale: read from a replica that was behind, or kept past its time. A hit within its time is fresh by the cache's contract. */
export function isStale(copy: Copy, source: Source, staleAfterMs: number): boolean {
  return source === 'kept' || isBehind(copy, staleAfterMs);
}

/** A time to live, and by which share of it more or less copies live, so that those made together do not end together. */
export interface Life {
  readonly ttlMs: number;
  readonly jitter: number;
}

/** How long a fresh read may be served; from a replica that is behind only for `behindMs`, so that the truth is served soon after it arrives. */
export function freshForMs(behind: boolean, { ttlMs, jitter }: Life, behindMs: number, random: number): number {
  return behind ? Math.min(ttlMs, behindMs) : Math.round(ttlMs * (1 - jitter + 2 * jitter * random));
}
