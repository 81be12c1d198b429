/** Short ways to events for the tests of the journal. */
import type { Event, EventBody, PlannedFault } from '../../../runners/journal/events.ts';
import { exampleExperiment } from '../../helpers/example-run.ts';

export const note = (text: string): EventBody => ({ type: 'note', level: 'info', text });

/** Stamps bodies one millisecond apart. */
export function stamped(...bodies: readonly EventBody[]): readonly Event[] {
  return bodies.map((body, index) => ({ ...body, atMs: index, wall: new Date(index).toISOString() }));
}

export function plannedFault(name: string, undoneBy: PlannedFault['undoneBy'] = 'agent'): PlannedFault {
  return {
    name,
    kind: 'noop',
    label: 'Noop',
    colour: '#000',
    lane: 'noop',
    atMs: 0,
    durationMs: 1000,
    targets: [],
    effects: [],
    undoneBy,
    onRecreate: 'follow',
    operations: { fault: name, operations: [] },
  };
}

export function planned(...faults: readonly PlannedFault[]): EventBody {
  return {
    type: 'run.planned',
    experiment: exampleExperiment(),
    plan: {
      title: 'a test',
      variant: undefined,
      project: undefined,
      seed: 1,
      selections: [],
      faults,
      gates: [],
      blastRadius: { touched: 0, total: 0, regions: [] },
      decidedInArming: [],
      lastUndoMs: 0,
      undoneByMs: 1_800_000,
      endMs: 0,
    },
  };
}
