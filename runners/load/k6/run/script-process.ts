/** The process of a script, seen from the runner. */
import { extname, relative } from 'node:path';
import { type ChildEnd, WatchedChild } from '../../watched-child.ts';
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
/** Who is stuck gets this long to have the place written down, beyond the silence. */
const LAST_WORDS_MS_MAX = 3000;

export interface ScriptProcessOptions {
  readonly order: ScriptOrder;
  readonly startNs: bigint;
  /** False: it is planned only. */
  readonly runs: boolean;
  /** Of several that share a test, the one that sets up, judges, tears down and sums up. */
  readonly leads: boolean;
  readonly hear: (message: FromScript) => void;
  readonly silenceMsMax?: number | undefined;
  readonly heapMbMax?: number | undefined;
}

export class ScriptProcess {
  /** Rejects with ScriptFailure where it was stuck, ran out of memory or died. */
  readonly done: Promise<ScriptResult>;
  readonly #child: WatchedChild;
  readonly #options: ScriptProcessOptions;
  #result: ScriptResult | undefined;

  constructor(options: ScriptProcessOptions) {
    this.#options = options;
    this.#child = new WatchedChild({
      file: new URL(`./child${extname(import.meta.url)}`, import.meta.url),
      execArgv: [
        `--max-old-space-size=${options.heapMbMax ?? HEAP_MB_MAX}`,
        '--enable-source-maps=false',
        '--disable-warning=ExperimentalWarning',
      ],
      silenceMsMax: options.silenceMsMax ?? SILENCE_MS_MAX,
      bootMsMax: BOOT_MS_MAX,
      lastWords: { mark: STALL_MARK, msMax: LAST_WORDS_MS_MAX },
      hear: (received) => this.#hear(received),
    });
    this.done = this.#settle();
    this.done.catch(() => {});
    const { order, startNs, runs, leads } = options;
    this.tell({ type: 'begin', order, startNs: String(startNs), runs, leads });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  tell(message: ToScript): void {
    this.#child.tell(message);
  }

  /** Ends it at once. */
  kill(): void {
    this.#child.kill();
  }

  /** Resolves when it is gone; it is killed where that takes longer. */
  goneWithin(ms: number): Promise<void> {
    return this.#child.goneWithin(ms);
  }

  #hear(received: unknown): void {
    const message = fromScript.parse(received);
    if (message.type === 'described' && this.#options.runs) this.#child.booted();
    if (message.type === 'result') this.#result = message.result;
    else this.#options.hear(message);
  }

  async #settle(): Promise<ScriptResult> {
    const end = await this.#child.ended;
    if (end.failure !== undefined) throw end.failure;
    if (this.#result) return this.#result;
    throw await failureOf(this.#options, end);
  }
}

async function failureOf({ order, heapMbMax }: ScriptProcessOptions, { how, silentMs, stderr }: ChildEnd): Promise<ScriptFailure> {
  const { path, folder } = order;
  if (/heap limit|heap out of memory|Array buffer allocation failed/.test(stderr)) {
    return new ScriptFailure(
      `${relative(folder, path)} took more than ${heapMbMax ?? HEAP_MB_MAX} MB of memory, and its process ended`,
      K6_EXIT.generic,
      'look for a list that grows with each iteration; share data between virtual users by SharedArray',
    );
  }
  if (silentMs !== undefined) return stuckFailure(order, silentMs, stderr);
  return new ScriptFailure(`the process of ${relative(folder, path)} ended by ${how}: ${stderr.trim()}`, K6_EXIT.generic);
}

async function stuckFailure({ path, folder }: ScriptOrder, silentMs: number, stderr: string): Promise<ScriptFailure> {
  const place = stalledAt(stderr);
  const who = place === undefined || place.who === '' ? '' : ` (${place.who})`;
  const where = place === undefined ? '' : await authorsPlace(path, folder, place.stack);
  return new ScriptFailure(
    `${relative(folder, path)}${who} said nothing for ${silentMs} ms and was ended${where}`,
    K6_EXIT.generic,
    'a loop that neither ends nor waits keeps all virtual users from running; let it end, or sleep() in it',
  );
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
