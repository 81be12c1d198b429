/**
 * Pauses, stops or kills a container through the engine, and brings back exactly the state that it was found in. Proven by
 * the target's own state: what the engine says, and what the kernel says of its processes.
 */
import { z } from 'zod';
import type { FoundContainer } from '../engine.ts';
import { isHarmless } from '../signals.ts';
import { isSwarmTask } from '../swarm-task.ts';
import { frozen, processGone } from '../target-state.ts';
import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

/** Between two looks at the container. */
const LOOK_EVERY_MS = 50;

/** A call to the engine and its counterpart: pause/unpause, stop/start, kill/start. */
const shape = z.object({
  op: z.literal('engine'),
  container: containerRef,
  call: z.enum(['pause', 'stop', 'kill']),
  /** For kill, default SIGKILL. */
  signal: z.string().exactOptional(),
  /** For stop: seconds until SIGKILL. */
  graceS: z.number().exactOptional(),
});
type EngineCall = z.output<typeof shape>;

/** A stop is asked for in no time, and proven when the process has ended. */
export const engineCall = defineOperation({
  shape,
  claims: () => ['state'],
  follows: ({ call }) => call === 'pause',
  proofMs: ({ graceS }) => (graceS ?? 0) * 1000,
  moves,
});

function moves(operation: EngineCall, ground: Ground): FiveMoves {
  const { engine } = ground;
  const { id } = operation.container;
  const pausing = operation.call === 'pause';
  let pidInArming = 0;
  let stopping: { failed?: string } | undefined;
  const act = async () => {
    if (operation.call === 'pause') return freeze(operation, ground);
    if (operation.call === 'kill') return engine.kill(id, operation.signal ?? 'SIGKILL');
    // Its end may be minutes away, and the other targets must not wait for it.
    const asked: { failed?: string } = {};
    stopping = asked;
    engine.stop(id, operation.graceS).catch((error: unknown) => {
      asked.failed = error instanceof Error ? error.message : String(error);
    });
  };

  return {
    async arm() {
      const found = await engine.inspect(id);
      if (!found) throw new Error('there is no such container any more');
      if (found.autoRemove && !pausing)
        throw new Error('the engine removes it when it stops (--rm), so that it could not be started again');
      pidInArming = found.pid;
      ground.remember(found.startedAt);
      return { mechanism: 'engine', evidence: `found running, process ${found.pid}` };
    },
    async inject() {
      const atNs = process.hrtime.bigint();
      await act();
      return { mechanism: 'engine', ...(stopping ? { atNs } : {}) };
    },
    async prove(signal) {
      let seen = '';
      do {
        const found = await engine.inspect(id);
        const kernel = pausing ? frozen(found?.pid ?? 0) : processGone(pidInArming);
        seen = `the engine says ${found?.status ?? 'gone'}, the kernel ${kernel.says}`;
        if (kernel.so && (pausing ? found?.paused === true : !found?.running || found.pid !== pidInArming)) {
          return { mechanism: 'engine', evidence: seen, facts: { [`${operation.call}`]: 1 } };
        }
        if (stopping?.failed !== undefined) throw new Error(stopping.failed);
      } while (await pause(LOOK_EVERY_MS, signal));
      throw new Error(`no effect: ${seen}`);
    },
    async undo() {
      if (!ground.mayHaveTouched()) return { evidence: 'it was never touched' };
      const found = await engine.inspect(id);
      if (!found) return { mechanism: 'engine', evidence: 'it is gone: there is nothing to bring back' };
      if (pausing && found.paused) await engine.unpause(id);
      else if (!pausing && !found.running) await engine.start(id);
      else if (mayStillEnd(operation, found, ground.found())) return cutShort(operation, found, ground);
      else return { mechanism: 'engine', evidence: `it was found ${found.status}, and is left alone` };
      return { mechanism: 'engine' };
    },
    async readBack() {
      if (!ground.mayHaveTouched()) return { evidence: 'it was never touched' };
      const found = await engine.inspect(id);
      const wrong = pausing && found?.running !== true ? undefined : amiss(found);
      if (wrong !== undefined) throw new Error(wrong);
      return { evidence: `the engine says ${found?.status ?? 'gone'}` };
    },
  };
}

/** On a busy host the kernel may not get all processes to stand still at once; the engine gives up, and they go on. */
const FREEZE_TRIES = 5;
const UNABLE_TO_FREEZE = /unable to freeze/;

async function freeze({ container: { id } }: EngineCall, { engine }: Ground): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await engine.pause(id);
    } catch (error) {
      if (tries === FREEZE_TRIES || !UNABLE_TO_FREEZE.test(String(error))) throw error;
    }
  }
}

/** What is amiss, or undefined when it is as it was found. */
function amiss(found: FoundContainer | undefined): string | undefined {
  if (!found) return undefined;
  if (found.paused) return 'it is still paused';
  return found.running ? undefined : `it does not run (${found.status})`;
}

/** True where what was asked to end has not ended yet: left alone, it would end after everything was read back. */
function mayStillEnd({ call, signal }: EngineCall, found: FoundContainer, startedAt: string | undefined): boolean {
  if (call === 'pause' || found.startedAt !== startedAt) return false;
  return call === 'stop' || !isHarmless(signal ?? 'SIGKILL');
}

/** The engine cannot take back a stop, and nobody a signal: so it ends now, and is started. */
async function cutShort({ container: { id }, call, signal }: EngineCall, { labels }: FoundContainer, { engine }: Ground) {
  const asked = call === 'stop' ? 'its stop' : `its end by ${signal ?? 'SIGKILL'}`;
  await engine.stop(id, 0);
  if (isSwarmTask(labels)) return { mechanism: 'engine', evidence: `${asked} was still to come; it was ended, and Swarm replaces it` };
  await engine.start(id);
  return { mechanism: 'engine', evidence: `${asked} was still to come; it was ended and started again` };
}
