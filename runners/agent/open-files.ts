/** What a process has open and may have open, as the kernel tells in /proc; and the limit under which it can open so many more. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { z } from 'zod';
import { connectedSockets, socketTables } from './hogged-sockets.ts';

/** RLIMIT_NOFILE. */
export const fileLimitShape = z.object({ soft: z.number(), hard: z.number() });
export type FileLimit = Readonly<z.output<typeof fileLimitShape>>;

/** Whose a process is, by the host's numbers. */
export interface Owner {
  readonly user: number;
  readonly group: number;
}

export interface OpenFiles {
  readonly limit: FileLimit;
  /** Undefined where it runs under several at once. */
  readonly owner: Owner | undefined;
  /** The descriptors that are given out. */
  readonly numbers: readonly number[];
  /** Those of them that are not TCP connections, which come and go. */
  lasting(): readonly number[];
}

/** Of a process; undefined where it has ended. */
export function openFilesOf(pid: number): OpenFiles | undefined {
  try {
    const limit = fileLimitIn(readFileSync(`/proc/${pid}/limits`, 'utf8'));
    const owner = ownerIn(readFileSync(`/proc/${pid}/status`, 'utf8'));
    const numbers = readdirSync(`/proc/${pid}/fd`).map(Number);
    return limit && { limit, owner, numbers, lasting: () => lastingOf(pid) };
  } catch (error) {
    // ESRCH: it ended while it was read.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return undefined;
    throw error;
  }
}

/** The numbers of the sockets that a process has open, by descriptor. */
export function socketsOf(pid: number): ReadonlyMap<number, string> {
  return new Map(
    [...descriptorsOf(pid)].flatMap(([number, descriptor]) => {
      const socket = socketIn(descriptor);
      return socket === undefined ? [] : [[number, socket]];
    }),
  );
}

/** What each descriptor of a process is: `socket:[4711]`, `/dev/null`. */
function descriptorsOf(pid: number): ReadonlyMap<number, string> {
  try {
    return new Map(readdirSync(`/proc/${pid}/fd`).flatMap((number) => descriptorAt(pid, Number(number))));
  } catch {
    return new Map();
  }
}

function descriptorAt(pid: number, number: number): readonly (readonly [number, string])[] {
  try {
    return [[number, readlinkSync(`/proc/${pid}/fd/${number}`)]];
  } catch {
    return [];
  }
}

function socketIn(descriptor: string): string | undefined {
  return /^socket:\[(\d+)\]$/.exec(descriptor)?.[1];
}

function lastingOf(pid: number): readonly number[] {
  const before = descriptorsOf(pid);
  const connected = connectedSockets(socketTables(pid));
  return lastingAmong(before, connected, descriptorsOf(pid));
}

/**
 * The descriptors that are the same before and after the kernel's list of connections was read, and are none of these. One that was closed or
 * given out meanwhile is a connection that came or went, although the list need not have it.
 */
export function lastingAmong(
  before: ReadonlyMap<number, string>,
  connected: ReadonlySet<string>,
  after: ReadonlyMap<number, string>,
): readonly number[] {
  return [...before].flatMap(([number, descriptor]) =>
    after.get(number) === descriptor && !connected.has(socketIn(descriptor) ?? '') ? number : [],
  );
}

/** In the text of /proc/PID/limits, which is empty for a process that has ended. */
export function fileLimitIn(limits: string): FileLimit | undefined {
  const [, soft, hard] = /^Max open files\s+(\d+)\s+(\d+)\s/m.exec(limits) ?? [];
  return soft === undefined || hard === undefined ? undefined : { soft: Number(soft), hard: Number(hard) };
}

/** In the text of /proc/PID/status: real, effective and saved ids must agree. */
export function ownerIn(status: string): Owner | undefined {
  const only = (name: string) => {
    const [real, effective, saved] = (new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1] ?? '').split(/\s+/);
    return real !== undefined && real !== '' && real === effective && real === saved ? Number(real) : undefined;
  };
  const [user, group] = [only('Uid'), only('Gid')];
  return user === undefined || group === undefined ? undefined : { user, group };
}

/**
 * The soft limit under which exactly so many descriptors can be opened more: the kernel gives out the lowest number that is free, and
 * none from the limit on. So it is the numbers that count, not how many there are.
 */
export function limitLeaving(numbers: readonly number[], leave: number): number {
  const taken = new Set(numbers);
  let left = leave;
  for (let number = 0; ; number += 1) {
    if (taken.has(number)) continue;
    if (left === 0) return number;
    left -= 1;
  }
}
