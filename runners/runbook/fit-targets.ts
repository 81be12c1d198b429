/** Containers on which nothing could be seen of a fault: paused, or between two starts. Named while planning, not half-way into the arming. */
import { kindOf } from '../agent/operations/index.ts';
import { EXIT, FiredrillError } from '../failure.ts';
import type { FaultPlan, Target } from '../faults/fault.ts';

/** What to type, by the engine's word for the state. */
const HINTS: Readonly<Record<string, string>> = {
  paused: 'Let it go on with: docker unpause',
  restarting: 'It ends as soon as it is started; see why with: docker logs',
};

/** Throws FiredrillError `target-unfit` (exit 7), naming every one; operations that need no running container are passed over. */
export function assertFitTargets(step: string, targets: readonly Target[], { operations }: FaultPlan): void {
  const needed = new Set(operations.flatMap((operation) => (kindOf(operation).anyState ? [] : [operation.container.id])));
  const unfit = targets.filter((target) => target.state !== 'running' && needed.has(target.id));
  const [first] = unfit;
  if (!first) return;
  throw new FiredrillError(
    'target-unfit',
    `The fault '${step}' needs containers that run: ${unfit.map((target) => `${target.name} is ${target.state}`).join(', ')}.`,
    { hint: `${HINTS[first.state] ?? 'Start it with: docker start'} ${first.name}`, exitCode: EXIT.groundUnfit },
  );
}
