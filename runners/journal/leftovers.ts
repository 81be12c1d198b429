/**
 * What a run may have left behind, by its journal alone: for `sweep`, and for a run whose runner died. Pure. It says what
 * was intended and not confirmed as put back; whether it is really still there, only the engine knows.
 */
import type { Event, EventOf, PlannedFault } from './events.ts';

export interface LeftFault {
  readonly fault: string;
  /** Undefined where the journal was cut off before its plan, which can only be a damaged journal. */
  readonly planned: PlannedFault | undefined;
  /** How far it came. */
  readonly reached: 'intended' | 'armed' | 'injected' | 'in-effect';
  /** The errors of an undo that was tried and failed. */
  readonly errors: readonly string[];
}

export interface Leftovers {
  readonly runId: string | undefined;
  /** The run wrote its end. */
  readonly ended: boolean;
  /** In the order in which they have to be undone: last first. Faults that heal by themselves or that nobody can undo are not among them. */
  readonly faults: readonly LeftFault[];
  /** Changes of the system that were not put back, last first. */
  readonly systems: readonly EventOf<'system.intended'>[];
}

function reach(fault: string, events: readonly Event[]): LeftFault['reached'] {
  const has = (type: 'fault.in-effect' | 'fault.injected' | 'fault.armed') =>
    events.some((event) => event.type === type && event.fault === fault);
  if (has('fault.in-effect')) return 'in-effect';
  if (has('fault.injected')) return 'injected';
  return has('fault.armed') ? 'armed' : 'intended';
}

/** Undone, and every act of it succeeded. */
function isUndone(fault: string, events: readonly Event[]): boolean {
  return events.some((event) => event.type === 'fault.undone' && event.fault === fault && event.acts.every((act) => act.ok));
}

/** Everything intended and not undone or restored. */
export function findLeftovers(events: readonly Event[]): Leftovers {
  const planned = events.findLast((event) => event.type === 'run.planned')?.plan.faults ?? [];
  const begun = events.flatMap((event) => (event.type === 'fault.intended' || event.type === 'fault.armed' ? [event.fault] : []));
  const faults = [...new Set(begun)]
    .filter((fault) => !isUndone(fault, events))
    .map((fault) => ({
      fault,
      planned: planned.find((each) => each.name === fault),
      reached: reach(fault, events),
      errors: events.flatMap((event) => (event.type === 'fault.undo-failed' && event.fault === fault ? event.errors : [])),
    }))
    .filter((left) => left.planned?.undoneBy !== 'heals' && left.planned?.undoneBy !== 'none')
    .toReversed();
  const restoredAt = events.findLastIndex((event) => event.type === 'system.restored' && event.ok);
  return {
    runId: events.find((event) => event.type === 'run.started')?.runId,
    ended: events.some((event) => event.type === 'run.ended'),
    faults,
    systems: events.flatMap((event, index) => (event.type === 'system.intended' && index > restoredAt ? [event] : [])).toReversed(),
  };
}
