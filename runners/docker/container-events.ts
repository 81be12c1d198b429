/** What happens to a system's containers, as the engine tells it, until told to stop; a broken stream is taken up again where it ended. */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { COMPOSE_LABEL } from './labels.ts';

const ACTIONS = ['start', 'die', 'kill', 'oom', 'stop', 'restart', 'pause', 'unpause', 'create', 'destroy', 'health_status'];
/** How often a stream that breaks is taken up again in a row, and how long to wait before. */
const RECONNECTS_MAX = 10;
const RECONNECT_AFTER_MS = 500;

const engineEvent = z.object({
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()) }),
  timeNano: z.number(),
});

export interface ContainerEvent {
  readonly id: string;
  readonly container: string;
  readonly service: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** The engine's word: `die`, `start`, `oom`, `health_status` … */
  readonly action: string;
  /** `healthy`, `exit code 137`, `signal 9`; undefined where there is nothing to add. */
  readonly detail: string | undefined;
  /** Wall clock of the engine's host. */
  readonly at: Date;
}

export interface EventEngine {
  getEvents(options: {
    since?: number;
    filters: Readonly<Record<string, string[]>>;
    abortSignal: AbortSignal;
  }): Promise<NodeJS.ReadableStream>;
}

/** Which containers: those of a Compose project, or all on the engine. */
export type EventScope = { readonly project: string } | 'all';

/** Yields until `signal` aborts, and then ends. Throws the engine's error where it cannot be reached any more. */
export async function* containerEvents(docker: EventEngine, scope: EventScope, signal: AbortSignal): AsyncGenerator<ContainerEvent> {
  const which = scope === 'all' ? {} : { label: [`${COMPOSE_LABEL.project}=${scope.project}`] };
  let lastNano = 0;
  for (let attempts = 0; attempts <= RECONNECTS_MAX && !signal.aborted; attempts += 1) {
    const since = lastNano > 0 ? { since: lastNano / 1e9 } : {};
    try {
      const stream = await docker.getEvents({ ...since, filters: { type: ['container'], event: ACTIONS, ...which }, abortSignal: signal });
      for await (const line of createInterface({ input: stream })) {
        const parsed = engineEvent.safeParse(JSON.parse(line));
        if (!parsed.success || parsed.data.timeNano <= lastNano) continue;
        attempts = 0;
        lastNano = parsed.data.timeNano;
        yield toEvent(parsed.data);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (attempts === RECONNECTS_MAX) throw error;
    }
    await sleep(RECONNECT_AFTER_MS, undefined, { signal }).catch(() => undefined);
  }
}

function toEvent({ Action, Actor, timeNano }: z.output<typeof engineEvent>): ContainerEvent {
  const [action = Action, said] = Action.split(': ');
  const { exitCode, signal } = Actor.Attributes;
  const detail = said ?? (exitCode !== undefined ? `exit code ${exitCode}` : signal !== undefined ? `signal ${signal}` : undefined);
  return {
    id: Actor.ID,
    container: Actor.Attributes['name'] ?? Actor.ID.slice(0, 12),
    service: Actor.Attributes[COMPOSE_LABEL.service],
    labels: Actor.Attributes,
    action,
    detail,
    at: new Date(timeNano / 1e6),
  };
}
