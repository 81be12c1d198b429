/**
 * Reads a container as the engine tells it: its state, and what the kernel counts for it. A container that is gone is a
 * reading (`removed`), an engine that does not answer is unknown: the engine is the tool that looks, not the system.
 */
import { z } from 'zod';
import { engineFailure, isGone, lookFailed, systemFailed, untilAborted } from './failure-reading.ts';
import { type ContainerStats, defineProbe, type EngineTools, type LookContext, type OpenProbe, type Reading } from './probe.ts';
import type { ReadingValue } from './reading-value.ts';

type Inspected = Awaited<ReturnType<EngineTools['inspect']>>;

/** What the engine's inspection tells; undefined where a container has no such thing. */
const INSPECTED: Readonly<Record<string, (seen: Inspected) => ReadingValue | undefined>> = {
  state: ({ state }) => state,
  health: ({ health }) => health,
  restarts: ({ restarts }) => restarts,
  'oom-killed': ({ oomKilled }) => oomKilled,
  'exit-code': ({ exitCode }) => exitCode,
};

/** What the kernel counts, in ms and bytes; growth is `threshold: delta`. */
const COUNTED: Readonly<Record<string, (counted: ContainerStats) => number>> = {
  'cpu-time': ({ cpuMs }) => cpuMs,
  throttled: ({ throttledMs }) => throttledMs,
  memory: ({ memoryBytes }) => memoryBytes,
  'memory-share': ({ memoryBytes, memoryLimitBytes }) => memoryBytes / memoryLimitBytes,
  received: ({ receivedBytes }) => receivedBytes,
  sent: ({ sentBytes }) => sentBytes,
};

const settings = z.strictObject({
  read: z
    .enum([
      'state',
      'health',
      'restarts',
      'oom-killed',
      'exit-code',
      'cpu',
      'cpu-time',
      'throttled',
      'memory',
      'memory-share',
      'received',
      'sent',
    ])
    .default('state')
    .describe(
      'state: running, paused, exited …; health: healthy, unhealthy, starting; restarts and exit-code are numbers; oom-killed is true or false. ' +
        'Of a running one also: cpu (cores in use since the look before), memory (bytes, without caches), memory-share (of its limit), and what it came to since its start: ' +
        'cpu-time and throttled (ms), received and sent (bytes over all its networks).',
    ),
});

function openContainer(read: string): OpenProbe {
  let before: ContainerStats | undefined;

  /** Cores in use between two looks, by the engine's own clock; a container that began again has no look before. */
  const cores = (counted: ContainerStats): Reading => {
    const last = before;
    before = counted;
    if (!last || counted.cpuMs < last.cpuMs) return lookFailed('the use of the CPU takes two looks');
    const tookMs = counted.takenAtMs - last.takenAtMs;
    return tookMs > 0 ? { status: 'ok', value: (counted.cpuMs - last.cpuMs) / tookMs } : lookFailed('the engine looked once for two looks');
  };

  const readCounted = (counted: ContainerStats | undefined): Reading => {
    if (!counted) return systemFailed('the container does not run');
    const value = COUNTED[read]?.(counted);
    if (value === undefined) return cores(counted);
    return Number.isFinite(value) ? { status: 'ok', value } : lookFailed('the engine knows no limit of its memory');
  };

  const readInspected = (value: ReadingValue | undefined): Reading =>
    value === undefined ? systemFailed('the container has no health check') : { status: 'ok', value };

  const look = async ({ target, tools, signal }: LookContext): Promise<Reading> => {
    if (!target) return lookFailed('the container probe needs a target');
    try {
      const inspected = INSPECTED[read];
      if (inspected) return readInspected(inspected(await untilAborted(signal, tools.inspect(target.id))));
      return readCounted(await untilAborted(signal, tools.stats(target.id)));
    } catch (error) {
      return read === 'state' && isGone(error) ? { status: 'ok', value: 'removed' } : engineFailure(error);
    }
  };
  return { look, close: async () => {} };
}

export const container = defineProbe({
  name: 'container',
  summary: "A container's state, health, restarts, exit code, CPU, memory and network, as the engine tells them.",
  settings,
  looks: { label: 'Container', colour: '#0ea5e9' },
  needsTarget: true,
  open: ({ read }) => openContainer(read),
});
