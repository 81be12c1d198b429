/** One generator process, seen from the runner. */
import { extname } from 'node:path';
import { EXIT, FiredrillError } from '../../failure.ts';
import { type ChildEnd, WatchedChild } from '../watched-child.ts';
import { type FromGenerator, fromGenerator, type ToGenerator } from './messages.ts';

/** A generator that says nothing for this long is stuck and is killed; it speaks every 100 ms. */
export const SILENCE_MS_MAX = 5000;
/** Before its first word. */
export const BOOT_MS_MAX = 15_000;
/** What is under way when the load is stopped early gets this long to be answered. */
export const STOP_GRACE_MS = 2000;

export interface ProcessOptions {
  /** What it carries out, for messages: `viewers, others`. */
  readonly names: string;
  readonly silenceMsMax: number;
  readonly hear: (message: FromGenerator) => void;
}

export class GeneratorProcess {
  /** Resolves when it has ended in order; rejects with FiredrillError where it died or was stuck. */
  readonly done: Promise<void>;
  readonly #child: WatchedChild;
  readonly #options: ProcessOptions;
  #ended = false;

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.#child = new WatchedChild({
      file: new URL(`./generator${extname(import.meta.url)}`, import.meta.url),
      silenceMsMax: options.silenceMsMax,
      bootMsMax: BOOT_MS_MAX,
      hear: (received) => this.#hear(received),
    });
    this.done = this.#settle();
    this.done.catch(() => {});
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  tell(message: ToGenerator): void {
    this.#child.tell(message);
  }

  /** Ends it early; what is under way gets a short grace. Resolves when it is gone. Never rejects; may be called twice. */
  async stop(): Promise<void> {
    this.tell({ type: 'stop', graceMs: STOP_GRACE_MS });
    await this.#child.goneWithin(STOP_GRACE_MS + this.#options.silenceMsMax);
  }

  #hear(received: unknown): void {
    this.#child.booted();
    const message = fromGenerator.parse(received);
    if (message.type === 'ended') this.#ended = true;
    this.#options.hear(message);
  }

  async #settle(): Promise<void> {
    const end = await this.#child.ended;
    if (!this.#ended || end.failure !== undefined) throw failureOf(this.#options.names, end);
  }
}

function failureOf(names: string, { how, silentMs, stderr, failure }: ChildEnd): unknown {
  if (failure !== undefined) return failure;
  if (silentMs !== undefined) {
    return new FiredrillError('load.generator-stuck', `the load generator (${names}) said nothing for ${silentMs} ms and was killed`, {
      hint: 'look at what keeps the machine busy, or lower the rate',
      exitCode: EXIT.inconclusive,
    });
  }
  const words = stderr.trim();
  return new FiredrillError('load.generator-died', `the load generator (${names}) ended by ${how}${words === '' ? '' : `: ${words}`}`, {
    hint: 'run it again; if it ends again, report the text above',
    exitCode: EXIT.inconclusive,
  });
}
