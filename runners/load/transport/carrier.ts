/** An open connection as its pool sees it: one request at a time over HTTP/1.1, many over HTTP/2. */
import type { Failure, Job } from './engine.ts';

export interface Carrier {
  /** Takes another job at once. */
  readonly free: boolean;
  readonly open: boolean;
  /** Carries several at once. */
  readonly multiplexed: boolean;
  /** Will soon know whether it can take more. */
  readonly growing: boolean;
  /** Requests that it carries at once, as far as it knows. */
  readonly carries: number;
  /** Only when free. `sinceMs` is when the job began to wait, NaN where it didn't; `again` where it was sent before. */
  send(job: Job, sinceMs: number, again: boolean): void;
  /** Waits for work from now on. */
  rest(): void;
  /** Takes back the jobs that are meant, unsettled; what carried them is cut, without telling the owner. */
  giveUp(meant: (job: Job) => boolean): readonly Job[];
  /** Cuts everything without telling the owner. Returns the jobs that were under way, unsettled. */
  hangUp(): readonly Job[];
}

/** Who decides what a carrier does next. Each call comes after the carrier's state has changed. */
export interface CarrierOwner {
  /** Answered, and free for another. */
  freed(carrier: Carrier): void;
  /** The connection is gone. */
  lost(carrier: Carrier): void;
  /** The other side never took the job: whether it is taken over, to be sent anew. */
  retry(job: Job, why: Failure): boolean;
}

export const NO_JOBS: readonly Job[] = [];
