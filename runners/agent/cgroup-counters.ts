/** What the kernel has counted for a control group. By these the effect of a fault is seen; they are never written. */
import { type ControlGroups, type GroupFiles, realFiles } from './cgroup.ts';

export interface CpuCounters {
  readonly usedMs: number;
  /** Periods in which its limit kept it from running, and for how long in all. */
  readonly throttledPeriods: number;
  readonly throttledMs: number;
}

export interface MemoryCounters {
  readonly usedBytes: number;
  /** Of these, what is no file's: it cannot be dropped, only swapped. */
  readonly anonymousBytes: number;
  /** How often its limit was run into, and how many processes were killed for it. */
  readonly limitHits: number;
  readonly kills: number;
}

/** Each throws where the group is gone. */
export function cpuCounters(groups: ControlGroups, files: GroupFiles = realFiles): CpuCounters {
  const stat = table(files.read(`${groups.directory('cpu')}/cpu.stat`));
  if (groups.version('cpu') === 2) {
    const throttledMs = number(stat, 'throttled_usec') / 1e3;
    return { usedMs: number(stat, 'usage_usec') / 1e3, throttledPeriods: number(stat, 'nr_throttled'), throttledMs };
  }
  return {
    usedMs: Number(files.read(`${groups.directory('cpuacct')}/cpuacct.usage`)) / 1e6,
    throttledPeriods: number(stat, 'nr_throttled'),
    throttledMs: number(stat, 'throttled_time') / 1e6,
  };
}

export function memoryCounters(groups: ControlGroups, files: GroupFiles = realFiles): MemoryCounters {
  const directory = groups.directory('memory');
  const stat = table(files.read(`${directory}/memory.stat`));
  if (groups.version('memory') === 2) {
    const events = table(files.read(`${directory}/memory.events`));
    return {
      usedBytes: Number(files.read(`${directory}/memory.current`)),
      anonymousBytes: number(stat, 'anon'),
      limitHits: number(events, 'max'),
      kills: number(events, 'oom_kill'),
    };
  }
  return {
    usedBytes: Number(files.read(`${directory}/memory.usage_in_bytes`)),
    anonymousBytes: number(stat, 'rss'),
    limitHits: Number(files.read(`${directory}/memory.failcnt`)),
    kills: number(table(files.read(`${directory}/memory.oom_control`)), 'oom_kill'),
  };
}

/** Bytes that it has written to disks, or read from them; written back later by the kernel's own threads is not counted by version 1. */
export function diskCounters(
  groups: ControlGroups,
  files: GroupFiles = realFiles,
): { readonly readBytes: number; readonly writtenBytes: number } {
  const directory = groups.directory('blkio');
  if (groups.version('blkio') === 2) {
    const text = files.read(`${directory}/io.stat`);
    return { readBytes: sum(text, /\brbytes=(\d+)/g), writtenBytes: sum(text, /\bwbytes=(\d+)/g) };
  }
  const text = files.read(`${directory}/blkio.throttle.io_service_bytes`);
  return { readBytes: sum(text, /^\S+ Read (\d+)$/gm), writtenBytes: sum(text, /^\S+ Write (\d+)$/gm) };
}

/** Lines of a name and a number. */
function table(text: string): ReadonlyMap<string, number> {
  return new Map(
    text.split('\n').map((line) => {
      const [name = '', value = ''] = line.trim().split(/\s+/);
      return [name, Number(value)];
    }),
  );
}

/** What a kernel does not count is 0. */
function number(counted: ReadonlyMap<string, number>, name: string): number {
  return counted.get(name) ?? 0;
}

function sum(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((total, [, value]) => total + Number(value), 0);
}
