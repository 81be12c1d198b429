/**
 * Pauses, stops or kills a container through the engine, and brings back exactly the state that it was found in. Proven by
 * the target's own state: what the engine says, and what the kernel says of its processes.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { FoundContainer } from '../engine.ts';

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

export const engineCall = defineOperation({ shape, claims: () => ['state'], moves });

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const { engine } = ground;
  const { id } = operation.container;
  const pausing = operation.call === 'pause';
  let pidInArming = 0;
  const act = () => {
    if (operation.call === 'pause') return engine.pause(id);
    if (operation.call === 'stop') return engine.stop(id, operation.graceS);
    return engine.kill(id, operation.signal ?? 'SIGKILL');
  };
  /** What is amiss, or undefined when it is as it was found. */
  const amiss = (found: FoundContainer | undefined): string | undefined => {
    if (!found) return undefined;
    if (found.paused) return 'it is still paused';
    return found.running ? undefined : `it does not run (${found.status})`;
  };

  return {
    async arm() {
      const found = await engine.inspect(id);
      if (!found) throw new Error('there is no such container any more');
      if (found.status !== 'running') throw new Error(`it was found ${found.status}, and is left alone`);
      if (found.autoRemove && !pausing)
        throw new Error('the engine removes it when it stops (--rm), so that it could not be started again');
      pidInArming = found.pid;
      return { mechanism: 'engine', evidence: `found running, process ${found.pid}` };
    },
    async inject() {
      await act();
      return { mechanism: 'engine' };
    },
    async prove(signal) {
      let seen = '';
      do {
        const found = await engine.inspect(id);
        const kernel = pausing ? freezerOf(found?.pid ?? 0) : processGone(pidInArming);
        seen = `the engine says ${found?.status ?? 'gone'}, the kernel ${kernel.says}`;
        if (kernel.so && (pausing ? found?.paused === true : !found?.running || found.pid !== pidInArming)) {
          return { mechanism: 'engine', evidence: seen, facts: { [`${operation.call}`]: 1 } };
        }
      } while (await pause(LOOK_EVERY_MS, signal));
      throw new Error(`no effect: ${seen}`);
    },
    async undo() {
      if (!ground.mayHaveTouched()) return { evidence: 'it was never touched' };
      const found = await engine.inspect(id);
      if (!found) return { mechanism: 'engine', evidence: 'it is gone: there is nothing to bring back' };
      if (pausing && found.paused) await engine.unpause(id);
      else if (!pausing && !found.running) await engine.start(id);
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

/** What the kernel's freezer says of a process's control group: version 1 by freezer.state, version 2 by cgroup.events. */
function freezerOf(pid: number): { readonly so: boolean; readonly says: string } {
  try {
    const path = freezerPath(readFileSync(`/proc/${pid}/cgroup`, 'utf8'));
    const state = readFileSync(path, 'utf8').trim();
    const so = state === 'FROZEN' || /^frozen 1$/m.test(state);
    return { so, says: `${so ? 'frozen' : 'not frozen'}` };
  } catch {
    return { so: false, says: 'knows no such process' };
  }
}

/** The file that tells whether a control group is frozen, from the text of /proc/PID/cgroup. */
export function freezerPath(cgroups: string): string {
  const groups = cgroups
    .trim()
    .split('\n')
    .map((line) => line.split(':'));
  const freezer = groups.find(([, controllers]) => controllers?.split(',').includes('freezer'));
  if (freezer) return `/sys/fs/cgroup/freezer${freezer.slice(2).join(':')}/freezer.state`;
  const unified = groups.find(([hierarchy]) => hierarchy === '0');
  return `/sys/fs/cgroup${unified?.slice(2).join(':') ?? ''}/cgroup.events`;
}

function processGone(pid: number): { readonly so: boolean; readonly says: string } {
  try {
    readFileSync(`/proc/${pid}/stat`, 'utf8');
    return { so: false, says: `still runs its process ${pid}` };
  } catch {
    return { so: true, says: `runs its process ${pid} no more` };
  }
}
