/** A set's verdict as it is printed at its end: why, each comparison with its difference, each run, and where the reports are. */
import { numberText } from '../../probes/slo/judgement.ts';
import type { SetComparison, SetReport } from '../set/set-report.ts';
import { differenceText, measuredText, outcomeText, sideText, testText } from '../set/words.ts';
import { type Line, paint, span } from './paint.ts';
import { padded, widthOf, wrapped } from './text.ts';
import type { VerdictOptions } from './verdict.ts';

const TONES = { passed: 'good', failed: 'bad', inconclusive: 'warning' } as const;
const STATES = {
  held: { sign: '✓', tone: 'good' },
  broken: { sign: '✕', tone: 'bad' },
  unknown: { sign: '?', tone: 'warning' },
} as const;
const INDENT = 4;

function indented(text: string, columns: number): Line[] {
  return wrapped(text, Math.max(20, columns - INDENT)).map((each) => [span(' '.repeat(INDENT)), span(each)]);
}

function comparison(each: SetComparison, columns: number): Line[] {
  const { sign, tone } = STATES[each.state];
  return [
    [span(`${sign} `, tone), span(each.name, 'bold'), span(`  ${each.variant.name} against ${each.baseline.name}: ${outcomeText(each)}`)],
    ...indented(
      `${measuredText(each)}: ${sideText(each.variant)} against ${sideText(each.baseline)}, ${differenceText(each)}; claimed: ${each.expect}`,
      columns,
    ),
    ...indented(testText(each) || each.seen, columns),
  ];
}

function comparisons(report: SetReport, columns: number): Line[] {
  if (report.comparisons.length + report.leftOut.length === 0) return [];
  return [
    [],
    [span('Comparisons', 'bold'), span('  variant minus baseline, with the interval in which it lies with 95 % confidence', 'dim')],
    ...report.comparisons.flatMap((each) => comparison(each, columns)),
    ...report.leftOut.flatMap(({ name, why }): Line[] => [[span('– '), span(name, 'bold'), span(`  not compared: ${why}`)]]),
  ];
}

function runs({ runs: all }: SetReport): Line[] {
  const cells = Math.max(...all.map(({ variant }) => widthOf(variant)));
  const line = ({ runId, variant, stored, verdict, exitCode }: SetReport['runs'][number]): Line => [
    span(`  ${padded(variant, cells)}  ${runId}  `),
    span(verdict, TONES[verdict]),
    span(`, exit ${numberText(exitCode)}${stored ? ', stored' : ''}`),
  ];
  return [[], [span('Runs', 'bold')], ...all.map(line)];
}

/** The text, without a final line break. */
export function renderSetVerdict(report: SetReport, { color, columns, paths = [] }: VerdictOptions): string {
  const lines: Line[] = [
    [],
    [span(report.verdict.toUpperCase(), TONES[report.verdict]), span(': compared', 'bold'), span(`  ${report.experiment.title}`, 'dim')],
    ...report.why.flatMap((reason) => indented(reason, columns)),
    ...comparisons(report, columns),
    ...runs(report),
    ...(paths.length > 0 ? [[], [span('Reports', 'bold')]] : []),
    ...paths.map((path): Line => [span(`  ${path}`)]),
  ];
  return lines.map((line) => paint(line, Number.POSITIVE_INFINITY, color).trimEnd()).join('\n');
}
