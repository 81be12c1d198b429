/** Checks of the machine that firedrill itself runs on. */
import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { type KernelAnswer, kernelHas } from '../../set-up/kernel.ts';
import type { Machine } from '../../set-up/machine.ts';
import { findTool } from '../../set-up/tools.ts';
import type { Check } from './check.ts';

const GIB = 1024 ** 3;
/** The reference system takes up to 3 GiB; the machine needs some for itself. */
const MEMORY_WANTED_BYTES = 4 * GIB;
/** All images take about 2 GiB; below the second figure no build ends well. */
const DISK_WANTED_BYTES = 5 * GIB;
const DISK_NEEDED_BYTES = 1 * GIB;

export function nodeCheck(): Check {
  return { name: 'node', state: 'ok', found: `${process.version}, ${process.platform}-${process.arch}` };
}

export function memoryCheck(): Check {
  const bytes = totalmem();
  const found = `${gib(bytes)} of memory, ${availableParallelism()} processors`;
  if (bytes >= MEMORY_WANTED_BYTES) return { name: 'memory', state: 'ok', found };
  return {
    name: 'memory',
    state: 'warn',
    found,
    hint: `The reference system wants ${gib(MEMORY_WANTED_BYTES)}; run fewer regions: FABRIC_REGIONS=us-east-1,sa-east-1`,
  };
}

export function browserCheck(machine: Machine): Check {
  const path = findTool(machine, 'chromium');
  if (path !== undefined) return { name: 'browser', state: 'ok', found: path };
  return {
    name: 'browser',
    state: 'warn',
    found: 'none; browser probes, browser tests and PDF reports need one',
    hint: 'apt-get install chromium',
  };
}

/** Packets are silenced through NFQUEUE, and delayed, lost and garbled through it or netem. */
export async function packetCheck(): Promise<Check> {
  return packetMeans(await kernelHas('nfqueue'), await kernelHas('netem'));
}

/** Pure. */
export function packetMeans(nfqueue: KernelAnswer, netem: KernelAnswer): Check {
  const name = 'packets';
  const second = netem === 'yes' ? '; netem too' : netem === 'no' ? '; no netem' : '';
  if (nfqueue === 'yes') return { name, state: 'ok', found: `this kernel has NFQUEUE, which silences and impairs packets${second}` };
  if (nfqueue === 'unknown') return { name, state: 'warn', found: 'this kernel does not tell whether it has NFQUEUE; decided in arming' };
  return {
    name,
    state: 'warn',
    found:
      netem === 'yes'
        ? 'no NFQUEUE; network-blackout cannot run, and network-latency and its like impair by netem'
        : 'no NFQUEUE and no netem; network-blackout, network-latency and their like cannot run',
    hint: 'Use a kernel with CONFIG_NETFILTER_XT_TARGET_NFQUEUE',
  };
}

/** `folder` is where the engine keeps its data; on another host, or unreadable, nothing is known. */
export async function diskCheck(folder: string): Promise<Check> {
  const stats = await statfs(folder).catch(() => undefined);
  if (!stats) return { name: 'disk', state: 'warn', found: `cannot be seen from here (${folder} on the engine's host)` };
  const free = stats.bavail * stats.bsize;
  const found = `${gib(free)} free at ${folder}`;
  if (free >= DISK_WANTED_BYTES) return { name: 'disk', state: 'ok', found };
  return {
    name: 'disk',
    state: free < DISK_NEEDED_BYTES ? 'bad' : 'warn',
    found,
    hint: `${gib(DISK_WANTED_BYTES)} are wanted; see: docker system df`,
  };
}

function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}
