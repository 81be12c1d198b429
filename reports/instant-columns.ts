/** The instants that a report's table of objectives has a column for: the three of every indicator, and those that an objective asks for. */
import { type InstantText, instantOf } from './figures.ts';
import type { Report, ReportFault, ReportObjective } from './report.ts';

/** A column. */
export interface InstantColumn {
  readonly label: string;
  /** What its times count from. */
  readonly since: 'in effect' | 'its end';
  readonly of: (objective: ReportObjective) => InstantText | null;
}

interface Kind {
  readonly label: string;
  readonly key: keyof ReportObjective['instants'];
  readonly since: InstantColumn['since'];
  /** True where an objective makes the column worth its place. */
  readonly isAsked: (objective: ReportObjective) => boolean;
}

function asks(clause: ReportObjective['clauses'][number]['clause']): Kind['isAsked'] {
  return ({ clauses }) => clauses.some((each) => each.clause === clause);
}

const KINDS: readonly Kind[] = [
  { label: 'First impact', key: 'impact', since: 'in effect', isAsked: () => true },
  {
    label: 'Detected',
    key: 'detected',
    since: 'in effect',
    isAsked: (objective) => objective.instants.detected !== null || asks('detected-within')(objective),
  },
  { label: 'Mitigated', key: 'mitigated', since: 'in effect', isAsked: () => true },
  { label: 'Recovered', key: 'recovered', since: 'its end', isAsked: () => true },
  { label: 'Steady', key: 'steady', since: 'its end', isAsked: asks('steady-within') },
];

/** When a fault was gone; of one that is over at once, when it was in effect. */
function endOf(fault: ReportFault): number | null {
  return fault.state === 'over' ? fault.inEffectAtMs : fault.undoneAtMs;
}

/** The columns of a report, in the order in which things happen. */
export function instantColumns({ objectives, faults }: Pick<Report, 'objectives' | 'faults'>): readonly InstantColumn[] {
  return KINDS.filter(({ isAsked }) => objectives.some(isAsked)).map(({ label, key, since }) => ({
    label,
    since,
    of: (objective) => {
      const fault = faults.find(({ name }) => name === objective.fault);
      if (!fault) return null;
      return instantOf(objective.instants[key], since === 'in effect' ? fault.inEffectAtMs : endOf(fault));
    },
  }));
}
