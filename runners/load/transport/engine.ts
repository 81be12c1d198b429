/**
 * What carries requests. The drivers know when to send and what came of it; an engine knows how. HTTP/1.1 over
 * autocannon's client is one engine; another transport stands beside it behind this interface.
 */
import type { Outcome } from '../../../probes/slo/load-cells.ts';

/** What a check may look at. `body` is there only where the job wants it. */
export interface Answer {
  readonly status: number;
  /** Names and values in turn, as they came. */
  readonly headers: readonly string[];
  readonly body: Buffer | undefined;
}

/** One request to make, and who is told. Exactly one `settle` follows each `send`. */
export interface Job {
  /** The request as it goes over the wire. */
  readonly payload: string | Buffer;
  /** The answer has no body, whatever its headers say. */
  readonly head: boolean;
  /** May be sent twice: safe by its method. */
  readonly replayable: boolean;
  /** How much of the answer is kept for the checks. */
  readonly keep: 'nothing' | 'head' | 'body';
  /** On the run's clock; past it the job is a `timeout`, sent or not. */
  readonly deadlineMs: number;
  /** Its bytes go out. Called again when it is sent anew over a fresh connection. */
  sent(atMs: number): void;
  settle(outcome: Outcome, atMs: number, answer: Answer | undefined): void;
}

export interface Engine {
  /** Sends at once over a free connection, else as soon as there is one, in order. Never throws. */
  send(job: Job): void;
  /** Gives a job up at once: it settles as `dropped`. Nothing happens where it is not under way. */
  cancel(job: Job): void;
  /** Makes connections ready before there is work. Resolves when each attempt has come to something. */
  warm(count: number): Promise<void>;
  /** Called every few milliseconds: settles what is past its deadline. */
  sweep(nowMs: number): void;
  /** Jobs that were sent a second time, because a connection that had rested was dead. */
  readonly retried: number;
  /** Ends everything; jobs that are still open settle as `dropped`. */
  close(): void;
}

/** Milliseconds on the run's clock. */
export interface LoadClock {
  nowMs(): number;
}

/** Where requests go. */
export interface Origin {
  readonly secure: boolean;
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** As in a URL: `http://127.0.0.1:8080`. */
  readonly text: string;
}
