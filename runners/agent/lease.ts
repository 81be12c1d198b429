/**
 * The lease: the agent works for a runner only as long as it hears from it. A runner that is frozen, or cut off from a
 * remote engine, never ends the agent's input; the lease ends it.
 */

export interface LeaseTimer {
  nowMs(): number;
  /** Calls back after the time; the answer cancels it. */
  after(ms: number, call: () => void): () => void;
}

export interface Lease {
  /** Heard from the runner: the lease runs anew. */
  renew(): void;
  /** No more lease: undone, or leaving. */
  end(): void;
}

/** Starts a lease; `expired` is called once, when nothing renewed it for `leaseMs`. */
export function startLease(leaseMs: number, timer: LeaseTimer, expired: () => void): Lease {
  let heardMs = timer.nowMs();
  let ended = false;
  let cancel = () => {};
  const watch = (ms: number) => {
    cancel = timer.after(ms, () => {
      if (ended) return;
      const leftMs = heardMs + leaseMs - timer.nowMs();
      if (leftMs > 0) return watch(leftMs);
      ended = true;
      expired();
    });
  };
  watch(leaseMs);
  return {
    renew() {
      heardMs = timer.nowMs();
    },
    end() {
      ended = true;
      cancel();
    },
  };
}

/** The real clock: monotonic, so that setting the wall clock never ends a lease. */
export const realTimer: LeaseTimer = {
  nowMs: () => performance.now(),
  after(ms, call) {
    const timeout = setTimeout(call, ms);
    return () => clearTimeout(timeout);
  },
};
