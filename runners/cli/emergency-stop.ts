/** The emergency stop: a file on this machine, a mark or a hold on the engine. A run does not begin over one, and ends by one. */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LockEngine } from '../docker/lock.ts';
import { forgetAsking, isAskedToStop, isHeld } from '../docker/stop-mark.ts';
import { EXIT, FiredrillError } from '../failure.ts';

/** How often the file and the engine are looked at. */
const LOOK_EVERY_MS = 250;

export interface StopPlaces {
  /** All engines of the run. */
  readonly engines: readonly LockEngine[];
  /** Absolute. */
  readonly stopFile: string;
  readonly runId: string;
}

/** Absolute path of the configured stop file. */
export function stopFileOf(workingDirectory: string, config: { readonly 'stop-file': string }): string {
  return resolve(workingDirectory, config['stop-file']);
}

/** Throws FiredrillError (exit 7) while a stop file stands here or an engine is held. */
export async function assertNotStopped({ engines, stopFile }: Omit<StopPlaces, 'runId'>): Promise<void> {
  if (await isThere(stopFile)) {
    throw new FiredrillError('stop-file', `No run begins while the stop file ${stopFile} is there.`, {
      hint: `When it is safe again: rm ${stopFile}`,
      exitCode: EXIT.groundUnfit,
    });
  }
  for (const engine of engines) {
    if (!(await isHeld(engine))) continue;
    throw new FiredrillError('held', 'No run begins while the engine is held by an emergency stop.', {
      hint: 'When it is safe again: firedrill stop --release',
      exitCode: EXIT.groundUnfit,
    });
  }
}

/** Looks until the signal aborts; calls back once, with what stops the run. An engine that does not answer stops nothing. */
export async function watchForStop(places: StopPlaces, signal: AbortSignal, onStop: (why: string) => void): Promise<void> {
  while (!signal.aborted) {
    const why = await stoppedBy(places);
    if (signal.aborted) return;
    if (why !== undefined) return onStop(why);
    await sleep(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

async function stoppedBy({ engines, stopFile, runId }: StopPlaces): Promise<string | undefined> {
  if (await isThere(stopFile)) return `the stop file ${stopFile}`;
  for (const engine of engines) {
    if (!(await isAskedToStop(engine, runId).catch(() => false))) continue;
    await forgetAsking(engine, runId).catch(() => undefined);
    return 'firedrill stop';
  }
  return undefined;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
