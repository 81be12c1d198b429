/**
 * The locks of one run: its own, on every engine that it uses, and those of the Compose projects that it touches containers of, so that
 * no project is drilled by two runs at once, whatever they call their system.
 */
import { acquireLock, type LockEngine, lockName, releaseLock } from '../docker/lock.ts';
import type { Target } from '../faults/fault.ts';

export interface RunLocks {
  /** The run's own, of the same name on every engine; it carries the orders. */
  readonly name: string;
  /** Locks the projects of containers that are about to be touched. Throws FiredrillError `locked` (exit 7) where one is held. */
  alsoFor(touched: readonly Target[]): Promise<void>;
  /** What is locked on an engine besides the run's own. */
  besides(engine: string | undefined): readonly string[];
  /** Gives all of them back; once or more often. */
  release(): Promise<void>;
}

/** An engine, as far as a lock needs one. */
export interface LockedEngine {
  readonly name: string | undefined;
  readonly docker: LockEngine;
}

interface Held {
  readonly engine: LockedEngine;
  readonly lock: string;
}

/** Takes the run's own lock on all engines or on none. Throws FiredrillError `locked` (exit 7) where it is held. */
export async function lockRun(engines: readonly LockedEngine[], project: string | undefined, runId: string): Promise<RunLocks> {
  const name = lockName(project);
  const held: Held[] = [];
  const take = async (engine: LockedEngine, lock: string) => {
    await acquireLock(engine.docker, lock, runId, new Date());
    held.push({ engine, lock });
  };
  const release = async () => {
    const released = await Promise.allSettled(held.map(({ engine, lock }) => releaseLock(engine.docker, lock, runId)));
    const failed = released.find((each) => each.status === 'rejected');
    if (failed) throw failed.reason;
  };
  try {
    for (const engine of engines) await take(engine, name);
  } catch (error) {
    await release();
    throw error;
  }
  return {
    name,
    async alsoFor(touched) {
      for (const engine of engines) {
        const projects = touched.flatMap((each) => (each.engine === engine.name && each.project !== undefined ? [each.project] : []));
        const locks = new Set(projects.map((each) => lockName(each)));
        for (const lock of [...locks].sort()) if (!isHeld(held, { engine, lock })) await take(engine, lock);
      }
    },
    besides: (engine) => held.flatMap((each) => (each.engine.name === engine && each.lock !== name ? [each.lock] : [])),
    release,
  };
}

function isHeld(held: readonly Held[], { engine, lock }: Held): boolean {
  return held.some((each) => each.engine === engine && each.lock === lock);
}
