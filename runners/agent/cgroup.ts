/** A container's control groups, version 1 and version 2 behind one seam: where they are, and who is in them. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Engine } from './engine.ts';
import type { ContainerRef } from './operations/operation.ts';

const ROOT = '/sys/fs/cgroup';
/** A process that is being ended (include/linux/sched.h). */
const PF_EXITING = 0x4;

export type Controller = 'cpu' | 'cpuacct' | 'cpuset' | 'memory' | 'blkio';

export interface ControlGroups {
  /** 2 where this controller is of the unified hierarchy. */
  version(controller: Controller): 1 | 2;
  /** The directory of its files, as the agent sees it. */
  directory(controller: Controller): string;
}

/** What control groups are read and written by, so that both versions can be tried on a machine that has one. */
export interface GroupFiles {
  /** Throws where there is no such file. */
  read(path: string): string;
  write(path: string, text: string): void;
}

export const realFiles: GroupFiles = {
  read: (path) => readFileSync(path, 'utf8').trim(),
  write: (path, text) => writeFileSync(path, text),
};

/** Of the text of /proc/PID/cgroup. On a host with both, a controller is where version 1 has it. */
export function parseControlGroups(text: string): ControlGroups {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.split(':'));
  const pathOf = (line: readonly string[] | undefined) => line?.slice(2).join(':');
  const first = (controller: Controller) => lines.find(([, controllers]) => controllers?.split(',').includes(controller));
  const unified = pathOf(lines.find(([hierarchy, controllers]) => hierarchy === '0' && controllers === ''));
  const pure = lines.length === 1 && unified !== undefined;
  return {
    version: (controller) => (first(controller) ? 1 : 2),
    directory(controller) {
      const path = pathOf(first(controller));
      if (path !== undefined) return `${ROOT}/${controller}${ofContainer(path, controller)}`;
      if (unified === undefined) throw new Error(`this kernel has no ${controller} controller`);
      return `${ROOT}${pure ? '' : '/unified'}${ofContainer(unified, controller)}`;
    },
  };
}

/** The root group is the host itself, and one outside of what the agent sees begins with `/..`. */
function ofContainer(path: string, controller: Controller): string {
  if (path === '/' || path === '') throw new Error(`it has no ${controller} control group of its own: touching it would touch the host`);
  if (path.startsWith('/..')) throw new Error(`its ${controller} control group is out of the agent's sight`);
  return path;
}

/** The files by which processes join its groups; on version 2 it is one for all controllers. */
export function procsFiles(groups: ControlGroups, controllers: readonly Controller[]): readonly string[] {
  return [...new Set(controllers.map((controller) => `${groups.directory(controller)}/cgroup.procs`))];
}

/** A running container's first process and its control groups. */
export interface Residence {
  readonly pid: number;
  readonly groups: ControlGroups;
}

/**
 * Follows one container: undefined where no process of it runs. From /proc while the process found before is still there (microseconds),
 * else from the engine.
 */
export function followResidence(engine: Engine, container: ContainerRef): () => Promise<Residence | undefined> {
  let last: (Residence & { readonly text: string }) | undefined;
  return async () => {
    if (last && textOf(last.pid) === last.text) return last;
    const found = await engine.inspect(container.id);
    const text = found?.running && found.pid > 0 ? textOf(found.pid) : undefined;
    last = found && text !== undefined ? { pid: found.pid, text, groups: parseControlGroups(text) } : undefined;
    return last;
  };
}

/** For arming: throws where no process of the container runs. */
export async function residenceToTouch(residence: () => Promise<Residence | undefined>): Promise<Residence> {
  const found = await residence();
  if (!found) throw new Error('it is not running, so that it has no control group');
  return found;
}

/** Whether a process runs, which the kernel knows before the engine does. */
export function runs(pid: number): boolean {
  return textOf(pid) !== undefined;
}

/** Undefined where there is no such process, or where it is ending: the kernel then says that it is in the host's group. */
function textOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
    return isEnding(readFileSync(`/proc/${pid}/stat`, 'utf8')) ? undefined : text;
  } catch {
    return undefined;
  }
}

/**
 * Pure, of the text of /proc/PID/stat (proc_pid_stat(5)): whether the process has ended and only waits to be buried (state Z
 * or X), or is on its way there (PF_EXITING among its flags), which is set before it leaves its control groups.
 */
export function isEnding(stat: string): boolean {
  const [state = '', , , , , , flags] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return /^[ZX]/.test(state) || (Number(flags) & PF_EXITING) !== 0;
}
