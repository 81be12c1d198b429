/**
 * The life of something that beats, told from the instants at which a change was seen. It is dead when nothing was seen
 * for `misses` intervals and a margin, and suspected when one beat is overdue; a hiccup shorter than that is no death. Pure.
 *
 *     beat ──── interval + margin ────▶ suspected ──── misses × interval + margin ────▶ dead ── beat ──▶ alive
 */
import type { ReadingValue } from './reading-value.ts';

export interface HeartbeatLimits {
  readonly intervalMs: number;
  /** Beats that may be missed before it counts as dead (k). */
  readonly misses: number;
  /** What a beat may be late. */
  readonly marginMs: number;
}

/** What is remembered between looks. Instants on the run's clock. */
export interface HeartbeatMemory {
  /** The first look that said anything; silence is counted from there before the first beat. */
  readonly sinceMs: number | undefined;
  /** The last value that told a counter or a stamp. */
  readonly last: Exclude<ReadingValue, null> | undefined;
  /** When a change was last seen. */
  readonly beatAtMs: number | undefined;
}

export type Life = 'alive' | 'suspected' | 'dead';

export const NOTHING_SEEN: HeartbeatMemory = { sinceMs: undefined, last: undefined, beatAtMs: undefined };

/** After a look at `atMs`: another value than before is a beat, forwards or backwards; null (nobody answered) is none. */
export function afterLook(memory: HeartbeatMemory, value: ReadingValue, atMs: number): HeartbeatMemory {
  const sinceMs = memory.sinceMs ?? atMs;
  if (value === null) return { ...memory, sinceMs };
  const isBeat = memory.last !== undefined && memory.last !== value;
  return { sinceMs, last: value, beatAtMs: isBeat ? atMs : memory.beatAtMs };
}

/** How long nothing was seen; undefined before the first look. */
export function silenceMs({ beatAtMs, sinceMs }: HeartbeatMemory, nowMs: number): number | undefined {
  const fromMs = beatAtMs ?? sinceMs;
  return fromMs === undefined ? undefined : nowMs - fromMs;
}

/** When silence is death: misses × interval + margin. */
export function deadAfterMs({ intervalMs, misses, marginMs }: HeartbeatLimits): number {
  return misses * intervalMs + marginMs;
}

/** Undefined while nothing can be said: no beat was seen, and there was not yet time for one. */
export function lifeOf(memory: HeartbeatMemory, limits: HeartbeatLimits, nowMs: number): Life | undefined {
  const silentMs = silenceMs(memory, nowMs);
  if (silentMs === undefined) return undefined;
  if (silentMs > deadAfterMs(limits)) return 'dead';
  if (memory.beatAtMs === undefined) return undefined;
  return silentMs > limits.intervalMs + limits.marginMs ? 'suspected' : 'alive';
}
