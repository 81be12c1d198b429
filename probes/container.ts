/**
 * Reads a container's state as the engine tells it. A container that is gone is a reading (`removed`), an engine that does not
 * answer is unknown: the engine is the tool that looks, not the system.
 */
import { z } from 'zod';
import { lookFailed, systemFailed, untilAborted } from './failure-reading.ts';
import { defineProbe, type LookContext, type Reading } from './probe.ts';

const settings = z.strictObject({
  read: z
    .enum(['state', 'health', 'restarts', 'oom-killed', 'exit-code'])
    .default('state')
    .describe(
      'state: running, paused, exited …; health: healthy, unhealthy, starting; restarts and exit-code are numbers; oom-killed is true or false.',
    ),
});
type Read = z.output<typeof settings>['read'];

const notFound = z.object({ statusCode: z.literal(404) });

async function look(read: Read, { target, tools, signal }: LookContext): Promise<Reading> {
  if (!target) return lookFailed('the container probe needs a target');
  try {
    const seen = await untilAborted(signal, tools.inspect(target.id));
    switch (read) {
      case 'state':
        return { status: 'ok', value: seen.state };
      case 'health':
        return seen.health === undefined ? systemFailed('the container has no health check') : { status: 'ok', value: seen.health };
      case 'restarts':
        return { status: 'ok', value: seen.restarts };
      case 'oom-killed':
        return { status: 'ok', value: seen.oomKilled };
      case 'exit-code':
        return { status: 'ok', value: seen.exitCode };
    }
  } catch (error) {
    if (!notFound.safeParse(error).success) return lookFailed(error);
    return read === 'state' ? { status: 'ok', value: 'removed' } : systemFailed('removed');
  }
}

export const container = defineProbe({
  name: 'container',
  summary: "A container's state, health, restarts, exit code, or whether it was killed for memory, as the engine tells it.",
  settings,
  looks: { label: 'Container', colour: '#0ea5e9' },
  needsTarget: true,
  open: ({ read }) => ({ look: (context) => look(read, context), close: async () => {} }),
});
