/** The least that a line of a journal must have to count as an event: what the reader checks at the edge. */
import { z } from 'zod';
import type { Event, EventOf, EventType } from './events.ts';

/** The keys that reports, sweep and re-judging rely on, by type; the compiler keeps the list complete. */
const REQUIRED: { readonly [Type in EventType]: readonly (keyof EventOf<Type>)[] } = {
  'run.started': ['runId', 'file', 'source', 'version', 'machine'],
  'run.planned': ['plan', 'experiment'],
  phase: ['phase'],
  'system.intended': ['action', 'compose', 'project', 'environment', 'found'],
  'system.restored': ['ok', 'detail'],
  'probe.reading': ['probe', 'startedMs', 'status', 'value'],
  'load.series': ['series'],
  'load.metric': ['metric'],
  'load.script': ['file', 'sha256', 'options', 'scenarios'],
  'load.frame': ['cells'],
  'load.generator': ['lagP99Ms', 'limited'],
  'load.ended': ['planned', 'retried', 'lagP99Ms', 'limited'],
  'load.failed': ['error'],
  'hypothesis.judged': ['when', 'state', 'parts'],
  'fault.intended': ['fault'],
  'fault.armed': ['fault', 'acts'],
  'fault.injected': ['fault', 'askedAtMs', 'acts'],
  'fault.in-effect': ['fault', 'inEffectAtMs', 'proof', 'facts'],
  'fault.following': ['fault', 'from', 'to'],
  'fault.followed': ['fault', 'container', 'ok', 'detail', 'acts'],
  'fault.unproven': ['fault', 'why'],
  'fault.undoing': ['fault', 'because'],
  'fault.undone': ['fault', 'undoneAtMs', 'readBack', 'acts'],
  'fault.undo-failed': ['fault', 'errors'],
  gate: ['gate', 'question', 'answer'],
  stop: ['because', 'detail'],
  container: ['container', 'action'],
  note: ['level', 'text'],
  'run.ended': [],
};

const requiredKeys: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(REQUIRED));
const stamped = z.looseObject({ type: z.string(), atMs: z.number(), wall: z.string() });

/** What is wrong with a parsed line, in words; undefined where it is an event. */
export function shapeProblem(value: unknown): string | undefined {
  const parsed = stamped.safeParse(value);
  if (!parsed.success) return 'is no event: it has no type, atMs and wall';
  const required = requiredKeys.get(parsed.data.type);
  if (!required) return `has the type '${parsed.data.type}', which this version does not know`;
  const missing = required.filter((key) => parsed.data[key] === undefined);
  return missing.length === 0 ? undefined : `is a ${parsed.data.type} without ${missing.join(', ')}`;
}

/** Whether a parsed line is an event that the rest may trust. */
export function isEvent(value: unknown): value is Event {
  return shapeProblem(value) === undefined;
}
