/** What nobody but Swarm may do to the tasks of its services. */
import { isSwarmTask } from '../agent/swarm-task.ts';
import { EXIT, FiredrillError } from '../failure.ts';
import type { Target } from './fault.ts';

/** Throws FiredrillError `swarm-task` (exit 7) where one of them is a task; `what` is what would be done to it. */
export function refuseSwarmTasks(targets: readonly Target[], what: 'made anew' | 'restarted'): void {
  const names = targets.flatMap(({ name, labels }) => (isSwarmTask(labels) ? [name] : []));
  if (names.length === 0) return;
  throw new FiredrillError('swarm-task', `Tasks of a Swarm service cannot be ${what} by firedrill: ${names.join(', ')}.`, {
    hint: 'Swarm makes another in their place by itself; use the fault container-kill.',
    exitCode: EXIT.groundUnfit,
  });
}
