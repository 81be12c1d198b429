/** The runner's side of the load: starts as many generators as it takes, lets them begin together, and makes one load of what they tell. */
import type { LoadScript, Moment, Scenario } from '../../../experiments/language/experiment.ts';
import type { ScriptDescription } from '../k6/run/messages.ts';
import { ScriptLoad } from '../k6/run/script-load.ts';
import { runClock } from '../pacing/clock.ts';
import type { AskedTags } from '../recording/asked-series.ts';
import { type LoadTotals, NO_REQUESTS } from '../recording/totals.ts';
import { assertAutocannon } from '../transport/autocannon-contract.ts';
import { GeneratorProcess, SILENCE_MS_MAX } from './generator-process.ts';
import { assertProcesses, demandOfAll, processesFor } from './how-many.ts';
import { type LoadListener, Merge } from './merge.ts';
import type { FromGenerator, NoteLevel } from './messages.ts';
import { planScenarios } from './plan-scenarios.ts';

/** Several processes are told to begin this long beforehand, so that all know it in time. */
const TOGETHER_MS = 10;
/** A scenario that waits for a moment begins this long after it is told of it, at the earliest. */
const NOTICE_MS = 50;

export interface LoadOptions extends LoadListener {
  readonly scenarios: readonly Scenario[];
  /** The run's start by `process.hrtime.bigint()`; the run's clock counts from it. */
  readonly startNs: bigint;
  readonly seed: number;
  /** What somebody should read. */
  readonly onNote?: ((level: NoteLevel, text: string) => void) | undefined;
  /** Stops the load early, as `stop` does. */
  readonly signal: AbortSignal;
  /** Default SILENCE_MS_MAX. */
  readonly silenceMsMax?: number | undefined;
  /** A k6 script that runs beside the scenarios, in a process of its own. */
  readonly script?: LoadScript | undefined;
  /** Tags by which somebody selects: what a script's series are told apart by, and, of those that only an answer tells, what all are. */
  readonly askedTags?: AskedTags | undefined;
  /** What the script is about to do. */
  readonly onScript?: ((description: ScriptDescription) => void) | undefined;
  /** Processes that share the load; default by the plan and the machine's cores. */
  readonly generators?: number | undefined;
}

export interface LoadRun {
  /** Resolves when every scenario has ended and every cell is delivered; rejects with FiredrillError where a generator died or was stuck: the others are stopped then. */
  readonly done: Promise<LoadTotals>;
  /** The generators' processes. */
  readonly pids: readonly number[];
  /** A moment has come that scenarios may wait for; `atMs` on the run's clock. */
  happened(moment: Moment, atMs: number): void;
  /** Ends the load early; what is under way gets a short grace. Resolves when the generators are gone. Never rejects; may be called twice. */
  stop(): Promise<void>;
}

const NO_LOAD: LoadTotals = { ...NO_REQUESTS, retried: 0, lagP50Ms: 0, lagP99Ms: 0, limited: false, processes: 0 };

function processesOf({ scenarios, seed, generators }: LoadOptions): number {
  const plans = planScenarios(scenarios, seed).map(({ plan }) => plan);
  if (generators !== undefined) assertProcesses(generators);
  if (plans.length === 0) return 0;
  return generators ?? processesFor(demandOfAll(plans));
}

/** Throws FiredrillError where the scenarios cannot be run; nothing is started then, nor where there is no scenario. */
export function startLoad(options: LoadOptions): LoadRun {
  assertAutocannon();
  const count = processesOf(options);
  if (count === 0 && !options.script) return { done: Promise.resolve(NO_LOAD), pids: [], happened() {}, async stop() {} };
  return new Generators(options, count);
}

class Generators implements LoadRun {
  readonly done: Promise<LoadTotals>;
  readonly #options: LoadOptions;
  readonly #merge: Merge;
  readonly #nowMs: () => number;
  readonly #processes: readonly GeneratorProcess[];
  readonly #script: ScriptLoad | undefined;
  readonly #ready = new Set<number>();

  constructor(options: LoadOptions, count: number) {
    this.#options = options;
    const clock = runClock(options.startNs);
    this.#nowMs = () => clock.nowMs();
    this.#merge = new Merge(options.script ? count + 1 : count, options, this.#nowMs);
    const names = options.scenarios.map(({ name }) => name).join(', ');
    this.#processes = Array.from({ length: count }, (_, index) => {
      return new GeneratorProcess({
        names: count === 1 ? names : `${index + 1} of ${count}: ${names}`,
        silenceMsMax: options.silenceMsMax ?? SILENCE_MS_MAX,
        hear: (message) => this.#hear(index, message),
      });
    });
    const { scenarios, seed, askedTags = {} } = options;
    for (const [index, each] of this.#processes.entries()) {
      each.tell({ type: 'begin', scenarios, startNs: String(options.startNs), seed, askedTags, share: { index, of: count } });
    }
    this.#script =
      options.script &&
      new ScriptLoad({
        ...options,
        script: options.script,
        coresTaken: count,
        onTeam: (processes) => this.#merge.expect(count + processes),
        hear: (message, process) => this.#hear(count + process, message),
      });
    const stop = () => void this.stop();
    options.signal.addEventListener('abort', stop, { once: true });
    this.done = this.#settle().finally(() => options.signal.removeEventListener('abort', stop));
    if (options.signal.aborted) stop();
  }

  get pids(): readonly number[] {
    return [...this.#processes.flatMap(({ pid }) => pid ?? []), ...(this.#script?.pids ?? [])];
  }

  happened(moment: Moment, atMs: number): void {
    const earliestMs = this.#nowMs() + NOTICE_MS;
    for (const each of this.#processes) each.tell({ type: 'moment', moment, atMs, earliestMs });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#processes.map((each) => each.stop()), this.#script?.stop()]);
  }

  /** The first that fails ends all: a part of the plan is not the plan. */
  async #settle(): Promise<LoadTotals> {
    const all = Promise.all([...this.#processes.map(({ done }) => done), this.#script?.done]);
    try {
      await all;
    } catch (error) {
      await this.stop();
      throw error;
    }
    return this.#merge.totals();
  }

  #hear(index: number, message: FromGenerator): void {
    const { onNote } = this.#options;
    switch (message.type) {
      case 'ready':
        this.#begin(index);
        break;
      case 'series':
        this.#merge.series(index, message.series);
        break;
      case 'metric':
        this.#merge.metric(message.metric);
        break;
      case 'note':
        onNote?.(message.level, message.text);
        break;
      case 'frame':
        this.#merge.cells(index, message.cells);
        break;
      case 'facts':
        this.#merge.facts(index, message.facts);
        break;
      case 'ended':
        this.#merge.ended(message.totals);
    }
  }

  /** All begin at one instant, once all have their connections. */
  #begin(index: number): void {
    this.#ready.add(index);
    const count = this.#processes.length;
    if (this.#ready.size < count) return;
    const atMs = this.#nowMs() + (count > 1 ? TOGETHER_MS : 0);
    for (const each of this.#processes) each.tell({ type: 'go', atMs });
  }
}
