/** How many generator processes a load is shared by, where nobody says. */
import { availableParallelism } from 'node:os';
import { GENERATORS_MAX } from '../../../experiments/language/load.ts';
import { EXIT, FiredrillError } from '../../failure.ts';
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

/** What plans together ask of processes. */
export function demandOfAll(plans: readonly ExecutorPlan[]): number {
  return plans.reduce((sum, plan) => sum + demandOf(plan), 0);
}

/** At least one; one core is left to the target and the runner, and those that others have `taken`. */
export function processesFor(demand: number, taken = 0, cores = availableParallelism()): number {
  return Math.max(1, Math.min(Math.ceil(demand), cores - 1 - taken, GENERATORS_MAX));
}

/** Of a script's test: nobody has anything to do beyond its virtual users. `asked` is what somebody says. */
export function processesForScript(
  { demand, scenarios }: { readonly demand: number; readonly scenarios: readonly { readonly vusMax: number }[] },
  asked: number | undefined,
  taken = 0,
  cores = availableParallelism(),
): number {
  const users = Math.max(1, ...scenarios.map(({ vusMax }) => vusMax));
  return Math.min(asked ?? processesFor(demand, taken, cores), users);
}

/** A number of processes that somebody asked for. Throws FiredrillError where there cannot be so many. */
export function assertProcesses(count: number): number {
  if (Number.isInteger(count) && count >= 1 && count <= GENERATORS_MAX) return count;
  throw new FiredrillError('load.generators', `generators is ${count}, must be a whole number from 1 to ${GENERATORS_MAX}`, {
    hint: 'leave it out to have it chosen by the rate and the cores of this machine',
    exitCode: EXIT.experimentWrong,
  });
}
