/** What the kernel says of a container's first process: whether it is there, and whether its control group is frozen. */
import { readFileSync } from 'node:fs';

/** What was looked at, and a few words on it that go after `the kernel`. */
export interface KernelWord {
  readonly so: boolean;
  readonly says: string;
}

export function processGone(pid: number): KernelWord {
  try {
    readFileSync(`/proc/${pid}/stat`, 'utf8');
    return { so: false, says: `still runs its process ${pid}` };
  } catch {
    return { so: true, says: `runs its process ${pid} no more` };
  }
}

/** What the freezer says of a process's control group: version 1 by freezer.state, version 2 by cgroup.events. */
export function frozen(pid: number): KernelWord {
  try {
    const path = freezerPath(readFileSync(`/proc/${pid}/cgroup`, 'utf8'));
    const so = saysFrozen(readFileSync(path, 'utf8'));
    return { so, says: so ? 'frozen' : 'not frozen' };
  } catch {
    return { so: false, says: 'knows no such process' };
  }
}

/** The file that tells whether a control group is frozen, from the text of /proc/PID/cgroup. */
export function freezerPath(cgroups: string): string {
  const groups = cgroups
    .trim()
    .split('\n')
    .map((line) => line.split(':'));
  const freezer = groups.find(([, controllers]) => controllers?.split(',').includes('freezer'));
  if (freezer) return `/sys/fs/cgroup/freezer${freezer.slice(2).join(':')}/freezer.state`;
  const unified = groups.find(([hierarchy]) => hierarchy === '0');
  return `/sys/fs/cgroup${unified?.slice(2).join(':') ?? ''}/cgroup.events`;
}

/** The text of that file: `FROZEN` in version 1, a line `frozen 1` in version 2. */
export function saysFrozen(text: string): boolean {
  return text.trim() === 'FROZEN' || /^frozen 1$/m.test(text);
}
