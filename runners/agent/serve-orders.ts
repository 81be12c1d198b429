/**
 * The agent's program: runs in its own container next to the targets, reads its orders, and serves the runner on its
 * standard input and output. What it says is also its log. It never removes itself: it leaves as a stopped container
 * that is not restarted, so that a run whose runner died can still be told from its log.
 */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { createInterface } from 'node:readline';
import { LABEL } from '../docker/labels.ts';
import { type Engine, engineAt } from './engine.ts';
import { memoryKeeper } from './kept-orders.ts';
import { realTimer } from './lease.ts';
import { openMemory } from './memory.ts';
import { ordersShape } from './orders.ts';
import { findPacketFilter, type PacketFilter } from './packet-filter.ts';
import { ENGINE_SOCKET_PATH, MEMORY_PATH, ORDERS_PATH, SWEEP_VARIABLE } from './places.ts';
import { bringingBack } from './reconnection.ts';
import { startSession } from './session.ts';
import { workOf } from './work.ts';

/** Time for finding out which packet filter this kernel has. */
const FILTER_TIMEOUT_MS = 15_000;
/** An agent that could not undo everything ends so, and the engine restarts it to try again, ever more slowly. */
const EXIT_NOT_CLEAN = 1;

/** The agent at work, from its start to its leaving; answers with its exit code. */
export async function serveOrders(): Promise<number> {
  const orders = ordersShape.parse(JSON.parse(readFileSync(ORDERS_PATH, 'utf8')));
  const sweeping = process.env[SWEEP_VARIABLE] !== undefined;
  const memory = openMemory(MEMORY_PATH, sweeping);
  const engine = engineAt(ENGINE_SOCKET_PATH);
  let filter: Promise<PacketFilter> | undefined;
  const surroundings = {
    engine,
    memory,
    keepMemory: memoryKeeper(engine, orders.lock, memory),
    findFilter() {
      filter ??= findPacketFilter(AbortSignal.timeout(FILTER_TIMEOUT_MS));
      return filter;
    },
    bringBack: bringingBack(),
  };
  const work = workOf(orders, surroundings);
  const session = startSession(
    {
      orders,
      work,
      timer: realTimer,
      say: (line) => void process.stdout.write(`${JSON.stringify(line)}\n`),
      async unlock() {
        if (orders.lock === '') return;
        for (const name of [orders.lock, ...(orders.otherLocks ?? [])]) await unlock(engine, name, orders.runId);
      },
      clockNs: () => process.hrtime.bigint(),
      wall: () => new Date().toISOString(),
    },
    sweeping || memory.wasAtWork,
  );
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => session.undoAll('signal'));
  const input = createInterface({ input: process.stdin });
  input.on('line', (line) => session.hear(line));
  // A restarted agent has nobody at its input.
  input.on('close', () => session.undoAll('input-ended'));
  process.stdin.on('error', () => session.undoAll('input-ended'));

  const clean = await session.left;
  if (!clean) return EXIT_NOT_CLEAN;
  // By host name the engine knows the container; without a network of its own it is the container's short id.
  await engine.neverRestart(hostname()).catch(() => {});
  return 0;
}

/** Somebody else's lock of the same name is left alone. */
async function unlock(engine: Engine, name: string, runId: string): Promise<void> {
  const lock = await engine.inspect(name);
  const owner = lock?.labels[LABEL.run];
  if (lock && (owner === undefined || owner === runId)) await engine.remove(lock.id);
}
