/**
 * Processes as the host's /proc tells of them: which belong to a container, what they are called, whether they live, and
 * what they do with a signal. A container's are told by their control group, which a `docker exec` shares and a neighbour does not.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parseControlGroups } from './cgroup.ts';

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

/** Every process of the container whose first one this is, itself among them, by number. Throws where that one is gone. */
export function processesOf(firstPid: number): readonly Process[] {
  const groups = parseControlGroups(readFileSync(`/proc/${firstPid}/cgroup`, 'utf8'));
  return pidsWithin(groups.directory('memory'))
    .toSorted((one, other) => one - other)
    .flatMap((pid) => processAt(pid) ?? []);
}

/** Those in a control group and in the groups below it. */
export function pidsWithin(directory: string): readonly number[] {
  const own = (read(`${directory}/cgroup.procs`) ?? '').split('\n').filter((line) => line !== '');
  const below = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...own.map(Number), ...below.flatMap(({ name }) => pidsWithin(`${directory}/${name}`))];
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

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
