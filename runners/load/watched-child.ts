/**
 * A process of our own, seen from the one that started it: hears what it tells, keeps the last of what it writes to
 * standard error, looks for its silence, and makes sure that it ends. What its end means its owner knows.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How often the silence is looked at. */
const WATCH_MS = 250;
/** What is kept of its last words. */
const STDERR_CHARACTERS_KEPT = 16_384;

/** What a child that is stuck may still write to standard error before it is ended. */
export interface LastWords {
  /** With this text they are there. */
  readonly mark: string;
  /** They get this long, beyond the silence. */
  readonly msMax: number;
}

export interface WatchedChildOptions {
  /** The module that it runs. */
  readonly file: URL;
  readonly execArgv?: readonly string[];
  /** A child that says nothing for this long is stuck and is killed. */
  readonly silenceMsMax: number;
  /** Until it is `booted` it gets at least this long: it starts a process and loads its modules, on a machine that may be busy. */
  readonly bootMsMax: number;
  readonly lastWords?: LastWords;
  /** A message, as it came. What this throws ends the child, and is the failure of its end. */
  readonly hear: (received: unknown) => void;
}

/** How a child ended. */
export interface ChildEnd {
  /** `SIGKILL`, `exit code 1`. */
  readonly how: string;
  /** The silence that it was killed for, in ms; undefined where it was not stuck. */
  readonly silentMs: number | undefined;
  /** The last that it wrote to standard error. */
  readonly stderr: string;
  /** What was thrown when it was started or heard; undefined where nothing was. */
  readonly failure: unknown;
}

export class WatchedChild {
  /** Never rejects. */
  readonly ended: Promise<ChildEnd>;
  readonly #child: ChildProcess;
  readonly #options: WatchedChildOptions;
  /** Looks since the last word; counted rather than timed, so that a runner that was itself frozen blames nobody. */
  #silentLooks = 0;
  #booted = false;
  #silentMs: number | undefined;
  #failure: unknown;
  #stderr = '';

  constructor(options: WatchedChildOptions) {
    this.#options = options;
    const { file, execArgv = [] } = options;
    const child = fork(fileURLToPath(file), { execArgv: [...execArgv], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.#child = child;
    child.on('message', (message) => this.#hear(message));
    child.stderr?.on('data', (chunk) => {
      this.#stderr = (this.#stderr + String(chunk)).slice(-STDERR_CHARACTERS_KEPT);
    });
    const watch = setInterval(() => this.#watch(), WATCH_MS);
    // Its last messages may come after its end.
    const silenced = new Promise<void>((resolve) => child.once('disconnect', () => resolve()));
    this.ended = new Promise<string>((resolve) => {
      child.on('error', (error) => {
        this.#failure ??= error;
        if (child.pid === undefined) resolve('no start');
      });
      child.once('close', (code, signal) => void silenced.then(() => resolve(signal ?? `exit code ${code}`)));
    }).then((how) => {
      clearInterval(watch);
      return { how, silentMs: this.#silentMs, stderr: this.#stderr, failure: this.#failure };
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** From here on it speaks at its own rhythm. */
  booted(): void {
    this.#booted = true;
  }

  /** Nothing happens where it has gone. */
  tell(message: object): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Ends it at once. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Resolves when it is gone; it is killed where that takes longer. */
  async goneWithin(ms: number): Promise<void> {
    const tooLong = setTimeout(() => this.kill(), ms);
    await this.ended;
    clearTimeout(tooLong);
  }

  #hear(received: unknown): void {
    this.#silentLooks = 0;
    if (this.#failure !== undefined) return;
    try {
      this.#options.hear(received);
    } catch (error) {
      this.#failure = error;
      this.kill();
    }
  }

  #watch(): void {
    this.#silentLooks += 1;
    const { silenceMsMax, bootMsMax, lastWords } = this.#options;
    const silentMs = this.#silentLooks * WATCH_MS;
    const allowedMs = this.#booted ? silenceMsMax : Math.max(bootMsMax, silenceMsMax);
    if (this.#silentMs !== undefined || silentMs <= allowedMs) return;
    if (lastWords && !this.#stderr.includes(lastWords.mark) && silentMs <= allowedMs + lastWords.msMax) return;
    this.#silentMs = allowedMs;
    this.kill();
  }
}
