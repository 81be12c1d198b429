/**
 * Whether a container is fit for a fault: it runs, and goes on running. On one that is paused, stopped or in a restart loop
 * nothing could be seen of a fault, and its undo could not tell what it found from what it did.
 */
import type { FoundContainer } from './engine.ts';

/** A container that the engine restarted as often as this, and that has run for less than this, is taken to be in a restart loop. */
const LOOP_RESTARTS = 2;
const SETTLED_AFTER_MS = 10_000;

/** Throws, with a sentence for people, where the container is unfit. */
export function assertFit(found: FoundContainer | undefined, nowWallMs: number): asserts found is FoundContainer {
  if (!found) throw new Error('there is no such container any more');
  if (found.paused) throw new Error('it was found paused, and is left alone');
  if (found.status !== 'running') throw new Error(`it was found ${found.status}, and is left alone`);
  const ranMs = nowWallMs - Date.parse(found.startedAt);
  if (found.restarts >= LOOP_RESTARTS && ranMs < SETTLED_AFTER_MS) {
    throw new Error(
      `it was found in a restart loop, and is left alone: the engine restarted it ${found.restarts} times, the last time ${(Math.max(0, ranMs) / 1000).toFixed(1)} s ago`,
    );
  }
}
