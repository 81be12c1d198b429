/** The verdict as it is printed at the end of a run: why, each objective with its instants, each threshold, each fault with its proof, and where the reports are. */
import { countOf, failedOf, type InstantText, lengthOf, momentOf, percentOf } from '../figures.ts';
import { type InstantColumn, instantColumns } from '../instant-columns.ts';
import type { Report, ReportFault, ReportObjective } from '../report.ts';
import { type Line, paint, span, type Tone } from './paint.ts';
import { padded, widthOf, wrapped } from './text.ts';

/** Where it is printed, and the files that were written. */
export interface VerdictOptions {
  readonly color: boolean;
  readonly columns: number;
  readonly paths?: readonly string[];
}

const VERDICTS = {
  passed: { word: 'PASSED', text: 'the system held', tone: 'good' },
  failed: { word: 'FAILED', text: 'the system did not hold', tone: 'bad' },
  inconclusive: { word: 'INCONCLUSIVE', text: 'the evidence is not enough to say', tone: 'warning' },
} as const;
const STATES = {
  held: { sign: '✓', tone: 'good' },
  broken: { sign: '✕', tone: 'bad' },
  unknown: { sign: '?', tone: 'warning' },
} as const;
const INSTANT_CELLS = 17;
const NAME_CELLS_MAX = 32;
/** Tags of the load that get a row. */
const TAG_ROWS_MAX = 8;

function indented(text: string, indent: number, columns: number, tone: Tone = 'plain'): Line[] {
  return wrapped(text, Math.max(20, columns - indent)).map((each) => [span(' '.repeat(indent)), span(each, tone)]);
}

function instant(text: InstantText | null): string {
  return text === null ? '–' : `${text.after}${text.off === null ? '' : ` ±${text.off}`}`;
}

function instantsOf(objective: ReportObjective, report: Report): readonly string[] {
  const cells = instantColumns(report).map(({ of }) => instant(of(objective)));
  return objective.neverImpacted ? ['never impacted', ...cells.slice(1).map((cell) => (cell === '–' ? '' : cell))] : cells;
}

function objectiveLines(objective: ReportObjective, report: Report, nameCells: number, columns: number): Line[] {
  const { sign, tone } = STATES[objective.state];
  const cells = instantsOf(objective, report).map((text) => padded(text, INSTANT_CELLS));
  const row: Line = [
    span(`${sign} `, tone),
    span(padded(objective.name, nameCells), 'bold'),
    span(`  ${cells.join('')}${objective.failedShare === null ? '–' : percentOf(objective.failedShare)}`),
  ];
  const clauses = objective.clauses.flatMap((clause): Line[] => {
    const state = STATES[clause.state];
    const [first = [], ...rest] = indented(`${clause.clause}: ${clause.text}; seen: ${clause.seen}`, 4, columns);
    return [[span(`  ${state.sign} `, state.tone), ...first.slice(1)], ...rest];
  });
  return [row, ...clauses];
}

/** What the columns count from, as a sentence. */
function countedFrom(columns: readonly InstantColumn[]): string {
  const listed = (since: InstantColumn['since']) => {
    const labels = columns.filter((column) => column.since === since).map(({ label }) => label.toLowerCase());
    return labels.length < 2 ? labels.join('') : `${labels.slice(0, -1).join(', ')} and ${labels.at(-1)}`;
  };
  return `${listed('in effect')} count from the instant the fault was in effect, ${listed('its end')} from its end`;
}

function objectives(report: Report, columns: number): Line[] {
  if (report.objectives.length === 0) return [];
  const nameCells = Math.min(NAME_CELLS_MAX, Math.max(10, ...report.objectives.map((each) => widthOf(each.name))));
  const columnsOfInstants = instantColumns(report);
  const heads = columnsOfInstants.map(({ label }) => padded(label.toLowerCase(), INSTANT_CELLS)).join('');
  return [
    [],
    [span(padded('Objectives', nameCells + 2), 'bold'), span(`  ${heads}failed share`, 'dim')],
    ...report.objectives.flatMap((objective) => objectiveLines(objective, report, nameCells, columns)),
    [span(`  ${countedFrom(columnsOfInstants)}`, 'dim')],
  ];
}

function thresholds({ thresholds: all = [] }: Report, columns: number): Line[] {
  if (all.length === 0) return [];
  const lines = all.flatMap(({ text, state, seen }): Line[] => {
    const { sign, tone } = STATES[state];
    const [first = [], ...rest] = indented(`${text}; seen: ${seen}`, 4, columns);
    return [[span(`  ${sign} `, tone), ...first.slice(1)], ...rest];
  });
  return [[], [span('Thresholds', 'bold')], ...lines];
}

/** One line where none was met, which is how it should be. */
function stopConditions({ stopConditions: all = [] }: Report, columns: number): Line[] {
  if (all.length === 0) return [];
  const met = all.filter(({ metAtMs }) => metAtMs !== null);
  const head = padded('Stop conditions', 16);
  if (met.length === 0) return [[], [span(head, 'bold'), span(all.length === 1 ? ' never met' : ` none of ${all.length} was met`)]];
  const lines = met.flatMap(({ text, metAtMs, seen }) => {
    const [first = [], ...rest] = indented(`${text}, met ${momentOf(metAtMs ?? 0)}; seen: ${seen ?? '–'}`, 4, columns);
    return [[span('  ! ', 'bad'), ...first.slice(1)] as Line, ...rest];
  });
  return [[], [span(head.trimEnd(), 'bold')], ...lines];
}

function faultTimes(fault: ReportFault): string {
  if (fault.askedAtMs === null) return 'not injected';
  const proven = fault.inEffectAtMs === null ? 'never proven' : `in effect +${lengthOf(fault.inEffectAtMs - fault.askedAtMs)}`;
  const undone = fault.undoneAtMs === null ? '' : `, undone ${momentOf(fault.undoneAtMs)}`;
  const spread = fault.injectionSpreadMs === null ? '' : `, first to last target ${lengthOf(fault.injectionSpreadMs)}`;
  return `asked ${momentOf(fault.askedAtMs)}, ${proven}${spread}${undone}`;
}

function faults(report: Report, columns: number): Line[] {
  if (report.faults.length === 0) return [];
  return [
    [],
    [span('Faults', 'bold')],
    ...report.faults.flatMap((fault): Line[] => {
      const lost = fault.state === 'not-undone' || fault.state === 'in-effect';
      return [
        [span(`  ${fault.name}`, 'fault'), span(`  ${faultTimes(fault)}`)],
        ...indented(`proof: ${fault.proof ?? 'none'}`, 4, columns, fault.inEffectAtMs === null ? 'warning' : 'plain'),
        ...(fault.readBack === null ? [] : indented(`read back: ${fault.readBack}`, 4, columns, lost ? 'bad' : 'plain')),
        ...(lost ? indented('NOT KNOWN TO BE UNDONE: look at the targets, then type firedrill sweep', 4, columns, 'bad') : []),
      ];
    }),
  ];
}

const PHASE_CELLS = 24;

function phaseCell(found: { planned: number; sent: number; failed: number; p95Ms: number | null } | undefined): string {
  if (!found || found.planned === 0) return '–';
  return `p95 ${lengthOf(found.p95Ms)}, ${failedOf(found)} failed`;
}

/** What is printed of the load's phases: `during` of a single fault is enough, of several there is one each. */
function load({ load: { scenarios, phases, tags } }: Report): Line[] {
  if (scenarios.length === 0) return [];
  const rows = [
    ...scenarios.map(({ name }) => ({ name, cells: phases.map((phase) => phaseCell(phase.scenarios.find((each) => each.name === name))) })),
    ...tags.slice(0, TAG_ROWS_MAX).map(({ tag, value }) => ({
      name: `${tag}: ${value}`,
      cells: phases.map((phase) => phaseCell(phase.tags.find((each) => each.tag === tag && each.value === value))),
    })),
  ];
  const nameCells = Math.min(NAME_CELLS_MAX, Math.max(8, ...rows.map(({ name }) => widthOf(name))));
  const heads = phases.map(({ phase, fault }) => padded(fault ?? phase, PHASE_CELLS)).join('');
  return [
    [],
    [span(padded('Load', nameCells + 2), 'bold'), span(`  ${heads}`.trimEnd(), 'dim')],
    ...rows.map(
      ({ name, cells }): Line => [
        span(`  ${padded(name, nameCells)}  `),
        span(
          cells
            .map((text) => padded(text, PHASE_CELLS))
            .join('')
            .trimEnd(),
        ),
      ],
    ),
  ];
}

/** What must be known of the load before its figures are believed. */
function generator({ generator: { limited, lagP99Ms, failure, retried } }: Report, columns: number): Line[] {
  const late = `GENERATOR-LIMITED: the load was itself late, by ${lengthOf(lagP99Ms)} (p99 of its worst second); latency that this may explain is not held against the system`;
  return [
    ...(limited ? indented(late, 2, columns, 'warning') : []),
    ...(failure === null ? [] : indented(`A PART OF THE LOAD IS MISSING: ${failure}`, 2, columns, 'bad')),
    ...(retried ? indented(`${countOf(retried)} requests were sent twice, because a connection that had rested was dead`, 2, columns) : []),
  ];
}

/** The text, without a final line break. What came from outside is made harmless for the terminal. */
export function renderVerdict(report: Report, options: VerdictOptions): string {
  const { word, text, tone } = VERDICTS[report.verdict];
  const variant = report.variant === null ? '' : ` (variant ${report.variant})`;
  const paths = options.paths ?? [];
  const lines: Line[] = [
    [],
    [span(word, tone), span(`: ${text}`, 'bold'), span(`  ${report.experiment.title}${variant}`, 'dim')],
    ...report.why.flatMap((reason) => indented(reason, 2, options.columns)),
    ...objectives(report, options.columns),
    ...thresholds(report, options.columns),
    ...stopConditions(report, options.columns),
    ...faults(report, options.columns),
    ...load(report),
    ...generator(report, options.columns),
    ...(paths.length > 0 ? [[], [span('Reports', 'bold')]] : []),
    ...paths.map((path): Line => [span(`  ${path}`)]),
  ];
  return lines.map((line) => paint(line, Number.POSITIVE_INFINITY, options.color).trimEnd()).join('\n');
}
