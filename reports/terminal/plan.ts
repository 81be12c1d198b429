/**
 * The plan as `firedrill plan` prints it: the timeline, who is touched out of how many, what each fault does to each
 * container, who puts it back, and what only arming can tell.
 */
import type { Plan, PlannedFault } from '../../runners/journal/events.ts';
import { lengthOf, momentOf, percentOf, plural } from '../figures.ts';
import { type Line, paint, span } from './paint.ts';
import { padded, widthOf, wrapped } from './text.ts';

/** Where it is printed. */
export interface PlanOptions {
  readonly color: boolean;
  readonly columns: number;
}

const UNDONE_BY = {
  agent: 'the agent beside the targets, also when firedrill itself dies',
  runner: 'this machine: firedrill has to stay alive',
  heals: 'nobody has to: it heals by itself',
  none: 'nobody: what it does stays done',
} as const;
const METER_CELLS = 12;
const INDENT = 2;

function heading(text: string): Line[] {
  return [[], [span(text, 'bold')]];
}

function timeline(plan: Plan): Line[] {
  const moments: { atMs: number; order: number; line: Line }[] = [
    { atMs: 0, order: 0, line: [span('load and probes start; the hypothesis must hold')] },
  ];
  for (const fault of plan.faults) {
    const lasts = fault.durationMs === undefined ? '' : ` for ${lengthOf(fault.durationMs)}`;
    const what = `${fault.name}: ${fault.label} on ${plural(fault.targets.length, 'container')}${lasts}`;
    moments.push({ atMs: fault.atMs, order: 1, line: [span(what, 'fault')] });
    if (fault.durationMs !== undefined) {
      moments.push({ atMs: fault.atMs + fault.durationMs, order: 3, line: [span(`${fault.name} undone`, 'good')] });
    }
  }
  for (const gate of plan.gates)
    moments.push({ atMs: gate.atMs, order: 2, line: [span(`gate ${gate.name}: ${gate.question}`, 'warning')] });
  moments.push({ atMs: plan.endMs, order: 4, line: [span('the watch ends at the latest')] });
  return moments
    .toSorted((left, right) => left.atMs - right.atMs || left.order - right.order)
    .map(({ atMs, line }) => [span(`  ${momentOf(atMs)}  `, 'dim'), ...line]);
}

function meter(share: number): string {
  const full = share === 0 ? 0 : Math.max(1, Math.round(share * METER_CELLS));
  return '█'.repeat(full) + '░'.repeat(METER_CELLS - full);
}

function blastRadius(plan: Plan): Line[] {
  const { touched, total, regions } = plan.blastRadius;
  const nameCells = Math.max(...regions.map((each) => widthOf(each.region)), 0);
  const share = total === 0 ? 0 : touched / total;
  return [
    ...heading(`Blast radius: ${touched} of ${plural(total, 'container')} (${percentOf(share)})`),
    ...regions.map((each): Line => {
      const part = each.total === 0 ? 0 : each.touched / each.total;
      return [
        span(`  ${padded(each.region, nameCells)}  ${padded(`${each.touched} of ${each.total}`, 8, 'right')}  `),
        span(meter(part), each.touched > 0 ? 'fault' : 'dim'),
      ];
    }),
  ];
}

/** Targets of which only some containers were drawn. */
function drawn({ selections }: Plan, columns: number): Line[] {
  const some = selections.filter(({ pick }) => pick !== 'all');
  if (some.length === 0) return [];
  return [
    ...heading('Drawn by the seed'),
    ...some.flatMap(({ target, pick, picked, candidates }) => {
      const rest = candidates.filter((each) => !picked.includes(each));
      const others = rest.length === 0 ? '' : `; not ${rest.join(', ')}`;
      return indented(`${target}: ${pick} of ${candidates.length}: ${picked.join(', ')}${others}`, INDENT, columns);
    }),
  ];
}

function indented(text: string, indent: number, columns: number, tone: 'plain' | 'dim' | 'warning' = 'plain'): Line[] {
  const [first = '', ...rest] = wrapped(text, columns - indent - INDENT);
  return [first, ...rest.map((each) => `  ${each}`)].map((each) => [span(' '.repeat(indent)), span(each, tone)]);
}

function faultLines(fault: PlannedFault, columns: number): Line[] {
  const regions = [...new Set(fault.targets.map((target) => target.region).filter((region) => region !== undefined))];
  const where = regions.length > 0 ? ` in ${regions.join(', ')}` : '';
  const part = fault.composite === undefined ? '' : ` of ${fault.composite}`;
  const undoneTone = fault.undoneBy === 'agent' || fault.undoneBy === 'heals' ? 'plain' : 'warning';
  return [
    [span(`  ${fault.name}`, 'fault'), span(`  ${fault.kind}${part}, ${plural(fault.targets.length, 'container')}${where}`, 'dim')],
    ...fault.effects.flatMap((effect) => indented(effect, 4, columns)),
    ...indented(`undone by ${UNDONE_BY[fault.undoneBy]}`, 4, columns, undoneTone),
  ];
}

/** The plan as text, without a final line break. Nothing is cut; names and questions are made harmless for the terminal. */
export function renderPlan(plan: Plan, options: PlanOptions): string {
  const lines: Line[] = [
    [span(plan.title, 'bold'), ...(plan.variant === undefined ? [] : [span(`  variant ${plan.variant}`, 'warning')])],
    [span(`${plan.project === undefined ? '' : `project ${plan.project}, `}seed ${plan.seed}; nothing is touched by planning`, 'dim')],
    ...heading('Timeline'),
    ...timeline(plan),
    ...drawn(plan, options.columns),
    ...blastRadius(plan),
    ...(plan.faults.length > 0 ? heading('What each fault does') : []),
    ...plan.faults.flatMap((fault) => faultLines(fault, options.columns)),
    ...(plan.decidedInArming.length > 0 ? heading('Decided in arming') : []),
    ...plan.decidedInArming.flatMap((each) => indented(each, INDENT, options.columns)),
  ];
  return lines.map((line) => paint(line, Number.POSITIVE_INFINITY, options.color).trimEnd()).join('\n');
}
