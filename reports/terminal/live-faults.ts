/** Where each fault of the run stands, folded from the journal's events. */
import type { Event, PlannedFault } from '../../runners/journal/events.ts';

/** A fault's life: planned, asked for, in effect once proven, being undone, undone; or what went wrong. */
export type FaultStage = 'planned' | 'asked' | 'in-effect' | 'unproven' | 'undoing' | 'undone' | 'undo-failed';

export interface LiveFault {
  readonly planned: PlannedFault;
  readonly stage: FaultStage;
  /** On the run's clock, in ms. */
  readonly askedAtMs?: number | undefined;
  readonly inEffectAtMs?: number | undefined;
  readonly undoneAtMs?: number | undefined;
}

/** Touching targets, or maybe touching them. */
export function inForce(fault: LiveFault): boolean {
  return fault.stage !== 'planned' && fault.stage !== 'undone';
}

/** When it is due to be undone, by what is known so far. */
export function dueMs(fault: LiveFault): number | undefined {
  const { durationMs, atMs } = fault.planned;
  return durationMs === undefined ? undefined : (fault.inEffectAtMs ?? fault.askedAtMs ?? atMs) + durationMs;
}

function advanced(fault: LiveFault, event: Event): LiveFault {
  switch (event.type) {
    case 'fault.intended':
      return { ...fault, stage: 'asked', askedAtMs: event.atMs };
    case 'fault.injected':
      return { ...fault, askedAtMs: event.askedAtMs };
    case 'fault.in-effect':
      return { ...fault, stage: 'in-effect', inEffectAtMs: event.inEffectAtMs };
    case 'fault.unproven':
      return { ...fault, stage: 'unproven' };
    case 'fault.undoing':
      return { ...fault, stage: 'undoing' };
    case 'fault.undone':
      return { ...fault, stage: 'undone', undoneAtMs: event.undoneAtMs };
    case 'fault.undo-failed':
      return { ...fault, stage: 'undo-failed' };
    default:
      return fault;
  }
}

function laterBy(planned: PlannedFault, lateMs: number): PlannedFault {
  return { ...planned, atMs: planned.atMs + lateMs };
}

/** The faults after one more event. */
export function foldFaults(faults: readonly LiveFault[], event: Event): readonly LiveFault[] {
  if (event.type === 'run.planned') return event.plan.faults.map((planned) => ({ planned, stage: 'planned' }));
  if (event.type === 'phase') return faults.map(({ planned, ...fault }) => ({ ...fault, planned: laterBy(planned, event.lateMs ?? 0) }));
  if (!('fault' in event)) return faults;
  return faults.map((fault) => (fault.planned.name === event.fault ? advanced(fault, event) : fault));
}
