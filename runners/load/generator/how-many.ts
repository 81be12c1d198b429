/** How many generator processes a load is shared by, where nobody says. */
import { availableParallelism } from 'node:os';
import { GENERATORS_MAX } from '../../../experiments/language/load.ts';
import type { ExecutorPlan } from '../executors/executor.ts';

/** Up to this rate one process keeps its times; see the figures of `npm run bench -- load`. */
export const RATE_PER_PROCESS_MAX = 10_000;
/** Virtual users that wait for their answers, for one process: together they come to about as many requests a second. */
export const VUS_PER_PROCESS_MAX = 1000;

/** What a plan asks of a process, 1 being as much as one is meant for. */
function demandOf(plan: ExecutorPlan): number {
  if (plan.model === 'closed') return plan.vus / VUS_PER_PROCESS_MAX;
  const peakPerMs = plan.segments.reduce((peak, { fromPerMs, toPerMs }) => Math.max(peak, fromPerMs, toPerMs), 0);
  return (peakPerMs * 1000) / RATE_PER_PROCESS_MAX;
}

/** At least one, and one core is left to the target and the runner. */
export function processesFor(plans: readonly ExecutorPlan[], cores = availableParallelism()): number {
  const demand = plans.reduce((sum, plan) => sum + demandOf(plan), 0);
  return Math.max(1, Math.min(Math.ceil(demand), cores - 1, GENERATORS_MAX));
}
