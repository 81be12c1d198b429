/**
 * Lowers the processor quota of a container's control group. Proven by the group's own counters: it was kept waiting, and used no more
 * than the quota. Where the container asks for too little to be kept waiting, a canary in its group asks for more, with the least
 * priority there is.
 */
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { type Residence, residenceToTouch } from '../cgroup.ts';
import { cpuCounters } from '../cgroup-counters.ts';
import { cpuQuota } from '../cgroup-limits.ts';
import { type Judged, judgeThrottle } from '../cpu-proof.ts';
import { loweredLimit } from '../lowered-limit.ts';
import { noStressorOf, type Stressor, startStressor } from '../stressor.ts';
import { CPU_CONTROLLERS } from './cpu-stress.ts';
import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

const LOOK_EVERY_MS = 100;
/** How long the container's own demand is waited for, before the canary asks. */
const OWN_DEMAND_MS = 1_500;
/** The canary gives way to whatever the container itself runs. */
const CANARY_NICE = 19;
/** The kernel takes no smaller quota. */
const QUOTA_US_MIN = 1_000;

const shape = z.object({ op: z.literal('cpu-throttle'), container: containerRef, cpus: z.number().gt(0) });

export const cpuThrottle = defineOperation({
  shape,
  claims: () => ['cpu-quota'],
  decidedInArming: 'how many processors the container may use, and so whether the quota is less',
  moves,
});

/** `20000 100000` for 0.2 CPUs, at the period that was found. Throws where it would not be less than found, or than the host has. */
export function loweredQuota(found: string, asked: number, hostCpus: number): string {
  const [quota, period] = found.split(' ');
  const periodUs = Number(period);
  const now = quota === 'max' ? hostCpus : Math.min(hostCpus, Number(quota) / periodUs);
  if (asked >= now) throw new Error(`it may use ${now} CPUs as it is, so that ${asked} would take nothing from it`);
  const quotaUs = Math.round(asked * periodUs);
  if (quotaUs < QUOTA_US_MIN)
    throw new Error(`${asked} CPUs are ${quotaUs} µs of its period of ${periodUs} µs; the kernel gives ${QUOTA_US_MIN} µs at least`);
  return `${quotaUs} ${periodUs}`;
}

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const hostCpus = availableParallelism();
  const quota = loweredLimit(ground, operation.container, {
    what: 'its CPU quota',
    of: cpuQuota,
    lower: (found) => loweredQuota(found, operation.cpus, hostCpus),
    byEngine: (limits) => limits.cpu,
  });
  let periodMs = 100;
  let canary: Stressor | undefined;
  /** Looks until it is proven, the time is over, or the signal aborts; answers with the last look. */
  const watch = async ({ groups }: Residence, forMs: number, signal: AbortSignal): Promise<Judged> => {
    const began = { atMs: performance.now(), counted: cpuCounters(groups) };
    for (;;) {
      const more = await pause(LOOK_EVERY_MS, signal);
      const overMs = performance.now() - began.atMs;
      const judged = judgeThrottle({ overMs, before: began.counted, after: cpuCounters(groups) }, operation.cpus, periodMs);
      if (judged.proven || !more || overMs >= forMs) return judged;
    }
  };
  const withCanary = async (where: Residence, signal: AbortSignal): Promise<Judged> => {
    const workers = Math.min(hostCpus, Math.ceil(operation.cpus) + 1);
    const command = ['cpu', String(workers), '1', String(CANARY_NICE)];
    canary = await startStressor({ tag: ground.tag, residence: where, controllers: CPU_CONTROLLERS, command });
    try {
      await canary.go();
      const judged = await watch(where, Number.POSITIVE_INFINITY, signal);
      return { ...judged, evidence: `${judged.evidence}, by a canary, because it asked for less itself` };
    } finally {
      await canary.end();
    }
  };
  return {
    async arm() {
      const { found, set } = await quota.arm();
      return { mechanism: 'cgroup', evidence: `its CPU quota is ${found}, and becomes ${set}` };
    },
    async inject() {
      const { atNs, change } = await quota.set();
      periodMs = Number(change.set.split(' ')[1]) / 1000;
      return { mechanism: 'cgroup', atNs };
    },
    async prove(signal) {
      const where = await residenceToTouch(quota.residence);
      const own = await watch(where, OWN_DEMAND_MS, signal);
      const { proven, evidence, facts } = own.proven || signal.aborted ? own : await withCanary(where, signal);
      if (!proven) throw new Error(`no effect: ${evidence}`);
      return { mechanism: 'cgroup', evidence, facts };
    },
    async undo() {
      await canary?.end();
      return quota.undo();
    },
    async readBack() {
      return { evidence: `${await quota.readBack()}; ${noStressorOf(ground.tag)}` };
    },
  };
}
