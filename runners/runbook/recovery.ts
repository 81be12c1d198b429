/**
 * After the last undo: go on watching until the hypothesis holds again and every objective's own time after the undo
 * is over, at most as long as the experiment's `watch` allows.
 */
import type { Experiment, Objective } from '../../experiments/language/experiment.ts';
import { askedWindowMs, WINDOW_MS } from '../../probes/slo/judge-condition.ts';
import { type HypothesisContext, hypothesisHolds } from './hypothesis.ts';

/** Watched beyond the last instant that an objective needs, so that its last window is full. */
const MARGIN_MS = 2 * WINDOW_MS;

/** A detection counts from the proof; of a fault that lasts longer than its limit nothing is left to be watched after the undo. */
function detectionNeededMs({ method }: Experiment, { fault, 'detected-within': limit }: Objective): number {
  if (!limit) return 0;
  const lasting = method.flatMap((step) =>
    step.type === 'fault' && (fault === undefined || step.name === fault) ? [step.duration?.ms ?? 0] : [],
  );
  return Math.max(0, limit.ms - Math.min(...lasting, limit.ms));
}

/** How long after the last undo objectives must be watched, in ms. */
export function watchNeededMs(experiment: Experiment): number {
  const needs = Object.values(experiment.objectives).flatMap((objective) => [
    objective['recovered-within']?.ms ?? 0,
    objective['steady-within']?.ms ?? 0,
    detectionNeededMs(experiment, objective),
    objective.after ? objective.after.within.ms + askedWindowMs(objective.after.condition) : 0,
  ]);
  return Math.max(0, ...needs) + MARGIN_MS;
}

/** Watches; a signal cuts it short, since everything is undone by now. */
export async function watchRecovery(context: HypothesisContext, signal: AbortSignal): Promise<void> {
  const undoneMs = context.clock.nowMs();
  context.journal.append({ type: 'phase', phase: 'recovery' });
  const limitMs = undoneMs + Math.max(context.experiment.watch.ms, watchNeededMs(context.experiment));
  await context.clock.until(undoneMs + watchNeededMs(context.experiment), signal);
  await hypothesisHolds(context, { when: 'after', deadlineMs: limitMs, signal, notBeforeMs: undoneMs });
}
