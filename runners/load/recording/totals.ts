/** What a load came to, in all. */

/** Counts of requests. `planned` = `ok` + `failed` + `dropped` once all have ended. */
export interface RequestTotals {
  planned: number;
  sent: number;
  /** Answered with 2xx or 3xx. */
  ok: number;
  failed: number;
  /** Not started (maxVUs), or given up by the generator itself at the end. */
  dropped: number;
}

/** Counts of all scenarios, and how well the generator kept its own times. */
export interface LoadTotals extends Readonly<RequestTotals> {
  /** Sent a second time, because a connection that had rested was dead. */
  readonly retried: number;
  readonly lagP50Ms: number;
  readonly lagP99Ms: number;
  /** The 99th percentile of the lag was above 10 ms over the whole run: the figures may be the generator's doing. */
  readonly limited: boolean;
}

export const NO_REQUESTS: Readonly<RequestTotals> = { planned: 0, sent: 0, ok: 0, failed: 0, dropped: 0 };

export function addRequests(a: Readonly<RequestTotals>, b: Readonly<RequestTotals>): RequestTotals {
  return {
    planned: a.planned + b.planned,
    sent: a.sent + b.sent,
    ok: a.ok + b.ok,
    failed: a.failed + b.failed,
    dropped: a.dropped + b.dropped,
  };
}
