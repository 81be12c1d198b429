/**
 * Burns processor time inside a container's control group, so that the container competes with it within its own limit and shares.
 * Proven by the group's own count of processor time and by the kernel's account of the stressor's threads.
 */
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { type Residence, residenceToTouch } from '../cgroup.ts';
import { type CpuCounters, cpuCounters } from '../cgroup-counters.ts';
import { judgeStress } from '../cpu-proof.ts';
import { stress } from '../stress.ts';
import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

const LOOK_EVERY_MS = 100;
/** Workers for each processor of the host, at most. */
const WORKERS_A_CPU_MAX = 4;

const shape = z.object({
  op: z.literal('cpu-stress'),
  container: containerRef,
  /** Without it, one for each processor of the host. */
  workers: z.int().min(1).exactOptional(),
  /** Share of the time in which each worker runs. */
  load: z.number().gt(0).max(1),
});

export const cpuStress = defineOperation({
  shape,
  decidedInArming: 'how many processors the host has, which is the number of workers by default and a quarter of the most',
  moves,
});

const stats = z.object({ ranMs: z.number(), waitedMs: z.number() });

/** On version 1, quota, account and the set of processors are hierarchies of their own. */
export const CPU_CONTROLLERS = ['cpu', 'cpuacct', 'cpuset'] as const;

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const cpus = availableParallelism();
  const workers = operation.workers ?? cpus;
  const askedCpus = workers * operation.load;
  const burning = stress({
    ground,
    container: operation.container,
    controllers: CPU_CONTROLLERS,
    command: () => ['cpu', String(workers), String(operation.load), '0'],
  });
  let before: { readonly atMs: number; readonly counted: CpuCounters; readonly ranMs: number; readonly waitedMs: number } | undefined;
  const look = async ({ groups }: Residence) => {
    const stressed = await burning.alive().ask('stats', stats);
    return { atMs: performance.now(), counted: cpuCounters(groups), ...stressed };
  };
  return {
    async arm() {
      const most = cpus * WORKERS_A_CPU_MAX;
      if (workers > most)
        throw new Error(`${workers} workers are more than ${WORKERS_A_CPU_MAX} for each of the host's ${cpus} processors`);
      const where = await residenceToTouch(burning.residence);
      cpuCounters(where.groups);
      await burning.prepare(where);
      return { mechanism: 'stressor', evidence: `${workers} workers wait, on a host with ${cpus} processors` };
    },
    async inject() {
      before = undefined;
      return { mechanism: 'stressor', atNs: await burning.go() };
    },
    async prove(signal) {
      const where = await residenceToTouch(burning.residence);
      before ??= await look(where);
      const began = before;
      for (;;) {
        const more = await pause(LOOK_EVERY_MS, signal);
        const now = await look(where);
        const seen = { overMs: now.atMs - began.atMs, before: began.counted, after: now.counted };
        const stressed = { ranMs: now.ranMs - began.ranMs, waitedMs: now.waitedMs - began.waitedMs };
        const { proven, evidence, facts } = judgeStress(seen, stressed, askedCpus);
        if (proven) return { mechanism: 'stressor', evidence, facts };
        if (!more) throw new Error(`no effect: ${evidence}`);
      }
    },
    undo: () => burning.undo(),
    readBack: () => burning.readBack(),
  };
}
