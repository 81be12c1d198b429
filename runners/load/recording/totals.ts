/** What a load came to, in all. */

/** Counts of requests. `planned` = `ok` + `failed` + `dropped` once all have ended. */
export interface RequestTotals {
  planned: number;
  sent: number;
  /** Answered with 2xx or 3xx, or as a script expected. */
  ok: number;
  failed: number;
  /** Not started (maxVUs), or given up by the generator itself at the end. */
  dropped: number;
  /** That went to their end; 0 where nobody counts them apart from requests. */
  iterations: number;
}

/** Counts of all scenarios, and how well the generators kept their own times. */
export interface LoadTotals extends Readonly<RequestTotals> {
  /** Sent a second time, because a connection that had rested was dead. */
  readonly retried: number;
  readonly lagP50Ms: number;
  readonly lagP99Ms: number;
  /** The 99th percentile of the lag was above 10 ms over the whole run: the figures may be the generator's doing. */
  readonly limited: boolean;
  /** Generators that shared the plan. */
  readonly processes: number;
}

export const NO_REQUESTS: Readonly<RequestTotals> = { planned: 0, sent: 0, ok: 0, failed: 0, dropped: 0, iterations: 0 };

export function addRequests(a: Readonly<RequestTotals>, b: Readonly<RequestTotals>): RequestTotals {
  return {
    planned: a.planned + b.planned,
    sent: a.sent + b.sent,
    ok: a.ok + b.ok,
    failed: a.failed + b.failed,
    dropped: a.dropped + b.dropped,
    iterations: a.iterations + b.iterations,
  };
}
