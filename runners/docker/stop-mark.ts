/**
 * Marks on the engine that ask runs to stop, so that anybody who reaches it can, from any machine: containers that are created and never
 * started, like locks. One run is asked by a mark of its own, which its runner takes away when it has heard; a hold keeps every run from beginning.
 */

import { ifThere, statusOf } from './absent.ts';
import { LABEL } from './labels.ts';
import { createMark, type LockEngine } from './lock.ts';

/** Name of the hold's container. */
const HOLD = 'firedrill-hold';

const nameOf = (runId: string) => `firedrill-stop-${runId}`;

/** Asks a run to stop; asking twice is asking once. */
export function askToStop(docker: LockEngine, runId: string): Promise<void> {
  return createOnce(docker, nameOf(runId), { [LABEL.role]: 'stop', [LABEL.run]: runId });
}

/** True while a run is asked to stop and its runner has not heard. */
export function isAskedToStop(docker: LockEngine, runId: string): Promise<boolean> {
  return exists(docker, nameOf(runId));
}

/** The runner has heard, or nobody is there to hear. */
export function forgetAsking(docker: LockEngine, runId: string): Promise<void> {
  return removeIfThere(docker, nameOf(runId));
}

/** Keeps every run from beginning on this engine until it is released. */
export function hold(docker: LockEngine): Promise<void> {
  return createOnce(docker, HOLD, { [LABEL.role]: 'hold' });
}

export function isHeld(docker: LockEngine): Promise<boolean> {
  return exists(docker, HOLD);
}

export function release(docker: LockEngine): Promise<void> {
  return removeIfThere(docker, HOLD);
}

async function createOnce(docker: LockEngine, name: string, labels: Record<string, string>): Promise<void> {
  await createMark(docker, name, labels).catch((error: unknown) => {
    if (statusOf(error) !== 409) throw error;
  });
}

async function exists(docker: LockEngine, name: string): Promise<boolean> {
  return (await ifThere(docker.getContainer(name).inspect())) !== undefined;
}

async function removeIfThere(docker: LockEngine, name: string): Promise<void> {
  await ifThere(docker.getContainer(name).remove({ force: true }));
}
