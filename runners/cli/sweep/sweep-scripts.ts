/**
 * Undoes what scripts of a dead run did, by their undo scripts as the journal's plan names them: on the machine of that run, where those
 * scripts are. Each is run unless it is known that its fault was never asked for.
 */
import { hostname } from 'node:os';
import type { OperationResult } from '../../agent/protocol.ts';
import type { Event } from '../../journal/events.ts';
import { findLeftovers } from '../../journal/leftovers.ts';
import type { Journal } from '../../journal/writer.ts';
import { isRunners, moveTimeoutMs, runnerWork } from '../../runbook/runner-hands.ts';
import type { RunScript } from '../../runbook/script-moves.ts';

export interface ScriptSweep {
  readonly events: readonly Event[];
  readonly journal: Pick<Journal, 'append' | 'atMs'>;
  readonly say: (text: string) => void;
  readonly host?: string;
  readonly run?: RunScript;
}

/** True when nothing of a script is left. */
export async function sweepScripts({ events, journal, say, host = hostname(), run }: ScriptSweep): Promise<boolean> {
  const left = findLeftovers(events).faults.flatMap(({ planned }) => (planned && isRunners(planned) ? [planned] : []));
  if (left.length === 0) return true;
  const ranOn = events.find((event) => event.type === 'run.started')?.machine['host'];
  if (ranOn !== host) {
    say(`${left.map(({ name }) => name).join(', ')}: only ${ranOn} has the scripts that undo it: run firedrill sweep there`);
    return false;
  }
  const begun = (fault: string) => events.some((event) => event.type === 'fault.intended' && event.fault === fault);
  const work = runnerWork(left, begun, run);
  let clean = true;
  for (const fault of left) {
    journal.append({ type: 'fault.undoing', fault: fault.name, because: 'sweep' });
    const undone = await work.move(fault.name, 'undo', moveTimeoutMs(fault, 'undo'));
    const readBack = await work.move(fault.name, 'read-back', moveTimeoutMs(fault, 'read-back'));
    const errors = [...undone, ...readBack].flatMap(({ container, error }) => (error === undefined ? [] : [`${container}: ${error}`]));
    if (errors.length > 0) journal.append({ type: 'fault.undo-failed', fault: fault.name, errors });
    else journal.append({ type: 'fault.undone', fault: fault.name, undoneAtMs: journal.atMs(), readBack: sentence(readBack), acts: [] });
    say(`${fault.name}: ${errors.length === 0 ? 'undone by its script' : errors.join('; ')}`);
    clean &&= errors.length === 0;
  }
  return clean;
}

function sentence(results: readonly OperationResult[]): string {
  return [...new Set(results.flatMap(({ evidence }) => evidence ?? []))].join('; ');
}
