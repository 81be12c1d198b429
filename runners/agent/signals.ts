/** Signals by name: their numbers, and what becomes of a process that does nothing about them. */
import { constants } from 'node:os';
import type { SignalMasks } from './processes.ts';

/** They stop a process and do not end it; a container-pause is what one wants instead. */
const STOPPING: ReadonlySet<string> = new Set(['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU']);
/** Without a handler nothing happens. */
const HARMLESS: ReadonlySet<string> = new Set(['SIGCHLD', 'SIGCONT', 'SIGURG', 'SIGWINCH']);

/** Why it cannot be sent as a fault; undefined where it can. */
export function signalProblem(name: string): string | undefined {
  if (numberOf(name) === undefined) return 'is not a signal of Linux; write it like SIGKILL';
  return STOPPING.has(name) ? 'stops processes without ending them; for that there is container-pause' : undefined;
}

/** True where a process that does nothing about it goes on as if nothing had been. */
export function isHarmless(name: string): boolean {
  return HARMLESS.has(name);
}

/** Whether the kernel hands this signal to the process's own code. */
export function catches({ caught }: SignalMasks, name: string): boolean {
  return has(caught, name);
}

export function ignores({ ignored }: SignalMasks, name: string): boolean {
  return has(ignored, name);
}

function has(mask: bigint, name: string): boolean {
  const number = numberOf(name);
  return number !== undefined && (mask & (1n << BigInt(number - 1))) !== 0n;
}

function numberOf(name: string): number | undefined {
  return Object.entries(constants.signals).find(([each]) => each === name)?.[1];
}
