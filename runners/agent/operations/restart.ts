/**
 * Restarts a container: asked to end, killed after its grace, started again by the engine itself, so that it heals whatever dies.
 * Proven by the end of the process that was found. It is undone when it runs again and, where its health check
 * said `healthy` before, says so again.
 */
import { z } from 'zod';
import { isSwarmTask } from '../swarm-task.ts';
import { processGone } from '../target-state.ts';
import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

const LOOK_EVERY_MS = 50;

const shape = z.object({
  op: z.literal('restart'),
  container: containerRef,
  /** Until it is killed. */
  graceS: z.int().min(0),
  /** How long its health check is waited for. */
  healthyWithinMs: z.number().min(0),
});

export const restart = defineOperation({
  shape,
  claims: () => ['state'],
  proofMs: ({ graceS }) => graceS * 1000,
  undoMs: ({ healthyWithinMs }) => healthyWithinMs,
  moves,
});

/** How it was found, for the agent that may come after. */
const foundShape = z.object({ startedAt: z.string(), healthy: z.boolean() });

function moves({ container: { id }, graceS, healthyWithinMs }: z.output<typeof shape>, { engine, ...ground }: Ground): FiveMoves {
  let pidInArming = 0;
  let asked: { ended: boolean; failed?: string } | undefined;
  const foundBefore = () => {
    const found = ground.found();
    return found === undefined ? undefined : foundShape.parse(JSON.parse(found));
  };
  /** Runs, and is not the one that is asked to end. */
  const runsAnew = async () => {
    const found = await engine.inspect(id);
    return { found, so: found?.running === true && !found.paused && found.startedAt !== foundBefore()?.startedAt };
  };

  return {
    async arm() {
      const found = await engine.inspect(id);
      if (!found) throw new Error('there is no such container any more');
      if (isSwarmTask(found.labels))
        throw new Error(
          'it is a task of a Swarm service, of which Swarm starts another when it ends: use container-kill or container-stop',
        );
      if (found.autoRemove) throw new Error('the engine removes it when it stops (--rm), so that it might not come back');
      pidInArming = found.pid;
      ground.remember(JSON.stringify({ startedAt: found.startedAt, healthy: found.health === 'healthy' }));
      return { mechanism: 'engine', evidence: `found running, process ${found.pid}, ${found.health ?? 'without a health check'}` };
    },
    async inject() {
      const asking: { ended: boolean; failed?: string } = { ended: false };
      asked = asking;
      const atNs = process.hrtime.bigint();
      engine.restart(id, graceS).then(
        () => Object.assign(asking, { ended: true }),
        (error: unknown) => Object.assign(asking, { ended: true, failed: error instanceof Error ? error.message : String(error) }),
      );
      return { atNs, mechanism: 'engine' };
    },
    async prove(signal) {
      let seen = '';
      do {
        const kernel = processGone(pidInArming);
        seen = `the kernel ${kernel.says}`;
        if (kernel.so) return { mechanism: 'engine', evidence: seen, facts: { restart: 1 } };
        if (asked?.failed !== undefined) throw new Error(asked.failed);
      } while (await pause(LOOK_EVERY_MS, signal));
      throw new Error(`no effect: ${seen}`);
    },
    async undo(signal) {
      if (!ground.mayHaveTouched()) return { evidence: 'it was never touched' };
      const began = performance.now();
      const limit = AbortSignal.any([signal, AbortSignal.timeout(healthyWithinMs)]);
      let { found, so } = await runsAnew();
      if (!found) return { mechanism: 'engine', evidence: 'it is gone: there is nothing to bring back' };
      // Still the one that was asked to end: nobody can take that back, so it ends now, and the engine starts it.
      if (found.running && !so) await engine.stop(id, 0);
      if (!so) await engine.start(id);
      let atNs = process.hrtime.bigint();
      const healthy = () => !foundBefore()?.healthy || found?.health === 'healthy';
      do {
        ({ found, so } = await runsAnew());
        atNs = process.hrtime.bigint();
      } while (!(so && healthy()) && found && (await pause(LOOK_EVERY_MS, limit)));
      const health = foundBefore()?.healthy ? `, ${found?.health ?? 'gone'}` : '';
      return {
        atNs,
        mechanism: 'engine',
        evidence: `${found?.status ?? 'gone'}${health} after ${Math.round(performance.now() - began)} ms`,
      };
    },
    async readBack() {
      if (!ground.mayHaveTouched()) return { evidence: 'it was never touched' };
      const { found, so } = await runsAnew();
      if (found && !so) throw new Error(`it does not run again (${found.status})`);
      return { evidence: `the engine says ${[found?.status ?? 'gone', found?.health].filter(Boolean).join(', ')}` };
    },
  };
}
