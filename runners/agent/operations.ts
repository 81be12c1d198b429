/**
 * What the agent can do, as plain data. A fault translates its settings into operations while planning; the agent is
 * created holding all of them, so that it can undo every one by itself. Every operation is named, so that its
 * undo can be asked for twice and reported on.
 */

/** A container by id; the agent looks up the pid itself, afresh at each move. */
export interface ContainerRef {
  readonly id: string;
  readonly name: string;
}

/** Traffic to drop without a word: everything but loopback, the engine's DNS and the addresses in `spare`. */
export interface BlackoutOperation {
  readonly op: 'blackout';
  readonly container: ContainerRef;
  /** CIDRs that stay reachable in both directions (the rest of the selection). */
  readonly spare: readonly string[];
  readonly direction: 'both' | 'in' | 'out';
}

/** Delay on the packets between this container and `addresses`, and where `ports` are given, from or to one of these TCP/UDP ports. */
export interface LatencyOperation {
  readonly op: 'latency';
  readonly container: ContainerRef;
  /** CIDRs of the other side; empty means everyone but loopback. */
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
  readonly delayMs: number;
  readonly jitterMs: number;
  /** Bytes that may be held back at most; hitting it is reported and makes the run inconclusive. */
  readonly bufferBytesMax: number;
  /** `out`: what this container sends; `in`: what it is sent; `both`: each is delayed, so that a round trip takes twice the delay longer. Default `out`. */
  readonly direction?: 'both' | 'in' | 'out';
}

/** A call to the engine and its counterpart: pause/unpause, stop/start, kill/start. */
export interface EngineOperation {
  readonly op: 'engine';
  readonly container: ContainerRef;
  readonly call: 'pause' | 'stop' | 'kill';
  /** For kill, default SIGKILL. */
  readonly signal?: string;
  /** For stop: seconds until SIGKILL. */
  readonly graceS?: number;
}

/** Evicts a share of the keys that match a pattern: SCAN, a seeded choice, UNLINK. Not undone. */
export interface EvictOperation {
  readonly op: 'evict';
  readonly container: ContainerRef;
  readonly port: number;
  readonly pattern: string;
  /** 0–1. */
  readonly share: number;
  readonly seed: number;
}

/** Runs a command in the container by an exec that was started in arming and waits for its cue; `delayMs` after the cue. Not undone. */
export interface CommandOperation {
  readonly op: 'command';
  readonly container: ContainerRef;
  readonly command: readonly string[];
  readonly delayMs: number;
  readonly timeoutMs: number;
}

/** Does nothing and proves it; for tests. */
export interface NoopOperation {
  readonly op: 'noop';
  readonly container: ContainerRef;
}

export type Operation = BlackoutOperation | LatencyOperation | EngineOperation | EvictOperation | CommandOperation | NoopOperation;

/** The operations of one fault of the run. */
export interface FaultOperations {
  /** The step's name; unique in a run. */
  readonly fault: string;
  readonly operations: readonly Operation[];
}

/** What the agent's container carries from its creation on, as /firedrill/orders.json and readable by `sweep`. */
export interface Orders {
  readonly runId: string;
  readonly leaseMs: number;
  /** Name of the lock container that goes with the run; removed by the agent when it has undone everything without the runner. Empty: none. */
  readonly lock: string;
  readonly faults: readonly FaultOperations[];
}
