/**
 * Where a container is: its first process, and the network namespace that it lives in. Looked up afresh at each move,
 * from /proc while the process that was found before is still there (microseconds), else from the engine.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import type { Engine, FoundContainer } from './engine.ts';
import type { Ground } from './operations/five-moves.ts';
import type { ContainerRef } from './operations/operation.ts';
import { processAt } from './processes.ts';

export interface Network {
  readonly pid: number;
  /** `net:[4026532184]`; the same text means the same namespace. */
  readonly namespace: string;
  /** True where it is the host's own. */
  readonly isHosts: boolean;
}

export interface Whereabouts {
  /** The network namespace of a running container; undefined where it is stopped, gone, or was never there. */
  network(): Promise<Network | undefined>;
}

/** Follows one container. */
export function whereabouts(engine: Engine, container: ContainerRef): Whereabouts {
  let last: Network | undefined;
  return {
    async network() {
      if (last && namespaceOf(last.pid) === last.namespace) return last;
      const found = await engine.inspect(container.id);
      const namespace = found?.running && found.pid > 0 ? namespaceOf(found.pid) : undefined;
      last = found && namespace !== undefined ? { pid: found.pid, namespace, isHosts: isHosts(found, namespace) } : undefined;
      return last;
    },
  };
}

/** The parent of the kernel's own threads; they live in the first network there is. */
const KERNEL_THREADS = { pid: 2, name: 'kthreadd' };

/**
 * By the engine's word, by the host's first process, and, since that one may hide its namespaces even from us, by the kernel's threads; each
 * alone can fail: a container in the network of one on the host's says neither, and an engine inside a container sees no kernel threads.
 */
function isHosts({ networkMode }: FoundContainer, namespace: string): boolean {
  if (networkMode === 'host' || namespace === namespaceOf(1)) return true;
  return processAt(KERNEL_THREADS.pid)?.name === KERNEL_THREADS.name && namespace === namespaceOf(KERNEL_THREADS.pid);
}

/** The network namespace of a process; undefined where there is no such process. */
export function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

/** A running container's network, for arming: throws where it does not run, or where touching it would touch the host. */
export async function networkToTouch(place: Whereabouts): Promise<Network> {
  const network = await place.network();
  if (!network) throw new Error('it is not running, so that there is no network to touch');
  if (network.isHosts) {
    throw new Error("it shares the host's network: silencing it would silence the host");
  }
  return network;
}

/** The same in arming: throws also where another container of the fault shares that network, which would be touched twice. */
export async function networkToArm(place: Whereabouts, ground: Pick<Ground, 'takeAlone'>): Promise<Network> {
  const network = await networkToTouch(place);
  ground.takeAlone(`its network (${network.namespace})`);
  return network;
}

/** The process by whose number a container's own network is found, for undoing; undefined where it does not run, or has none of its own. */
export async function ownNetworkPid(place: Whereabouts): Promise<number | undefined> {
  const network = await place.network();
  return network?.isHosts ? undefined : network?.pid;
}

/** The IPv4 default gateway that a process sees, from its /proc/PID/net/route; undefined where there is none. */
export function gatewayOf(pid: number): string | undefined {
  try {
    return gatewayIn(readFileSync(`/proc/${pid}/net/route`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The gateway of the first default route in the text of /proc/net/route, where addresses are little-endian hexadecimal. */
export function gatewayIn(routes: string): string | undefined {
  const route = routes
    .split('\n')
    .map((line) => line.split('\t'))
    .find(([, destination, gateway]) => destination === '00000000' && gateway !== undefined && gateway !== '00000000');
  const bytes = route?.[2]?.match(/../g)?.map((byte) => Number.parseInt(byte, 16));
  return bytes?.length === 4 ? bytes.toReversed().join('.') : undefined;
}
