/** The processes of the host, and those of them that are in a container, or reach into one. */
import { readdirSync, readlinkSync } from 'node:fs';
import type { Place, Sections } from './asked.ts';
import { linesOf, textOf } from './shell.ts';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly comm: string;
  readonly command: string;
  /** Of /proc/PID/stat: R, S, T … */
  readonly state: string;
  readonly namespaces: Readonly<Record<'pid' | 'net' | 'mnt', string>>;
  readonly cgroups: string;
}

/** Programs that a fault starts next to its targets. One whose parent is gone was left behind. */
const HELPERS = /setpriv|nsenter|delayer|impair|stress|firedrill|hog|proxy|responder|skew/i;
const ITSELF = new Set([process.pid, process.ppid]);

/** Every process but kernel threads, this program and what it started. */
export function allProcesses(): readonly Process[] {
  return readdirSync('/proc')
    .filter((each) => /^\d+$/.test(each))
    .flatMap((each) => processOf(Number(each)) ?? []);
}

function processOf(pid: number): Process | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  const command = textOf(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim();
  if (ITSELF.has(pid) || stat === undefined || !command) return undefined;
  const after = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const parent = Number(after[1]);
  if (ITSELF.has(parent)) return undefined;
  return {
    pid,
    parent,
    comm: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
    command,
    state: after[0] ?? '',
    namespaces: { pid: namespaceOf(pid, 'pid'), net: namespaceOf(pid, 'net'), mnt: namespaceOf(pid, 'mnt') },
    cgroups: textOf(`/proc/${pid}/cgroup`) ?? '',
  };
}

function namespaceOf(pid: number, kind: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`);
  } catch {
    return '';
  }
}

/** A container's own processes with what was set on them, and strangers: in its network, files or control group, and not of it. */
export function lookAtProcesses(place: Place, all: readonly Process[]): Sections {
  const first = all.find((each) => each.pid === place.pid);
  if (!first) return {};
  const own = all.filter((each) => each.namespaces.pid === first.namespaces.pid && first.namespaces.pid !== '');
  const reaches = (each: Process) =>
    each.namespaces.net === first.namespaces.net || each.namespaces.mnt === first.namespaces.mnt || each.cgroups.includes(place.id);
  const strangers = all.filter((each) => each.namespaces.pid !== first.namespaces.pid && reaches(each));
  return {
    [`${place.name}: processes`]: own.map((each) => `${each.command}${stateOf(each)} ${settingsOf(each.pid)}`).sort(),
    [`${place.name}: strangers`]: strangers.map((each) => `${each.command} (reaches into it from outside)`).sort(),
  };
}

/** Helpers that nobody owns any more, wherever they are. */
export function lookForOrphans(all: readonly Process[]): Sections {
  const orphans = all.filter((each) => each.parent === 1 && HELPERS.test(each.comm));
  return { 'host: orphaned helpers': orphans.map((each) => each.command).sort() };
}

function stateOf({ state }: Process): string {
  return state === 'T' || state === 't' ? ' (stopped)' : '';
}

/** Limits of a process, without those that are not set, and how the kernel's out-of-memory killer sees it. */
function settingsOf(pid: number): string {
  const limits = linesOf(textOf(`/proc/${pid}/limits`)).slice(1);
  const values = limits.flatMap((line) => {
    const [, name, soft, hard] = /^Max (.+?) {2,}(\S+) +(\S+)/.exec(line) ?? [];
    return soft === 'unlimited' && hard === 'unlimited' ? [] : [`${name}=${soft}/${hard}`];
  });
  const nice =
    textOf(`/proc/${pid}/stat`)
      ?.replace(/^.*\) /, '')
      .split(' ')[16] ?? '';
  return `[${values.join(', ')}; oom ${textOf(`/proc/${pid}/oom_score_adj`)?.trim()}; nice ${nice}]`;
}
