/** What a driver needs of its scenario: to start requests and to be told what came of them. */
import type { Outcome } from '../../../probes/slo/load-cells.ts';
import type { LoadClock } from '../engine.ts';
import type { Schedule } from '../schedule.ts';

export interface Launcher {
  readonly clock: LoadClock;
  readonly schedule: Schedule;
  /** Requests under way. */
  readonly underWay: number;
  /** Starts a request that was meant to start at `intendedMs` on the run's clock. */
  launch(intendedMs: number, nowMs: number, settled?: (outcome: Outcome) => void): void;
  /** Counts an arrival that may not be started. */
  drop(intendedMs: number, nowMs: number): void;
  /** The driver starts nothing any more. */
  finished(): void;
}
