/** What the kernel says of a container's limits and of stressors, read on the engine's host by the tests themselves. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Actor } from './agent-stage.ts';

/** Files whose text must be after a fault what it was before, byte for byte. */
const LIMITS = [
  ['cpu', 'cpu.cfs_quota_us'],
  ['cpu', 'cpu.cfs_period_us'],
  ['cpuacct', 'cgroup.procs'],
  ['cpuset', 'cgroup.procs'],
  ['cpu', 'cgroup.procs'],
  ['memory', 'memory.limit_in_bytes'],
  ['memory', 'memory.memsw.limit_in_bytes'],
  ['memory', 'cgroup.procs'],
  ['blkio', 'blkio.throttle.write_bps_device'],
  ['blkio', 'blkio.throttle.read_bps_device'],
  ['blkio', 'blkio.throttle.write_iops_device'],
  ['blkio', 'blkio.throttle.read_iops_device'],
  ['blkio', 'cgroup.procs'],
] as const;
const UNIFIED = ['cpu.max', 'memory.max', 'io.max', 'cgroup.procs'].map((file) => ['', file] as const);
/** True where this host has control groups of version 2 and no others. */
export const ONLY_VERSION_2 = existsSync('/sys/fs/cgroup/cgroup.controllers');

/** A file of a container's control group: in that of a controller in version 1, in its only one in version 2. */
export async function groupFile(actor: Actor, controller: string, file: string): Promise<string> {
  const { State } = await actor.container.inspect();
  const lines = readFileSync(`/proc/${State.Pid}/cgroup`, 'utf8').trim().split('\n');
  const line = lines.find((each) => (ONLY_VERSION_2 ? each.startsWith('0::') : each.split(':')[1]?.split(',').includes(controller)));
  return `/sys/fs/cgroup${ONLY_VERSION_2 ? '' : `/${controller}`}${line?.split(':').slice(2).join(':')}/${file}`;
}

/** Its limits, and who is in its groups. */
export async function groupStateOf(actor: Actor): Promise<Readonly<Record<string, string>>> {
  const state: Record<string, string> = {};
  for (const [controller, file] of ONLY_VERSION_2 ? UNIFIED : LIMITS) {
    state[`${controller}/${file}`] = readFileSync(await groupFile(actor, controller, file), 'utf8');
  }
  return state;
}

/** Processes on this host that are stressors in, or for, one of these containers, by command line. */
export async function stressorsFor(...actors: readonly Actor[]): Promise<readonly string[]> {
  const ids = actors.map((actor) => actor.ref.id);
  const pids = await Promise.all(actors.map(async (actor) => String((await actor.container.inspect()).State.Pid)));
  return readdirSync('/proc').flatMap((entry) => {
    try {
      if (!/^\d+$/.test(entry) || readFileSync(`/proc/${entry}/comm`, 'utf8') !== 'stressor\n') return [];
      const words = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
      const ours = pids.includes(words[3] ?? '') || words.some((word) => ids.some((id) => word.includes(id)));
      return ours ? [`${entry}: ${words.join(' ')}`] : [];
    } catch {
      return [];
    }
  });
}
