/** Containers that end because a fault left them too little memory: those that could not come back are refused, the others are started again. */
import type { Engine } from './engine.ts';

export interface Revival {
  /** For arming: throws where the engine would remove it. */
  assertRevivable(): Promise<void>;
  /** Starts it where it has ended out of memory; says so, or undefined where there was nothing to do. */
  revive(): Promise<string | undefined>;
  /** For reading back: throws where it has ended out of memory, and does not run. */
  assertAlive(): Promise<void>;
}

export function revivalOf(engine: Engine, id: string): Revival {
  const hasEnded = async () => {
    const found = await engine.inspect(id);
    return found !== undefined && !found.running && found.outOfMemory;
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
