/** A set in Markdown, short enough for a pull request: the verdict and why, the comparisons, the runs. */
import { formatMs } from '../../experiments/language/duration.ts';
import { cell, MARKS, table } from '../markdown.ts';
import type { SetReport } from './set-report.ts';
import { differenceText, measuredText, outcomeText, sideText, testText } from './words.ts';

function comparisonTable({ comparisons }: SetReport): string {
  const rows = comparisons.map((each) => [
    `${MARKS[each.state]} ${cell(each.name)}`,
    cell(measuredText(each)),
    cell(`${each.variant.name}: ${sideText(each.variant)}`),
    cell(`${each.baseline.name}: ${sideText(each.baseline)}`),
    cell(differenceText(each)),
    cell(`${each.expect}: ${outcomeText(each)}`),
    cell(testText(each) || each.seen),
  ]);
  return table(['Comparison', 'Measured', 'Variant', 'Baseline', 'Difference (95 %)', 'Claim', 'Test'], rows);
}

function runTable({ runs }: SetReport): string {
  const rows = runs.map(({ runId, variant, stored, verdict, exitCode, report, durationMs }) => [
    `${MARKS[verdict]} [${cell(runId)}](${encodeURI(report)})`,
    cell(stored ? `${variant} (stored)` : variant),
    `${verdict}, exit ${exitCode}`,
    formatMs(Math.round(durationMs)),
  ]);
  return table(['Run', 'Variant', 'Verdict', 'Took'], rows);
}

/** The set as Markdown. */
export function renderSetSummary(report: SetReport): string {
  const sections = [
    `## ${MARKS[report.verdict]} ${cell(report.experiment.title)}, compared: ${report.verdict}`,
    report.why.map((text) => `- ${cell(text)}`).join('\n'),
  ];
  if (report.comparisons.length > 0) sections.push(comparisonTable(report));
  if (report.leftOut.length > 0)
    sections.push(report.leftOut.map(({ name, why }) => `- Not compared: ${cell(name)}: ${cell(why)}`).join('\n'));
  sections.push(
    runTable(report),
    `Set ${cell(report.setId)}, seed ${report.seed}, exit ${report.exitCode}. Differences are variant minus baseline.`,
  );
  return `${sections.join('\n\n')}\n`;
}
