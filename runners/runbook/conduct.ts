/**
 * The conductor. It plays a plan on the run's clock: steady state, arming, method, undo, recovery; and writes
 * what happens to the journal. It never judges the outcome: that is read from the journal afterwards.
 *
 *     steady state ─▶ arm ─▶ judge again ─▶ method (inject · prove · hold · undo) ─▶ recovery ─▶ ended
 *          └────────────┴──────────┴── not steady, stop condition, signal, lost agent ──▶ undo all, in reverse
 */
import { formatMs } from '../../experiments/language/duration.ts';
import type { Experiment } from '../../experiments/language/experiment.ts';
import type { Evidence } from '../../probes/slo/evidence.ts';
import type { Fault } from '../faults/fault.ts';
import type { Plan } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';
import type { Clock } from './clock.ts';
import { type FaultRun, faultRun, type UndoReason } from './fault-run.ts';
import { followContainers, type Replacements } from './follow.ts';
import type { Hands } from './hands.ts';
import { hypothesisHolds, judgeHypothesis } from './hypothesis.ts';
import { type MethodOptions, playMethod } from './method.ts';
import { watchRecovery } from './recovery.ts';
import { type Stop, stopOf } from './stop.ts';
import { watchStopConditions } from './stop-conditions.ts';
import { watchThresholds } from './watch-thresholds.ts';

export interface ConductOptions {
  readonly experiment: Experiment;
  readonly plan: Plan;
  readonly faults: readonly Fault[];
  readonly journal: Journal;
  readonly clock: Clock;
  /** The run's start on `process.hrtime.bigint()`. */
  readonly startNs: bigint;
  /** What load and probes have delivered so far; filled while the conductor runs. */
  readonly evidence: Evidence;
  /** Starts the agent; called once, before anything is touched. */
  readonly startHands: () => Promise<Hands>;
  /** Undoes what a lost agent may have left; resolves when it is read back. */
  readonly undoWithoutHands: () => Promise<{ readonly clean: boolean; readonly undone: readonly string[]; readonly detail: string }>;
  /** Answers a gate; absent: gates are recorded and passed over. */
  readonly askGate?: ((question: string) => Promise<'go' | 'no-go' | 'no-answer'>) | undefined;
  /** Tells of containers of the plan that start anew; absent: none is followed. */
  readonly replacements?: Replacements | undefined;
  /** When the load has ended by itself, however; absent: there is none. */
  readonly loadEnded?: Promise<void> | undefined;
  /** Ends the load, where a threshold says so; absent: there is none. */
  readonly stopLoad?: (() => Promise<void>) | undefined;
  /** Aborted by a person or a signal. */
  readonly stopped: AbortSignal;
}

/** Plays the plan. Whatever happens, everything that was armed is undone before this resolves or rejects. */
export async function conduct(options: ConductOptions): Promise<void> {
  const { journal, plan } = options;
  const ending = new AbortController();
  const stop = (reason: Stop) => {
    if (ending.signal.aborted) return;
    journal.append({ type: 'stop', ...reason });
    ending.abort();
  };
  const onSignal = () => stop(stopOf(options.stopped));
  if (options.stopped.aborted) onSignal();
  options.stopped.addEventListener('abort', onSignal, { once: true });

  journal.append({ type: 'phase', phase: 'steady-state' });
  const firstFaultMs = plan.faults[0]?.atMs ?? plan.endMs;
  const hands = options.startHands();
  hands.catch(() => undefined);
  let runs: readonly FaultRun[] = [];
  const thresholds = watchThresholds({ ...options, onStop: stop });
  try {
    const steady = await hypothesisHolds(options, { when: 'before', deadlineMs: firstFaultMs, signal: ending.signal });
    const ready = await hands;
    void ready.lost.then(stop);
    if (steady && !ending.signal.aborted) {
      runs = plan.faults.map((planned) => startFaultRun(planned, options, ready));
      journal.append({ type: 'phase', phase: 'arming' });
      await armAll(runs, ending.signal);
      const lateMs = await untilFirstStep(options, ending.signal);
      const still = ending.signal.aborted ? 'unknown' : judgeHypothesis(options, 'armed');
      if (still === 'held') {
        const { atMs: sinceMs } = journal.append({ type: 'phase', phase: 'method', ...(lateMs > 0 ? { lateMs } : {}) });
        await playWatched({ ...options, runs, lateMs, sinceMs, signal: ending.signal, onStop: stop });
      }
    }
  } catch (error) {
    stop({ because: 'error', detail: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    const clean = await undoAll(runs, options, ending.signal.aborted ? 'stop' : 'end');
    if (clean && runs.length > 0) await watchRecovery(options, AbortSignal.any([options.stopped, thresholds.broken]));
    thresholds.end();
    if (thresholds.broken.aborted) await options.stopLoad?.();
    // Who stops it while it is watched has stopped it too.
    options.stopped.removeEventListener('abort', onSignal);
    const agent = await hands.catch(() => undefined);
    if (clean) await agent?.leave().catch(() => undefined);
    journal.append({ type: 'phase', phase: 'ended' });
  }
}

/** One after the other; who stops the run does not wait for what is still to be armed. */
async function armAll(runs: readonly FaultRun[], signal: AbortSignal): Promise<void> {
  for (const run of runs) {
    if (signal.aborted) return;
    await Promise.race([run.arm(), aborted(signal)]);
  }
}

/** Waits until the first step is due. Answers with how much too late it is for that by then: the time that arming took beyond what the plan left for it. */
async function untilFirstStep({ plan, clock }: ConductOptions, signal: AbortSignal): Promise<number> {
  const steps = [...plan.faults, ...plan.gates].map((step) => step.atMs);
  if (steps.length === 0) return 0;
  const firstMs = Math.min(...steps);
  const lateMs = Math.max(0, clock.nowMs() - firstMs);
  await clock.until(firstMs, signal);
  return lateMs;
}

/** The method, with everything that may end it early: stop conditions, the maximum duration, containers that cannot be followed. */
async function playWatched(options: ConductOptions & MethodOptions & { readonly sinceMs: number }): Promise<void> {
  const { experiment, evidence, clock, sinceMs, signal, onStop, replacements } = options;
  const done = new AbortController();
  const conditions = watchStopConditions({ experiment, evidence, clock, sinceMs, signal, done: done.signal, onStop });
  const unfollow = replacements ? followContainers(replacements, options) : () => undefined;
  const method = playMethod(options).finally(() => {
    done.abort();
    unfollow();
  });
  if (options.runs.length > 0) void endAtLimit(options, AbortSignal.any([signal, done.signal]));
  // An undo does not wait for a proof that is still being sought.
  await Promise.race([method, aborted(signal)]);
  await conditions;
}

/** A fault's clock starts with its proof, and its undo takes time: that much later than planned is no breach of the maximum duration. */
const LIMIT_GRACE_MS = 15_000;

/** The maximum duration holds at run time too, whatever made the method late. */
async function endAtLimit({ clock, plan, onStop }: ConductOptions & MethodOptions, over: AbortSignal): Promise<void> {
  await clock.until(plan.undoneByMs + LIMIT_GRACE_MS, over);
  if (!over.aborted) onStop({ because: 'limit', detail: `the maximum duration of ${formatMs(plan.undoneByMs)} is over` });
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function startFaultRun(planned: Plan['faults'][number], options: ConductOptions, hands: Hands): FaultRun {
  const fault = options.faults.find((each) => each.name === planned.kind);
  const step = options.experiment.method.find((each) => each.type === 'fault' && each.name === planned.name);
  if (!fault || step?.type !== 'fault') throw new Error(`the plan holds '${planned.name}', which the experiment does not`);
  return faultRun({
    planned,
    fault,
    settings: step.settings,
    hands,
    journal: options.journal,
    clock: options.clock,
    startNs: options.startNs,
  });
}

/** Undoes in reverse order, all of it; where the agent cannot, a fresh one does. True when everything is back. */
async function undoAll(runs: readonly FaultRun[], options: ConductOptions, because: UndoReason): Promise<boolean> {
  const results: boolean[] = [];
  for (const run of [...runs].reverse()) results.push(await run.undo(because));
  if (results.every(Boolean)) return true;
  const rescue = await options.undoWithoutHands().catch((error: unknown) => ({ clean: false, undone: [], detail: String(error) }));
  options.journal.append({ type: 'note', level: rescue.clean ? 'warning' : 'error', text: rescue.detail });
  const open = runs.filter((run) => run.open()).map((run) => run.planned.name);
  for (const fault of open) {
    if (!rescue.clean) continue;
    options.journal.append({ type: 'fault.undone', fault, undoneAtMs: options.clock.nowMs(), readBack: rescue.detail, acts: [] });
  }
  return rescue.clean;
}
