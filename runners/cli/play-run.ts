/** One run, from an empty journal to an ended one: the system prepared, the plan made, conducted, everything put back. */
import { cpus, hostname, totalmem } from 'node:os';
import { probes } from '../../probes/index.ts';
import type { EngineTools } from '../../probes/probe.ts';
import { type LiveOutput, type LiveView, liveView } from '../../reports/terminal/live-view.ts';
import type { NamedEngine } from '../docker/engines.ts';
import { probeTools } from '../docker/probe-tools.ts';
import { identityOf } from '../docker/selector.ts';
import { EXIT, type ExitCode, FiredrillError } from '../failure.ts';
import type { Target } from '../faults/fault.ts';
import { faults } from '../faults/index.ts';
import type { Plan } from '../journal/events.ts';
import { type Journal, type JournalClock, openJournal } from '../journal/writer.ts';
import { monotonicClock } from '../runbook/clock.ts';
import { conduct } from '../runbook/conduct.ts';
import { observe } from '../runbook/observe.ts';
import { withRunnerHands } from '../runbook/runner-hands.ts';
import { screenshotsIn } from '../runbook/screenshots.ts';
import { prepareSystem, type System } from '../runbook/system.ts';
import { agentHands } from './agent-hands.ts';
import { readConfig } from './config.ts';
import { failureWords } from './failure-words.ts';
import { type CliIo, wantsColor } from './io.ts';
import type { LoadedExperiment } from './load-experiment.ts';
import { recordContainers } from './record-containers.ts';
import { watchReplacements } from './replacements.ts';
import { type ResolvedExperiment, resolveExperiment } from './resolve-experiment.ts';
import type { RunLocks } from './run-locks.ts';
import { version } from './version.ts';

export interface PlayOptions {
  readonly io: CliIo;
  readonly engines: readonly NamedEngine[];
  readonly loaded: LoadedExperiment;
  readonly system: System | undefined;
  readonly runId: string;
  readonly directory: string;
  readonly locks: RunLocks;
  readonly leaseMs: number;
  readonly seed: number;
  readonly keep: boolean;
  readonly quiet: boolean;
  readonly confirm?: ((plan: Plan) => Promise<boolean>) | undefined;
  readonly askGate?: ((question: string) => Promise<'go' | 'no-go' | 'no-answer'>) | undefined;
  readonly stopped: AbortSignal;
}

/** The journal's clock stands at 0 until the load starts; what happens before is stamped 0. */
function startableClock(): JournalClock & { start(): bigint } {
  let startNs: bigint | undefined;
  return {
    monotonicMs: () => (startNs === undefined ? 0 : Number(process.hrtime.bigint() - startNs) / 1e6),
    wallMs: () => Date.now(),
    start() {
      startNs ??= process.hrtime.bigint();
      return startNs;
    },
  };
}

/** The terminal as it is at each drawing: its width may change. */
function screenOf(io: CliIo): LiveOutput {
  return {
    write: (text) => void io.stdout.write(text),
    get columns() {
      return io.stdout.columns ?? COLUMNS_DEFAULT;
    },
    isTTY: io.stdout.isTTY === true,
    color: wantsColor(io),
  };
}

/** Columns where the terminal does not tell. */
const COLUMNS_DEFAULT = 100;
/** How often the live view is redrawn. */
const TICK_MS = 250;

/**
 * Plays a run. A failure before the plan is thrown, with everything put back; one after it is in the journal, and comes
 * back as a value so that the run can still be judged. So does a journal whose disk did not take all of it.
 */
export async function playRun(options: PlayOptions): Promise<{ readonly failure: unknown }> {
  const clock = startableClock();
  const journal = await openJournal(options.directory, clock, { secrets: options.loaded.secrets });
  const view = options.quiet ? undefined : liveView(screenOf(options.io), () => journal.atMs());
  if (view) journal.onEvent((event) => view.onEvent(event));
  const ticking = setInterval(() => view?.tick(), TICK_MS);
  const end = async (exitCode: ExitCode | undefined): Promise<unknown> => {
    clearInterval(ticking);
    journal.append({ type: 'run.ended', exitCode });
    view?.close();
    return journal.close().then(
      () => undefined,
      (error: unknown) => error,
    );
  };
  try {
    const failure = await playIn(journal, clock.start, view, options);
    const unwritten = await end(failure === undefined ? undefined : failureWords(failure).exitCode);
    return { failure: failure ?? unwritten };
  } catch (error) {
    await end(undefined);
    throw error;
  }
}

/** The run in its journal, from its first event to the last but one; the failure after the plan, if there was one, as a value. */
async function playIn(journal: Journal, start: () => bigint, view: LiveView | undefined, options: PlayOptions): Promise<unknown> {
  const { io, loaded, system } = options;
  journal.append({
    type: 'run.started',
    runId: options.runId,
    file: loaded.file,
    source: loaded.source,
    variant: loaded.variant,
    version: version(),
    machine: { host: hostname(), cpus: cpus().length, cpu: cpus()[0]?.model ?? '', memoryBytes: totalmem(), node: process.version },
  });
  const prepared =
    system && (await prepareSystem({ system, environment: loaded.experiment.system?.environment ?? {}, journal, keep: options.keep }));
  try {
    const resolved = await resolveExperiment(options.engines, {
      experiment: loaded.experiment,
      variant: loaded.variant,
      folder: loaded.folder,
      project: system?.project,
      faults,
      seed: options.seed,
      workingDirectory: io.workingDirectory,
    });
    await options.locks.alsoFor(resolved.touched);
    if (options.confirm && !(await options.confirm(resolved.plan))) {
      throw new FiredrillError('declined', 'Nothing was touched.', { exitCode: EXIT.stopped });
    }
    return await perform({ ...options, askGate: besideView(view, options.askGate) }, journal, start, resolved);
  } finally {
    await prepared?.restore();
  }
}

/** A question stands still while it waits for its answer: the view is not redrawn over it. */
function besideView(view: LiveView | undefined, ask: PlayOptions['askGate']): PlayOptions['askGate'] {
  if (!view || !ask) return ask;
  return async (question) => {
    view.pause();
    return ask(question).finally(() => view.resume());
  };
}

/** The tools of the engine that a container is on; one that no target names by now is on the first. */
function toolsOn(engines: readonly NamedEngine[], current: ReadonlyMap<string, readonly Target[]>): EngineTools {
  const tools = new Map(engines.map(({ name, docker }) => [name, probeTools(docker)]));
  const of = (id: string): EngineTools => {
    const target = [...current.values()].flat().find((each) => each.id === id);
    const found = tools.get(target?.engine) ?? [...tools.values()][0];
    if (!found) throw new Error('no engine is connected');
    return found;
  };
  return {
    inspect: (id) => of(id).inspect(id),
    exec: (id, command, signal) => of(id).exec(id, command, signal),
    log: (id, which, signal) => of(id).log(id, which, signal),
    stats: (id) => of(id).stats(id),
  };
}

/** Load, probes and conductor, from the run's start; the failure, if there was one, as a value. */
async function perform(
  options: PlayOptions,
  journal: Journal,
  start: () => bigint,
  { plan, targets }: ResolvedExperiment,
): Promise<unknown> {
  const { engines, loaded, seed } = options;
  const { experiment } = loaded;
  journal.append({ type: 'run.planned', plan, experiment });
  const watching = new AbortController();
  const current = new Map(targets);
  const permission = await readConfig(options.io.workingDirectory);
  const watch = watchReplacements([...targets.values()].flat(), permission, () => [...current.values()].flat());
  const containers = engines.map((engine) =>
    recordContainers({ engine, experiment, journal, project: plan.project, current, watch }, watching.signal),
  );
  const startNs = start();
  const observation = observe({
    experiment,
    probes,
    journal,
    startNs,
    seed,
    targetsOf: (name) => (current.get(name) ?? []).map((target) => ({ ...target, place: identityOf(target) })),
    tools: { ...toolsOn(engines, current), keepScreenshot: screenshotsIn(options.directory) },
    random: Math.random,
  });
  try {
    await conduct({
      experiment,
      plan,
      faults,
      journal,
      clock: monotonicClock(startNs),
      startNs,
      evidence: observation.evidence,
      loadEnded: observation.loadEnded,
      stopLoad: () => observation.stopLoad(),
      ...withRunnerHands(
        agentHands({ engines, plan, journal, runId: options.runId, leaseMs: options.leaseMs, locks: options.locks }),
        plan,
      ),
      askGate: options.askGate,
      replacements: watch.replacements,
      stopped: options.stopped,
    });
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await observation.stop();
    watching.abort();
    await Promise.all(containers);
  }
}
