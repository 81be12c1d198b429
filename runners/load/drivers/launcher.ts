/** What a driver needs of its scenario: virtual users to start iterations with, and somebody to tell of the end. */
import type { Schedule } from '../pacing/schedule.ts';
import type { LoadClock } from '../transport/engine.ts';
import type { VirtualUsers } from './virtual-users.ts';

export interface Launcher {
  readonly clock: LoadClock;
  readonly schedule: Schedule;
  readonly users: VirtualUsers;
  /** Counts how late an iteration was handed over: `nowMs − intendedMs`. */
  lag(intendedMs: number, nowMs: number): void;
  /** Counts an arrival for which there is no virtual user. */
  drop(intendedMs: number, nowMs: number): void;
  /** The driver starts nothing any more. */
  finished(): void;
}
