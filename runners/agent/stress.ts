/** One stressor of one operation, through the five moves: started in arming, told to go, ended by the undo, looked for in reading back. */
import { type Controller, followResidence, type Residence, residenceToTouch } from './cgroup.ts';
import type { Ground, Outcome } from './operations/five-moves.ts';
import type { ContainerRef } from './operations/operation.ts';
import { HAS_DIED, noStressorOf, type Stressor, startStressor } from './stressor.ts';

export interface Stress {
  readonly residence: () => Promise<Residence | undefined>;
  /** Starts it anew; what was started before is ended. */
  prepare(residence: Residence): Promise<Stressor>;
  /** One that waits in the container as it is by now. */
  ready(): Promise<Stressor>;
  /** Lets it go; answers with when it went. */
  go(timeoutMs?: number): Promise<bigint>;
  /** Throws where it has died. */
  alive(): Stressor;
  /** Ends it, and says what it was last heard to be. */
  undo(): Promise<Outcome>;
  readBack(): Promise<Outcome>;
}

export interface StressOptions {
  readonly ground: Ground;
  readonly container: ContainerRef;
  readonly controllers: readonly Controller[];
  /** The stressor's kind and arguments, by what arming found out. */
  command(): readonly string[];
}

export function stress({ ground, container, controllers, command }: StressOptions): Stress {
  const residence = followResidence(ground.engine, container);
  let stressor: Stressor | undefined;
  const prepare = async (where: Residence) => {
    await stressor?.end();
    stressor = await startStressor({ tag: ground.tag, residence: where, controllers, command: command() });
    return stressor;
  };
  const ready = async () => {
    const where = await residenceToTouch(residence);
    return stressor?.alive() && stressor.pid === where.pid ? stressor : prepare(where);
  };
  return {
    residence,
    prepare,
    ready,
    async go(timeoutMs) {
      await (await ready()).go(timeoutMs);
      return process.hrtime.bigint();
    },
    alive() {
      if (!stressor?.alive()) throw new Error(HAS_DIED);
      return stressor;
    },
    async undo() {
      if (!stressor) return { mechanism: 'stressor', evidence: 'none is running, and none outlives its agent' };
      const early = ground.mayHaveTouched() && !stressor.alive();
      await stressor.end();
      stressor = undefined;
      return { mechanism: 'stressor', ...(early ? { evidence: 'it had ended before: killed, out of memory, or with its target' } : {}) };
    },
    readBack: async () => ({ evidence: noStressorOf(ground.tag) }),
  };
}
