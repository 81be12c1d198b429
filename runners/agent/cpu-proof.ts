/** What the kernel's counters say about processors taken from a container, or kept from it. Pure. */
import type { CpuCounters } from './cgroup-counters.ts';

/** What was counted between two looks, `overMs` apart. */
export interface CpuSeen {
  readonly overMs: number;
  readonly before: CpuCounters;
  readonly after: CpuCounters;
}

/** How long the stressor ran, and was ready to run and not let. */
export interface Stressed {
  readonly ranMs: number;
  readonly waitedMs: number;
}

export interface Judged {
  readonly proven: boolean;
  readonly evidence: string;
  readonly facts: Readonly<Record<string, number>>;
}

/** Shorter looks say nothing. */
const LOOK_MS_MIN = 400;
/** Of what was asked for, the share of the time in which the stressor must have been on a processor or in line for one. */
const DEMAND_MIN = 0.8;
/** Of what the stressor ran, the share that must be counted for the target's group; the kernel counts in its own time. */
const COUNTED_MIN = 0.8;

/** Stress is proven when it takes or waits for what was asked, or runs into the target's own limit, and counts as the target's. */
export function judgeStress(seen: CpuSeen, stressed: Stressed, askedCpus: number): Judged {
  const { overMs, usedMs, throttledPeriods } = between(seen);
  const demandMs = stressed.ranMs + stressed.waitedMs;
  const demanded = demandMs >= DEMAND_MIN * askedCpus * overMs || throttledPeriods > 0;
  const counted = stressed.ranMs > 0 && usedMs >= COUNTED_MIN * stressed.ranMs;
  const held = throttledPeriods > 0 ? `; its own limit held it back in ${throttledPeriods} periods` : '';
  return {
    proven: overMs >= LOOK_MS_MIN && demanded && counted,
    evidence:
      `its control group used ${cpus(usedMs, overMs)} CPUs, of which the stress ran on ${cpus(stressed.ranMs, overMs)} and waited for ` +
      `${cpus(stressed.waitedMs, overMs)}, of ${round(askedCpus)} asked${held}`,
    facts: { usedCpus: usedMs / overMs, stressCpus: stressed.ranMs / overMs, throttledPeriods },
  };
}

/** Over fewer periods, the one that is cut in two counts too much. */
const PERIODS_MIN = 10;
/** What may be used beyond the quota: slices are given out to processors ahead. */
const OVERRUN_MAX = 1.2;

/** A quota is proven when the group was kept waiting for it, and used no more than it. */
export function judgeThrottle(seen: CpuSeen, quotaCpus: number, periodMs: number): Judged {
  const { overMs, usedMs, throttledPeriods, throttledMs } = between(seen);
  const periods = overMs / periodMs;
  const allowedMs = quotaCpus * periodMs * (periods + 1) * OVERRUN_MAX;
  return {
    proven: periods >= PERIODS_MIN && throttledPeriods > 0 && usedMs <= allowedMs,
    evidence:
      `its control group used ${cpus(usedMs, overMs)} CPUs over ${Math.round(overMs)} ms, and was kept waiting in ${throttledPeriods} periods, ` +
      `for ${Math.round(throttledMs)} ms over all its processors`,
    facts: { usedCpus: usedMs / overMs, throttledPeriods },
  };
}

function between({ overMs, before, after }: CpuSeen) {
  return {
    overMs,
    usedMs: after.usedMs - before.usedMs,
    throttledPeriods: after.throttledPeriods - before.throttledPeriods,
    throttledMs: after.throttledMs - before.throttledMs,
  };
}

function cpus(ms: number, overMs: number): string {
  return String(round(overMs > 0 ? ms / overMs : 0));
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
