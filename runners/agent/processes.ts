/**
 * Processes as the host's /proc tells of them: which belong to a container, what they are called, whether they live, and
 * what they do with a signal. A container's are told by their control group, which a `docker exec` shares and a neighbour does not.
 */
import { readdirSync, readFileSync } from 'node:fs';

export interface Process {
  /** On the host. */
  readonly pid: number;
  /** With the pid it names a process for good: when it began, in clock ticks since boot. */
  readonly startTicks: string;
  /** As its own container sees it; 1 is the first one. */
  readonly insidePid: number;
  /** At most 15 characters, as the kernel keeps it. */
  readonly name: string;
  readonly command: readonly string[];
}

/** What the kernel says that a process does with signals, as bits: signal 1 is bit 0. */
export interface SignalMasks {
  readonly caught: bigint;
  readonly ignored: bigint;
}

/** Every process of the container whose first one this is, itself among them. Throws where that one is gone. */
export function processesOf(firstPid: number): readonly Process[] {
  const group = groupOf(readFileSync(`/proc/${firstPid}/cgroup`, 'utf8'));
  if (group === '/') throw new Error('its processes have no control group of their own, so that they cannot be told from the host’s');
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const cgroups = read(`/proc/${pid}/cgroup`);
    const mine = cgroups !== undefined && isWithin(groupOf(cgroups), group);
    return mine ? (processAt(Number(pid)) ?? []) : [];
  });
}

/** A process; undefined where there is none, or only what its parent has not yet collected of it. */
export function processAt(pid: number): Process | undefined {
  const stat = read(`/proc/${pid}/stat`);
  const status = read(`/proc/${pid}/status`);
  const parsed = stat === undefined ? undefined : parseStat(stat);
  if (!parsed || status === undefined || DEAD.has(parsed.state)) return undefined;
  const command = (read(`/proc/${pid}/cmdline`) ?? '').split('\0').slice(0, -1);
  return { pid, startTicks: parsed.startTicks, name: parsed.name, insidePid: insidePidOf(status) ?? pid, command };
}

/** Whether this very process still lives: not another that was given its number, and not a zombie. */
export function lives({ pid, startTicks }: Pick<Process, 'pid' | 'startTicks'>): boolean {
  return processAt(pid)?.startTicks === startTicks;
}

/** What a process does with signals; undefined where there is none. */
export function signalsOf(pid: number): SignalMasks | undefined {
  const status = read(`/proc/${pid}/status`);
  return status === undefined ? undefined : masksIn(status);
}

/** Zombie, dead, dead. */
const DEAD = new Set(['Z', 'X', 'x']);

/** The text of /proc/PID/stat; a name may hold spaces and brackets. */
export function parseStat(stat: string): { readonly name: string; readonly state: string; readonly startTicks: string } | undefined {
  const match = /^\d+ \((.*)\) (\S) (.*)$/s.exec(stat);
  const [, name, state, rest] = match ?? [];
  // The 22nd field of all, the 19th after the state.
  const startTicks = rest?.split(' ')[18];
  return name === undefined || state === undefined || startTicks === undefined ? undefined : { name, state, startTicks };
}

/** The number that a process has in its innermost namespace, from the text of /proc/PID/status. */
export function insidePidOf(status: string): number | undefined {
  const numbers = /^NSpid:\s+(.*)$/m.exec(status)?.[1]?.split(/\s+/);
  return numbers === undefined ? undefined : Number(numbers.at(-1));
}

/** The masks in the text of /proc/PID/status. */
export function masksIn(status: string): SignalMasks {
  const mask = (name: string) => BigInt(`0x${new RegExp(`^${name}:\\s+([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? '0'}`);
  return { caught: mask('SigCgt'), ignored: mask('SigIgn') };
}

/** The control group in the text of /proc/PID/cgroup: of version 1 the memory controller's, of version 2 the only one. */
export function groupOf(cgroups: string): string {
  const lines = cgroups
    .trim()
    .split('\n')
    .map((line) => line.split(':'));
  const line =
    lines.find(([, controllers]) => controllers?.split(',').includes('memory')) ?? lines.find(([hierarchy]) => hierarchy === '0');
  return line?.slice(2).join(':') || '/';
}

function isWithin(group: string, outer: string): boolean {
  return group === outer || group.startsWith(`${outer}/`);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
