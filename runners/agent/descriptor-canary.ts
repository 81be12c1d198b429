/**
 * Shows from outside whether a target's programs can still open something: fresh connections to a port of theirs, which each take a
 * descriptor. Where they can, the kernel's list says that they are taken, and they stay; where not, they wait, or are closed at once.
 */
import { type HolderLook, startHolder } from './connection-holder.ts';
import { ipv4Listeners, type Listener, socketTables } from './hogged-sockets.ts';
import { socketsOf } from './open-files.ts';
import { pause } from './operations/five-moves.ts';

const LOOK_EVERY_MS = 50;
/** Connections that wait for this long to be taken, or are held for this long, are so. */
const SETTLED_AFTER_MS = 1_000;
/** More connections would be a load of their own. */
const CONNECTIONS_MAX = 5_000;

export interface CanaryGround {
  /** The target's first process, whose network it is. */
  readonly pid: number;
  readonly source: string;
  readonly listener: Listener;
  readonly count: number;
}

/** What became of the connections. */
export interface Service {
  readonly taken: number;
  /** Closed again by the other side. */
  readonly closed: number;
  /** `its programs took 3 of 3 fresh connections`. */
  readonly says: string;
}

/** Opens the connections, looks until it is settled how many are held, and closes them. Rejects where the signal aborts before. */
export async function tryService({ pid, source, listener, count }: CanaryGround, signal: AbortSignal): Promise<Service> {
  const holder = await startHolder(pid, { address: listener.address, port: listener.port, count, source });
  try {
    await holder.open();
    let seen = await holder.look();
    let sinceMs = performance.now();
    while (seen.closed === 0 && performance.now() - sinceMs < SETTLED_AFTER_MS && (await pause(LOOK_EVERY_MS, signal))) {
      const now = await holder.look();
      if (now.accepted !== seen.accepted) sinceMs = performance.now();
      seen = now;
    }
    signal.throwIfAborted();
    return serviceOf(seen, count);
  } finally {
    await holder.end();
  }
}

/** One that takes what it is asked, as far as it does, and keeps it; so that it is seen when it no more does. */
export function isFit({ taken, closed }: Service): boolean {
  return taken > 0 && closed === 0;
}

/**
 * Whether it is seen that nothing can be opened, by how it was before. Where not all were taken before, as of a server with a few workers that are busy
 * with one each, it takes that none is taken at all.
 */
export function isExhausted(now: Service, before: Service, count: number): boolean {
  if (now.closed > 0) return true;
  return before.taken >= count ? now.taken < count : now.taken === 0;
}

function serviceOf({ accepted, closed, refused }: HolderLook, count: number): Service {
  const others = accepted >= count && closed === 0 ? '' : `; ${closed} were closed at once, ${refused} refused, and the rest wait`;
  const taken = Math.min(accepted, count);
  return { taken, closed, says: `its programs took ${Math.max(0, taken - closed)} of ${count} fresh connections${others}` };
}

/**
 * Where to look, and with how many: one more than all who take connections there may open. Who waits in accept(2) has a descriptor put aside
 * already, which no list tells. Throws where none of these processes listens.
 */
export function canaryFor(
  pid: number,
  { pids, port, leave }: { readonly pids: readonly number[]; readonly port: number | undefined; readonly leave: number },
): { readonly listener: Listener; readonly count: number } {
  const sockets = pids.map((each) => new Set(socketsOf(each).values()));
  const holders = ({ inode }: Listener) => sockets.filter((each) => each.has(inode)).length;
  const listener = ipv4Listeners(socketTables(pid)).find((each) => (port === undefined || each.port === port) && holders(each) > 0);
  if (!listener) {
    const where = port === undefined ? 'any TCP port' : `port ${port}`;
    throw new Error(`none of these processes listens on ${where} for IPv4, so that nothing would show that they can open nothing`);
  }
  const count = holders(listener) * (leave + 1) + 1;
  if (count > CONNECTIONS_MAX) throw new Error(`it would take ${count} connections to show it, more than ${CONNECTIONS_MAX}: leave less`);
  return { listener, count };
}
