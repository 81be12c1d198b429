/**
 * Sends a signal that the container's first process lives through, such as a reload by SIGHUP. That the engine sent it proves
 * nothing, and no counter of the kernel tells of signals taken; so the proof is the target's own word: a line that its log
 * must say after. What its code did cannot be undone; a container that ended of it is started.
 */
import { z } from 'zod';
import { signalsOf } from '../processes.ts';
import { catches } from '../signals.ts';
import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

const LOOK_EVERY_MS = 100;
/** The engine's log takes whole seconds; this much before the act is looked at, and its lines are counted. */
const LOG_SINCE_BEFORE_S = 2;

const shape = z.object({
  op: z.literal('signal'),
  container: containerRef,
  signal: z.string(),
  /** Text that its log says once more after the signal than before. */
  says: z.string().min(1),
});

export const signal = defineOperation({ shape, claims: () => ['state'], moves });

function moves({ container: { id }, signal: name, says }: z.output<typeof shape>, { engine, mayHaveTouched }: Ground): FiveMoves {
  let sinceS = 0;
  let saidBefore = 0;
  const timesSaid = async () => (await engine.log(id, sinceS)).split(says).length - 1;

  return {
    async arm() {
      const found = await engine.inspect(id);
      const masks = signalsOf(found?.pid ?? 0);
      if (!found || !masks) throw new Error('it does not run any more');
      if (found.autoRemove) throw new Error('the engine removes it when it stops (--rm), so that it could not be started again');
      if (!catches(masks, name)) throw new Error(`its first process does not handle ${name}, so that it will say nothing`);
      await engine.log(id, Math.floor(Date.now() / 1000));
      return { mechanism: 'engine', evidence: `its first process handles ${name}` };
    },
    async inject() {
      sinceS = Math.floor(Date.now() / 1000) - LOG_SINCE_BEFORE_S;
      saidBefore = await timesSaid();
      await engine.kill(id, name);
      return { mechanism: 'engine' };
    },
    async prove(ending) {
      do {
        const more = (await timesSaid()) - saidBefore;
        if (more > 0) return { mechanism: 'engine', evidence: `its log said '${says}' after ${name}`, facts: { said: more } };
      } while (await pause(LOOK_EVERY_MS, ending));
      throw new Error(`its log did not say '${says}' after ${name}`);
    },
    async undo() {
      if (!mayHaveTouched()) return { evidence: 'it was never touched' };
      const found = await engine.inspect(id);
      if (!found || found.running) return { evidence: `it was found ${found?.status ?? 'gone'}, and is left alone` };
      await engine.start(id);
      return { mechanism: 'engine', evidence: `it had ended of ${name}, and was started` };
    },
    async readBack() {
      const found = mayHaveTouched() ? await engine.inspect(id) : undefined;
      if (found && !found.running) throw new Error(`it does not run (${found.status})`);
      return { evidence: found ? `the engine says ${found.status}` : 'there is nothing to look at' };
    },
  };
}
