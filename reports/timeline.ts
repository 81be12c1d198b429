/**
 * The journal, read once from front to end: the evidence that the judging functions take, and everything else that a
 * report says, sorted by what it is about. It judges nothing. Times are those of the run's clock.
 */
import { Evidence } from '../probes/slo/evidence.ts';
import type { Event, EventOf, EventType, PlannedFault } from '../runners/journal/events.ts';
import { addToEvidence } from '../runners/journal/reader.ts';

/** What the journal says about one fault; each part is missing until it happened. */
export interface FaultRecord {
  readonly planned: PlannedFault;
  intended?: EventOf<'fault.intended'>;
  armed?: EventOf<'fault.armed'>;
  injected?: EventOf<'fault.injected'>;
  inEffect?: EventOf<'fault.in-effect'>;
  unproven?: EventOf<'fault.unproven'>;
  undoing?: EventOf<'fault.undoing'>;
  undone?: EventOf<'fault.undone'>;
  /** Forgotten as soon as a later undo succeeds. */
  undoFailed?: EventOf<'fault.undo-failed'> | undefined;
}

/** A run as its journal tells it. */
export interface Timeline {
  readonly evidence: Evidence;
  readonly started: EventOf<'run.started'> | undefined;
  readonly plan: EventOf<'run.planned'>['plan'] | undefined;
  readonly faults: readonly FaultRecord[];
  /** All events of a type, in the order of the journal. */
  readonly of: <Type extends EventType>(type: Type) => readonly EventOf<Type>[];
  /** Where the watch ended: the end of the run; for a dead runner, before the requests that it died waiting for. */
  readonly watchEndMs: number;
  readonly durationMs: number;
  /** False where the runner died before the end. */
  readonly complete: boolean;
}

/** Events that are only counted into the evidence, since there are very many of them; readings with a picture are kept. */
const POURED: ReadonlySet<EventType> = new Set<EventType>(['load.frame', 'load.series', 'load.metric', 'probe.reading']);

function hasPicture(event: Event): boolean {
  return event.type === 'probe.reading' && event.screenshot !== undefined;
}

function addFaultEvent(record: FaultRecord, event: Event): void {
  if (event.type === 'fault.intended') record.intended = event;
  if (event.type === 'fault.armed') record.armed = event;
  if (event.type === 'fault.injected') record.injected = event;
  if (event.type === 'fault.in-effect') record.inEffect = event;
  if (event.type === 'fault.unproven') record.unproven = event;
  if (event.type === 'fault.undoing') record.undoing ??= event;
  if (event.type === 'fault.undo-failed') record.undoFailed = event;
  if (event.type !== 'fault.undone') return;
  record.undone ??= event;
  record.undoFailed = undefined;
}

/** Reads the events, one pass. They fill `evidence`; `onEvent` hears each once it is there. */
export function readTimeline(events: Iterable<Event>, evidence = new Evidence(), onEvent: (event: Event) => void = () => {}): Timeline {
  const kept: Event[] = [];
  let [seenMs, durationMs] = [0, 0];
  for (const event of events) {
    addToEvidence(evidence, event);
    onEvent(event);
    durationMs = Math.max(durationMs, event.atMs);
    const isPoured = POURED.has(event.type);
    if (isPoured) seenMs = Math.max(seenMs, event.atMs);
    if (!isPoured || hasPicture(event)) kept.push(event);
  }
  const of = <Type extends EventType>(type: Type): EventOf<Type>[] => kept.filter((event): event is EventOf<Type> => event.type === type);
  const plan = of('run.planned').at(-1)?.plan;
  const faults = (plan?.faults ?? []).map((planned): FaultRecord => ({ planned }));
  for (const event of kept) {
    const record = 'fault' in event ? faults.find(({ planned }) => planned.name === event.fault) : undefined;
    if (record) addFaultEvent(record, event);
  }
  const endedMs = of('phase').find(({ phase }) => phase === 'ended')?.atMs ?? of('run.ended')[0]?.atMs;
  return {
    evidence,
    started: of('run.started')[0],
    plan,
    faults,
    of,
    watchEndMs: endedMs ?? evidence.settledMs(seenMs),
    durationMs,
    complete: endedMs !== undefined,
  };
}
