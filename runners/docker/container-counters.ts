/**
 * What the engine's `stats` say of a container, of either version of control groups. The engine reads both into one
 * form; the names of what may be dropped of the memory are the kernel's own, and differ.
 */
import { z } from 'zod';
import type { ContainerStats } from '../../probes/probe.ts';

const count = z.number().nonnegative().catch(0);

/** The part that is asked for; a kernel or a network mode that does not count something leaves it out. */
const engineStats = z.object({
  read: z.string(),
  cpu_stats: z.object({
    cpu_usage: z.object({ total_usage: count }),
    throttling_data: z.object({ throttled_time: count }).catch({ throttled_time: 0 }),
  }),
  memory_stats: z.object({
    usage: z.number().optional(),
    limit: count,
    stats: z.object({ inactive_file: z.number().optional(), total_inactive_file: z.number().optional() }).catch({}),
  }),
  networks: z.record(z.string(), z.object({ rx_bytes: count, tx_bytes: count })).catch({}),
});

/** Undefined where no process of it runs: then there is no memory in use. Throws where the engine says something else altogether. */
export function countedOf(answer: unknown): ContainerStats | undefined {
  const { read, cpu_stats: cpu, memory_stats: memory, networks } = engineStats.parse(answer);
  if (memory.usage === undefined) return undefined;
  // As `docker stats` reckons it: version 1 counts the group's children under total_…, version 2 always.
  const droppable = memory.stats.total_inactive_file ?? memory.stats.inactive_file ?? 0;
  const interfaces = Object.values(networks);
  return {
    takenAtMs: Date.parse(read),
    cpuMs: cpu.cpu_usage.total_usage / 1e6,
    throttledMs: cpu.throttling_data.throttled_time / 1e6,
    memoryBytes: Math.max(0, memory.usage - (droppable < memory.usage ? droppable : 0)),
    memoryLimitBytes: memory.limit,
    receivedBytes: interfaces.reduce((sum, { rx_bytes: bytes }) => sum + bytes, 0),
    sentBytes: interfaces.reduce((sum, { tx_bytes: bytes }) => sum + bytes, 0),
  };
}
