/**
 * A run's orders, and how its containers were found, kept in the run's lock on the engine: when the agent's container was removed, and
 * the journal is on another machine, a sweep still finds there what has to be undone.
 */
import type Docker from 'dockerode';
import { archiveOf } from './archive.ts';
import type { Engine } from './engine.ts';
import type { AgentMemory } from './memory.ts';
import type { Orders } from './orders.ts';
import { MEMORY_PATH, ORDERS_PATH } from './places.ts';
import { readMemory, readOrders, type Sweep, startSweeper } from './remains.ts';

/** By the runner, before its agent is made. */
export async function keepOrders(docker: Docker, orders: Orders): Promise<void> {
  await docker.getContainer(orders.lock).putArchive(await archiveOf({ [ORDERS_PATH]: JSON.stringify(orders) }), { path: '/' });
}

/** By the agent, at each call: its memory goes into the lock. A lock that is gone stops nobody. */
export function memoryKeeper(engine: Engine, lock: string, memory: AgentMemory): () => Promise<void> {
  return async () => {
    if (lock !== '') await engine.putArchive(lock, '/', await archiveOf({ [MEMORY_PATH]: memory.copy() })).catch(() => {});
  };
}

/** Undoes what a lock keeps, by a fresh agent; undefined where its run came not as far as making an agent, and so touched nothing. */
export async function sweepKept(docker: Docker, image: string, lock: string): Promise<Sweep | undefined> {
  const orders = await readOrders(docker, lock).catch(() => undefined);
  if (!orders) return undefined;
  return startSweeper(docker, image, { ...orders, lock: '' }, await readMemory(docker, lock));
}
