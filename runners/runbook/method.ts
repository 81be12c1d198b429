/**
 * The method: every step at its time. Faults run beside each other; one that is proven lasts its duration from its
 * proof and is then undone; one that cannot be proven is undone at once, and the rest of the method goes unplayed. Where arming took longer than
 * the plan left for it, all steps are late by the same time, so that none comes closer to another than it was written.
 */
import type { EventOf, Plan } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';
import type { Clock } from './clock.ts';
import type { FaultRun } from './fault-run.ts';
import type { Stop } from './stop.ts';

export interface MethodOptions {
  readonly plan: Plan;
  readonly runs: readonly FaultRun[];
  /** How much later than planned every step is. */
  readonly lateMs: number;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onStop: (stop: Stop) => void;
  readonly askGate?: ((question: string) => Promise<'go' | 'no-go' | 'no-answer'>) | undefined;
  readonly loadEnded?: Promise<void> | undefined;
}

/** Resolves when every step is played and every fault undone, or as soon as the signal aborts. A method without steps lasts as long as the load. */
export async function playMethod(options: MethodOptions): Promise<void> {
  if (options.runs.length + options.plan.gates.length === 0) return options.loadEnded;
  const results = await Promise.allSettled([
    ...options.runs.map((run) => playFault(run, options)),
    ...options.plan.gates.map((gate) => playGate(gate, options)),
  ]);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

async function playFault(run: FaultRun, { clock, signal, lateMs, onStop }: MethodOptions): Promise<void> {
  await clock.until(run.planned.atMs + lateMs, signal);
  if (signal.aborted) return;
  const proven = await run.inject();
  if (!proven) {
    await run.undo('stop');
    onStop({ because: 'error', detail: `the fault '${run.planned.name}' could not be proven` });
    return;
  }
  await clock.until(clock.nowMs() + (run.planned.durationMs ?? 0), signal);
  if (!signal.aborted) await run.undo('duration');
}

async function playGate(gate: Plan['gates'][number], options: MethodOptions): Promise<void> {
  const { clock, signal, lateMs, journal, onStop, askGate } = options;
  await clock.until(gate.atMs + lateMs, signal);
  if (signal.aborted) return;
  const answer: EventOf<'gate'>['answer'] = askGate ? await askGate(gate.question) : 'passed-over';
  journal.append({ type: 'gate', gate: gate.name, question: gate.question, answer });
  if (answer === 'no-go' || answer === 'no-answer') onStop({ because: 'gate', detail: `${gate.question} – ${answer}` });
}
