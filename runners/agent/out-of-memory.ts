/** Containers that end because a fault left them too little memory: those that could not come back are refused, the others are started again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { runs } from './cgroup.ts';
import type { Engine } from './engine.ts';

/** The engine hears of a death that the kernel has seen within some 100 ms, on a busy machine within seconds; it is not waited for longer than this. */
const HEARD_MS_MAX = 20_000;
const LOOK_EVERY_MS = 20;

export interface Revival {
  /** For arming: throws where the engine would remove it. */
  assertRevivable(): Promise<void>;
  /** Starts it where it has ended out of memory; says so, or undefined where there was nothing to do. */
  revive(): Promise<string | undefined>;
  /** For reading back: throws where it has ended out of memory, and does not run. */
  assertAlive(): Promise<void>;
}

export interface RevivalTools {
  readonly isAlive: (pid: number) => boolean;
  readonly wait: (ms: number) => Promise<unknown>;
}

/** All of it throws where the engine takes a container for running whose first process the kernel has ended long since. */
export function revivalOf(
  engine: Pick<Engine, 'inspect' | 'start'>,
  id: string,
  { isAlive, wait }: RevivalTools = { isAlive: runs, wait: sleep },
): Revival {
  const hasEnded = async () => {
    for (let waitedMs = 0; waitedMs <= HEARD_MS_MAX; waitedMs += LOOK_EVERY_MS) {
      const found = await engine.inspect(id);
      if (!found?.running) return found?.outOfMemory === true;
      if (found.pid === 0 || isAlive(found.pid)) return false;
      await wait(LOOK_EVERY_MS);
    }
    throw new Error(`its first process has ended, and the engine has not heard of it in ${HEARD_MS_MAX / 1000} s`);
  };
  return {
    async assertRevivable() {
      if ((await engine.inspect(id))?.autoRemove) {
        throw new Error('the engine removes it when it stops (--rm), so that it could not be started again when memory runs out');
      }
    },
    async revive() {
      if (!(await hasEnded())) return undefined;
      await engine.start(id);
      return 'it had ended because its memory ran out, and is started again';
    },
    async assertAlive() {
      if (await hasEnded()) throw new Error('it has ended because its memory ran out, and does not run');
    },
  };
}
