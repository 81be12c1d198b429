/** A fault as the report tells it, and its clock as the judges need it. */
import type { Instant } from '../probes/slo/instant.ts';
import type { FaultClock } from '../probes/slo/recovery.ts';
import type { Act } from '../runners/journal/events.ts';
import type { ReportFault } from './report.ts';
import type { FaultRecord } from './timeline.ts';

/** True where the fault is over as soon as it happened: nobody can undo it, or it heals by itself at no stated time. */
function isMomentary({ planned }: FaultRecord): boolean {
  return planned.undoneBy === 'none' || (planned.undoneBy === 'heals' && planned.durationMs === undefined);
}

/** The fault's clock; undefined until its effect is proven. */
export function faultClock(record: FaultRecord): FaultClock | undefined {
  if (!record.inEffect) return undefined;
  const { inEffectAtMs } = record.inEffect;
  const momentary = isMomentary(record);
  return {
    askedAtMs: record.injected?.askedAtMs ?? inEffectAtMs,
    inEffectAtMs,
    endedAtMs: momentary ? inEffectAtMs : record.undone?.undoneAtMs,
    momentary,
  };
}

/** When it came off, from the first container to the last; null where it was not undone or nobody had to. */
export function removedOf(record: FaultRecord): Instant | null {
  const latestMs = faultClock(record)?.endedAtMs;
  if (latestMs === undefined || isMomentary(record)) return null;
  const acts = (record.undone?.acts ?? []).filter(({ ok }) => ok).map(({ atMs }) => atMs);
  return { earliestMs: Math.min(latestMs, ...acts), latestMs };
}

/** A dead runner may have acted on an intent without living to write it down; a run that came to its end has not. */
function stateOf(record: FaultRecord, complete: boolean): ReportFault['state'] {
  if (record.undoFailed) return 'not-undone';
  if (!record.injected && (complete || !record.intended)) return 'not-injected';
  if (record.unproven && (record.undone || isMomentary(record))) return 'unproven';
  if (isMomentary(record)) return record.inEffect ? 'over' : 'unproven';
  return record.undone ? 'undone' : 'in-effect';
}

function actOn(acts: readonly Act[] | undefined, target: { readonly id: string; readonly name: string }): Act | undefined {
  return acts?.find(({ container }) => container === target.name || container === target.id);
}

function proofText(record: FaultRecord): string | null {
  return record.inEffect?.proof ?? record.unproven?.why ?? null;
}

/** `complete`: the runner lived to the end of the run. */
export function faultReport(record: FaultRecord, complete: boolean): ReportFault {
  const { planned, injected, inEffect, undone, undoing, undoFailed } = record;
  const hits = (injected?.acts ?? []).filter(({ ok }) => ok).map(({ atMs }) => atMs);
  const firstMs = hits.length > 0 ? Math.min(...hits) : null;
  return {
    name: planned.name,
    kind: planned.kind,
    label: planned.label,
    colour: planned.colour,
    lane: planned.lane,
    targets: planned.targets.map(({ name }) => name),
    effects: [...planned.effects],
    plannedAtMs: planned.atMs,
    plannedDurationMs: planned.durationMs ?? null,
    askedAtMs: injected?.askedAtMs ?? null,
    injectedAtMs: firstMs,
    injectionSpreadMs: firstMs === null ? null : Math.max(...hits) - firstMs,
    inEffectAtMs: inEffect?.inEffectAtMs ?? null,
    undoneAtMs: isMomentary(record) ? null : (undone?.undoneAtMs ?? null),
    acts: planned.targets.map((target) => {
      const [hit, gone] = [actOn(injected?.acts, target), actOn(undone?.acts, target)];
      return {
        target: target.name,
        injectedAtMs: hit?.ok ? hit.atMs : null,
        undoneAtMs: gone?.ok ? gone.atMs : null,
        mechanism: hit?.mechanism ?? null,
        error: hit?.error ?? gone?.error ?? null,
      };
    }),
    proof: proofText(record),
    facts: { ...inEffect?.facts, ...undone?.facts },
    undoneBy: planned.undoneBy,
    undoneBecause: undoing?.because ?? null,
    readBack: undoFailed ? undoFailed.errors.join('; ') : (undone?.readBack ?? null),
    state: stateOf(record, complete),
  };
}
