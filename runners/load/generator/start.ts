/** The runner's side of the load: starts the generator, passes on what it counts, and makes sure that it ends. */
import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Scenario } from '../../../experiments/language/experiment.ts';
import type { LoadCell, LoadSeries } from '../../../probes/slo/load-cells.ts';
import { EXIT, FiredrillError } from '../../failure.ts';
import type { GeneratorFacts } from '../recording/gauges.ts';
import { type LoadTotals, NO_REQUESTS } from '../recording/totals.ts';
import { assertAutocannon } from '../transport/autocannon-contract.ts';
import { type FromGenerator, fromGenerator, type ToGenerator } from './messages.ts';
import { planScenarios } from './plan-scenarios.ts';

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

export interface LoadOptions {
  readonly scenarios: readonly Scenario[];
  /** The run's start by `process.hrtime.bigint()`; the run's clock counts from it. */
  readonly startNs: bigint;
  readonly seed: number;
  /** Told once of each series, before its first cell. */
  readonly onSeries: (series: LoadSeries) => void;
  /** Increments, every 100 ms. */
  readonly onCells: (cells: readonly LoadCell[]) => void;
  /** Every second. */
  readonly onGenerator: (facts: GeneratorFacts) => void;
  /** Stops the load early, as `stop` does. */
  readonly signal: AbortSignal;
  /** Default SILENCE_MS_MAX. */
  readonly silenceMsMax?: number;
}

export interface LoadRun {
  /** Resolves when every scenario has ended and every cell is delivered; rejects with FiredrillError where the generator died or was stuck. */
  readonly done: Promise<LoadTotals>;
  /** The generator's process. */
  readonly pid: number | undefined;
  /** Ends the load early; what is under way gets a short grace. Resolves when the generator is gone. Never rejects; may be called twice. */
  stop(): Promise<void>;
}

/** Throws FiredrillError where the scenarios cannot be run; nothing is started then, nor where there is no scenario. */
export function startLoad(options: LoadOptions): LoadRun {
  assertAutocannon();
  planScenarios(options.scenarios, options.seed);
  if (options.scenarios.length === 0) return { done: Promise.resolve(NO_LOAD), pid: undefined, async stop() {} };
  const file = new URL(`./generator${extname(import.meta.url)}`, import.meta.url);
  const child = fork(fileURLToPath(file), { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  return new Generator(child, options);
}

const NO_LOAD: LoadTotals = { ...NO_REQUESTS, retried: 0, lagP50Ms: 0, lagP99Ms: 0, limited: false };

class Generator implements LoadRun {
  readonly done: Promise<LoadTotals>;
  readonly #child: ChildProcess;
  readonly #options: LoadOptions;
  readonly #exited: Promise<void>;
  readonly #silenceMsMax: number;
  #totals: LoadTotals | undefined;
  /** Looks since the last word; counted rather than timed, so that a runner that was itself frozen blames nobody. */
  #silentLooks = 0;
  #spoke = false;
  #stuck = false;
  #failure: unknown;
  #stderr = '';

  constructor(child: ChildProcess, options: LoadOptions) {
    this.#child = child;
    this.#options = options;
    this.#silenceMsMax = options.silenceMsMax ?? SILENCE_MS_MAX;
    child.on('message', (message) => this.#hear(message));
    child.on('error', (error) => {
      this.#failure ??= error;
    });
    child.stderr?.on('data', (chunk) => {
      this.#stderr = (this.#stderr + String(chunk)).slice(-STDERR_BYTES_KEPT);
    });
    this.#tell({ type: 'begin', scenarios: options.scenarios, startNs: String(options.startNs), seed: options.seed });
    const watch = setInterval(() => this.#watch(), WATCH_MS);
    const stop = () => void this.stop();
    options.signal.addEventListener('abort', stop, { once: true });
    this.done = new Promise((resolve, reject) => {
      child.once('close', (code, signal) => {
        clearInterval(watch);
        options.signal.removeEventListener('abort', stop);
        if (this.#totals && this.#failure === undefined) resolve(this.#totals);
        else reject(this.#failureOf(signal ?? `exit code ${code}`));
      });
    });
    this.#exited = this.done.then(
      () => {},
      () => {},
    );
    if (options.signal.aborted) stop();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async stop(): Promise<void> {
    this.#tell({ type: 'stop', graceMs: STOP_GRACE_MS });
    const tooLong = setTimeout(() => this.#child.kill('SIGKILL'), STOP_GRACE_MS + this.#silenceMsMax);
    await this.#exited;
    clearTimeout(tooLong);
  }

  #tell(message: ToGenerator): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #hear(received: unknown): void {
    this.#silentLooks = 0;
    this.#spoke = true;
    try {
      this.#pass(fromGenerator.parse(received));
    } catch (error) {
      this.#failure ??= error;
      this.#child.kill('SIGKILL');
    }
  }

  #pass(message: FromGenerator): void {
    if (message.type === 'series') this.#options.onSeries(message.series);
    else if (message.type === 'facts') this.#options.onGenerator(message.facts);
    else if (message.type === 'ended') this.#totals = message.totals;
    else if (message.cells.length > 0) this.#options.onCells(message.cells);
  }

  #watch(): void {
    this.#silentLooks += 1;
    const limitMs = this.#spoke ? this.#silenceMsMax : Math.max(BOOT_MS_MAX, this.#silenceMsMax);
    if (this.#stuck || this.#silentLooks * WATCH_MS <= limitMs) return;
    this.#stuck = true;
    this.#child.kill('SIGKILL');
  }

  #failureOf(end: string): unknown {
    if (this.#failure !== undefined) return this.#failure;
    const names = this.#options.scenarios.map(({ name }) => name).join(', ');
    const words = this.#stderr.trim();
    if (this.#stuck) {
      return new FiredrillError(
        'load.generator-stuck',
        `the load generator (${names}) said nothing for ${this.#spoke ? this.#silenceMsMax : BOOT_MS_MAX} ms and was killed`,
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
