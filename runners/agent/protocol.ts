/**
 * JSON lines between runner and agent: requests on the agent's standard input, replies and notices on its standard
 * output, which is also its log. Each request carries an id that its reply repeats. Any line renews the lease.
 */
export type Move = 'arm' | 'inject' | 'prove' | 'undo' | 'read-back';

export type AgentRequest =
  | { readonly id: number; readonly move: Move; readonly fault: string; readonly timeoutMs: number }
  /** Renews the lease and asks for the agent's clock. */
  | { readonly id: number; readonly move: 'keep' }
  /** Everything is undone: leave. The lock is the runner's to give back. */
  | { readonly id: number; readonly move: 'leave' };

/** What one operation came to. `atNs` is CLOCK_MONOTONIC of the engine's host, as a decimal text. */
export interface OperationResult {
  readonly container: string;
  readonly ok: boolean;
  /** When the act took effect (the commit of the rules, the engine's answer …). */
  readonly atNs: string;
  readonly tookMs: number;
  /** `nfqueue`, `engine` …; which mechanism did it. */
  readonly mechanism?: string;
  /** For prove: a sentence with figures; for read-back: what was looked at. */
  readonly evidence?: string;
  /** Numbers that objectives may use (`evicted`, `matchedPackets`, `measuredDelayMs`, …). */
  readonly facts?: Readonly<Record<string, number>>;
  readonly error?: string;
}

export type AgentReply =
  | { readonly id: number; readonly ok: true; readonly clockNs: string; readonly results: readonly OperationResult[] }
  | { readonly id: number; readonly ok: false; readonly error: string };

/** Lines that the agent writes unasked. */
export type AgentNotice =
  | { readonly notice: 'ready'; readonly clockNs: string; readonly at: string }
  /** It undoes by itself: the input ended, the lease ran out, it restarted, or it was told to stop by a signal. */
  | { readonly notice: 'undoing'; readonly because: 'input-ended' | 'lease-expired' | 'restarted' | 'signal'; readonly at: string }
  | { readonly notice: 'undone'; readonly fault: string; readonly results: readonly OperationResult[]; readonly at: string }
  | { readonly notice: 'left'; readonly clean: boolean; readonly at: string };
