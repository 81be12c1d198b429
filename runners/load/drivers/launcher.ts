/** What a driver needs of its scenario: virtual users to start iterations with, and somebody to tell of the end. */
import type { Share } from '../executors/executor.ts';
import type { Random } from '../pacing/random.ts';
import type { Schedule } from '../pacing/schedule.ts';
import type { LoadClock } from '../transport/engine.ts';
import type { VirtualUsers } from './virtual-users.ts';

export interface Launcher {
  readonly clock: LoadClock;
  readonly schedule: Schedule;
  readonly users: VirtualUsers;
  /** The part of the plan that is this process's. */
  readonly share: Share;
  /** An iteration that ends earlier makes its virtual user wait for the rest of it. */
  readonly minIterationMs: number;
  /** Draws the pauses of virtual users. */
  readonly random: Random;
  /** Counts how late an iteration was handed over: `nowMs − intendedMs`. */
  lag(intendedMs: number, nowMs: number): void;
  /** Counts an iteration for which there is no virtual user, or no time. */
  drop(intendedMs: number, nowMs: number): void;
  /** The driver starts nothing any more. */
  finished(): void;
}

/** How many of `count` things are a share's, where thing i belongs to process i mod n. */
export function ownCount(count: number, { index, of }: Share): number {
  return Math.max(0, Math.ceil((count - index) / of));
}
