/** The process of a script, seen from the runner: starts it, hears what it tells, and makes sure that it ends. */
import { type ChildProcess, fork } from 'node:child_process';
import { extname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { K6_EXIT, ScriptFailure } from '../exit-codes.ts';
import { loadScript } from '../load-script.ts';
import type { ScriptResult } from '../script-run.ts';
import { type FromScript, fromScript, type ScriptOrder, type ToScript } from './messages.ts';
import { STALL_MARK } from './stall-watch.ts';

/** A script that says nothing for this long is stuck and is killed; it speaks every 100 ms. */
export const SILENCE_MS_MAX = 5000;
/** Before its first word it reads, bundles and runs its init context. */
export const BOOT_MS_MAX = 60_000;
/** Memory for what scripts make; beyond it their process ends. */
export const HEAP_MB_MAX = 2048;
/** How often the silence is looked at. */
const WATCH_MS = 250;
/** Who is stuck gets this long to have the place written down, beyond the silence. */
const LAST_WORD_MS = 3000;
/** What is kept of its last words. */
const STDERR_BYTES_KEPT = 16_384;

export interface ScriptProcessOptions {
  readonly order: ScriptOrder;
  readonly startNs: bigint;
  /** False: it is planned only. */
  readonly runs: boolean;
  readonly hear: (message: FromScript) => void;
  readonly silenceMsMax?: number | undefined;
  readonly heapMbMax?: number | undefined;
}

export class ScriptProcess {
  /** Rejects with ScriptFailure where it was stuck, ran out of memory or died. */
  readonly done: Promise<ScriptResult>;
  readonly #child: ChildProcess;
  readonly #options: ScriptProcessOptions;
  readonly #silenceMsMax: number;
  #result: ScriptResult | undefined;
  /** Looks since the last word; counted rather than timed, so that a runner that was itself frozen blames nobody. */
  #silentLooks = 0;
  #runs = false;
  #stuck = false;
  #stderr = '';

  constructor(options: ScriptProcessOptions) {
    this.#options = options;
    this.#silenceMsMax = options.silenceMsMax ?? SILENCE_MS_MAX;
    const file = new URL(`./child${extname(import.meta.url)}`, import.meta.url);
    const execArgv = [
      `--max-old-space-size=${options.heapMbMax ?? HEAP_MB_MAX}`,
      '--enable-source-maps=false',
      '--disable-warning=ExperimentalWarning',
    ];
    this.#child = fork(fileURLToPath(file), { execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.#child.on('message', (message) => this.#hear(message));
    this.#child.stderr?.on('data', (chunk) => {
      this.#stderr = (this.#stderr + String(chunk)).slice(-STDERR_BYTES_KEPT);
    });
    const watch = setInterval(() => this.#watch(), WATCH_MS);
    this.done = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => {
        clearInterval(watch);
        if (this.#result) resolve(this.#result);
        else void this.#failureOf(signal ?? `exit code ${code}`).then(reject, reject);
      });
    });
    const { order, startNs, runs } = options;
    this.#tell({ type: 'begin', order, startNs: String(startNs), runs });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Starts no iteration any more; those under way get `graceMs`, then come teardown and summary. */
  stop(graceMs: number, by: 'signal' | 'end'): void {
    this.#tell({ type: 'stop', graceMs, by });
  }

  /** Ends it at once. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #tell(message: ToScript): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #hear(received: unknown): void {
    this.#silentLooks = 0;
    const message = fromScript.parse(received);
    if (message.type === 'described' && this.#options.runs) this.#runs = true;
    if (message.type === 'result') this.#result = message.result;
    else this.#options.hear(message);
  }

  #watch(): void {
    this.#silentLooks += 1;
    const silentMs = this.#silentLooks * WATCH_MS;
    if (this.#stuck || silentMs <= this.#silenceMs()) return;
    if (!this.#stderr.includes(STALL_MARK) && silentMs <= this.#silenceMs() + LAST_WORD_MS) return;
    this.#stuck = true;
    this.kill();
  }

  #silenceMs(): number {
    return this.#runs ? this.#silenceMsMax : Math.max(BOOT_MS_MAX, this.#silenceMsMax);
  }

  async #failureOf(end: string): Promise<ScriptFailure> {
    const { path, folder } = this.#options.order;
    if (/heap limit|heap out of memory|Array buffer allocation failed/.test(this.#stderr)) {
      const limit = this.#options.heapMbMax ?? HEAP_MB_MAX;
      return new ScriptFailure(
        `${relative(folder, path)} took more than ${limit} MB of memory, and its process ended`,
        K6_EXIT.generic,
        'look for a list that grows with each iteration; share data between virtual users by SharedArray',
      );
    }
    if (this.#stuck) return this.#stuckFailure();
    return new ScriptFailure(`the process of ${relative(folder, path)} ended by ${end}: ${this.#stderr.trim()}`, K6_EXIT.generic);
  }

  async #stuckFailure(): Promise<ScriptFailure> {
    const { path, folder } = this.#options.order;
    const place = stalledAt(this.#stderr);
    const who = place === undefined || place.who === '' ? '' : ` (${place.who})`;
    const where = place === undefined ? '' : await authorsPlace(path, folder, place.stack);
    return new ScriptFailure(
      `${relative(folder, path)}${who} said nothing for ${this.#silenceMs()} ms and was ended${where}`,
      K6_EXIT.generic,
      'a loop that neither ends nor waits keeps all virtual users from running; let it end, or sleep() in it',
    );
  }
}

/** The frames of a stack that are in the script, where its author wrote them. */
async function authorsPlace(path: string, folder: string, stack: string): Promise<string> {
  const script = await loadScript(path, folder).catch(() => undefined);
  const frames = script?.originalStack(stack).split('\n').slice(1) ?? [];
  return frames.map((frame) => `\n${frame}`).join('');
}

/** What the stall watch wrote last. */
function stalledAt(stderr: string): { readonly who: string; readonly stack: string } | undefined {
  const line = stderr
    .split('\n')
    .findLast((each) => each.startsWith(STALL_MARK))
    ?.slice(STALL_MARK.length);
  if (line === undefined) return undefined;
  try {
    const { who, stack }: { who?: unknown; stack?: unknown } = JSON.parse(line);
    return { who: String(who ?? ''), stack: String(stack) };
  } catch {
    return undefined;
  }
}
