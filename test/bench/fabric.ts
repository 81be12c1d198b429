/** What the fabric costs at rest: memory of all its cgroups, and processor time over a while without load. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectEngine } from '../../runners/docker/engine.ts';
import { firedrill, root, scratchFolder } from '../helpers/firedrill-process.ts';
import { round, table } from './table.ts';

const WATCH_S = 30;
const MEMORY_AIM_GB = 3;
const CORES_AIM = 0.5;

/** Prints memory (anonymous and cache, as the kernel charges it) and processor time by role. */
export async function benchFabric(print: (text: string) => void): Promise<void> {
  const folder = await scratchFolder('bench-fabric');
  const up = await firedrill(['up', join(root, 'experiments/fabric/compose.yaml'), '--yes'], folder);
  if (up.exitCode !== 0) throw new Error(up.stderr);
  const docker = await connectEngine(process.env);
  const containers = (await docker.listContainers({ filters: { label: ['role'] } })).map((each) => ({
    id: each.Id,
    role: each.Labels['role'] ?? '',
  }));
  const before = await Promise.all(containers.map(({ id }) => cpuNs(id)));
  await sleep(WATCH_S * 1000);
  const after = await Promise.all(containers.map(({ id }) => cpuNs(id)));
  const memory = await Promise.all(containers.map(({ id }) => memoryBytes(id)));
  const roles = [...new Set(containers.map(({ role }) => role))].sort();
  const sum = (values: readonly number[], role?: string) =>
    values.reduce((total, value, index) => (role === undefined || containers[index]?.role === role ? total + value : total), 0);
  const cores = after.map((value, index) => (value - (before[index] ?? 0)) / (WATCH_S * 1e9));
  const line = (name: string, role?: string) => [
    name,
    role === undefined ? containers.length : containers.filter((each) => each.role === role).length,
    round(sum(memory, role) / 1e6, 0),
    round(sum(cores, role), 3),
  ];
  print(`The fabric at rest, ${WATCH_S} s without load (aims: under ${MEMORY_AIM_GB} GB, under ${CORES_AIM} cores)\n`);
  print(table(['role', 'containers', 'memory MB', 'cores'], [...roles.map((role) => line(role, role)), line('sum')]));
}

/** cgroup v1 and v2 both keep nanoseconds or microseconds of processor time. */
async function cpuNs(id: string): Promise<number> {
  const v1 = await readFile(`/sys/fs/cgroup/cpuacct/docker/${id}/cpuacct.usage`, 'utf8').catch(() => undefined);
  if (v1 !== undefined) return Number(v1);
  const v2 = await readFile(`/sys/fs/cgroup/system.slice/docker-${id}.scope/cpu.stat`, 'utf8');
  return Number(/usage_usec (\d+)/.exec(v2)?.[1]) * 1000;
}

async function memoryBytes(id: string): Promise<number> {
  const v1 = await readFile(`/sys/fs/cgroup/memory/docker/${id}/memory.usage_in_bytes`, 'utf8').catch(() => undefined);
  return Number(v1 ?? (await readFile(`/sys/fs/cgroup/system.slice/docker-${id}.scope/memory.current`, 'utf8')));
}
