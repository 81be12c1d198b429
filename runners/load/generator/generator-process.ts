/** One generator process, seen from the runner: starts it, hears what it tells, and makes sure that it ends. */
import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT, FiredrillError } from '../../failure.ts';
import { type FromGenerator, fromGenerator, type ToGenerator } from './messages.ts';

/** A generator that says nothing for this long is stuck and is killed; it speaks every 100 ms. */
export const SILENCE_MS_MAX = 5000;
/** A generator that has not spoken yet gets at least this long: it starts a process and loads its modules, on a machine that may be busy. */
export const BOOT_MS_MAX = 15_000;
/** How often the silence is looked at. */
const WATCH_MS = 250;
/** What is under way when the load is stopped early gets this long to be answered. */
export const STOP_GRACE_MS = 2000;
/** What is kept of the generator's last words. */
const STDERR_BYTES_KEPT = 8192;

export interface ProcessOptions {
  /** What it carries out, for messages: `viewers, others`. */
  readonly names: string;
  readonly silenceMsMax: number;
  readonly hear: (message: FromGenerator) => void;
}

export class GeneratorProcess {
  /** Resolves when it has ended in order; rejects with FiredrillError where it died or was stuck. */
  readonly done: Promise<void>;
  readonly #child: ChildProcess;
  readonly #options: ProcessOptions;
  readonly #exited: Promise<void>;
  /** Looks since the last word; counted rather than timed, so that a runner that was itself frozen blames nobody. */
  #silentLooks = 0;
  #spoke = false;
  #stuck = false;
  #ended = false;
  #failure: unknown;
  #stderr = '';

  constructor(options: ProcessOptions) {
    this.#options = options;
    const file = new URL(`./generator${extname(import.meta.url)}`, import.meta.url);
    const child = fork(fileURLToPath(file), { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.#child = child;
    child.on('message', (message) => this.#hear(message));
    child.on('error', (error) => {
      this.#failure ??= error;
    });
    child.stderr?.on('data', (chunk) => {
      this.#stderr = (this.#stderr + String(chunk)).slice(-STDERR_BYTES_KEPT);
    });
    const watch = setInterval(() => this.#watch(), WATCH_MS);
    this.done = new Promise((resolve, reject) => {
      child.once('close', (code, signal) => {
        clearInterval(watch);
        if (this.#ended && this.#failure === undefined) resolve();
        else reject(this.#failureOf(signal ?? `exit code ${code}`));
      });
    });
    this.#exited = this.done.then(
      () => {},
      () => {},
    );
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  tell(message: ToGenerator): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Ends it early; what is under way gets a short grace. Resolves when it is gone. Never rejects; may be called twice. */
  async stop(): Promise<void> {
    this.tell({ type: 'stop', graceMs: STOP_GRACE_MS });
    const tooLong = setTimeout(() => this.#child.kill('SIGKILL'), STOP_GRACE_MS + this.#options.silenceMsMax);
    await this.#exited;
    clearTimeout(tooLong);
  }

  #hear(received: unknown): void {
    this.#silentLooks = 0;
    this.#spoke = true;
    try {
      const message = fromGenerator.parse(received);
      if (message.type === 'ended') this.#ended = true;
      this.#options.hear(message);
    } catch (error) {
      this.#failure ??= error;
      this.#child.kill('SIGKILL');
    }
  }

  #watch(): void {
    this.#silentLooks += 1;
    if (this.#stuck || this.#silentLooks * WATCH_MS <= this.#silenceMs()) return;
    this.#stuck = true;
    this.#child.kill('SIGKILL');
  }

  /** Silence that is allowed. */
  #silenceMs(): number {
    return this.#spoke ? this.#options.silenceMsMax : Math.max(BOOT_MS_MAX, this.#options.silenceMsMax);
  }

  #failureOf(end: string): unknown {
    if (this.#failure !== undefined) return this.#failure;
    const { names } = this.#options;
    const words = this.#stderr.trim();
    if (this.#stuck) {
      return new FiredrillError(
        'load.generator-stuck',
        `the load generator (${names}) said nothing for ${this.#silenceMs()} ms and was killed`,
        {
          hint: 'look at what keeps the machine busy, or lower the rate',
          exitCode: EXIT.inconclusive,
        },
      );
    }
    return new FiredrillError('load.generator-died', `the load generator (${names}) ended by ${end}${words === '' ? '' : `: ${words}`}`, {
      hint: 'run it again; if it ends again, report the text above',
      exitCode: EXIT.inconclusive,
    });
  }
}
