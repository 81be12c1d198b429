/** One request of a script on its way. */
import type { Outcome } from '../../../../probes/slo/load-cells.ts';
import type { Answer, Engine, Failure, Job } from '../../transport/engine.ts';
import { isReplayable, type RequestMessage } from '../../transport/message.ts';

export interface JobParts {
  readonly message: RequestMessage;
  readonly engine: Engine;
  readonly keepBody: boolean;
  readonly deadlineMs: number;
}

/** What it came to; `sentMs` NaN where it was never sent. */
export interface JobEnd {
  readonly outcome: Outcome;
  readonly sentMs: number;
  readonly atMs: number;
  readonly answer: Answer | undefined;
  readonly failure: Failure | undefined;
}

export class ScriptJob implements Job {
  readonly message: RequestMessage;
  readonly replayable: boolean;
  readonly keep: Job['keep'];
  readonly deadlineMs: number;
  readonly #engine: Engine;
  readonly #onSent: () => void;
  readonly #onEnd: (end: JobEnd) => void;
  #sentMs = Number.NaN;

  /** `onSent` is called once, `onEnd` exactly once. */
  constructor({ message, engine, keepBody, deadlineMs }: JobParts, onSent: () => void, onEnd: (end: JobEnd) => void) {
    this.message = message;
    this.replayable = isReplayable(message.method);
    this.keep = keepBody ? 'body' : 'head';
    this.deadlineMs = deadlineMs;
    this.#engine = engine;
    this.#onSent = onSent;
    this.#onEnd = onEnd;
  }

  send(): void {
    this.#engine.send(this);
  }

  cancel(): void {
    this.#engine.cancel(this);
  }

  sent(atMs: number): void {
    if (Number.isNaN(this.#sentMs)) this.#onSent();
    this.#sentMs = atMs;
  }

  settle(outcome: Outcome, atMs: number, answer: Answer | undefined, failure?: Failure): void {
    this.#onEnd({ outcome, sentMs: this.#sentMs, atMs, answer, failure });
  }
}
