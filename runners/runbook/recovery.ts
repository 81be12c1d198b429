/**
 * After the last undo: go on watching until the hypothesis holds again and every objective's own time after the undo
 * is over, at most as long as the experiment's `watch` allows.
 */
import type { Experiment } from '../../experiments/language/experiment.ts';
import { WINDOW_MS } from '../../probes/slo/judge-condition.ts';
import { type HypothesisContext, hypothesisHolds } from './hypothesis.ts';

/** Watched beyond the last instant that an objective needs, so that its last window is full. */
const MARGIN_MS = 2 * WINDOW_MS;

/** How long after the last undo objectives must be watched, in ms. */
export function watchNeededMs(experiment: Experiment): number {
  const needs = Object.values(experiment.objectives).flatMap((objective) => [
    objective['recovered-within']?.ms ?? 0,
    objective.after ? objective.after.within.ms + (objective.after.condition.over?.ms ?? WINDOW_MS) : 0,
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
