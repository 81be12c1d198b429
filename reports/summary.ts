/** A summary in Markdown, short enough for a pull request: the verdict and why, the objectives, the thresholds, the faults, the load. */
import { formatMs } from '../experiments/language/duration.ts';
import { failedOf, lengthOf } from './figures.ts';
import { instantColumns } from './instant-columns.ts';
import { cell, MARKS, table } from './markdown.ts';
import type { Report, ReportObjective, ReportThreshold } from './report.ts';

/** Tags of the load that get a row. */
const TAG_ROWS_MAX = 8;

function at(ms: number | null): string {
  return ms === null ? '–' : formatMs(ms);
}

/** Instants that only some objectives ask for, each with its own error. */
function asked(objective: ReportObjective, report: Report): string[] {
  return instantColumns(report)
    .filter(({ label }) => label === 'Detected' || label === 'Steady')
    .flatMap(({ label, of }) => {
      const text = of(objective);
      return text === null ? [] : `${label.toLowerCase()} after ${text.after}${text.off === null ? '' : ` ± ${text.off}`}`;
    });
}

function impact(objective: ReportObjective, report: Report): string {
  const more = asked(objective, report);
  const told = indicatorImpact(objective);
  return more.length === 0 ? told : [...(told === '–' ? [] : [told]), ...more].join(', ');
}

function indicatorImpact({
  neverImpacted,
  firstImpactMs,
  mitigatedAfterMs,
  recoveredAfterMs,
  errorMs,
  intervals,
}: ReportObjective): string {
  if (intervals.length === 0) return '–';
  if (neverImpacted) return 'never impacted';
  if (firstImpactMs === null) return '–';
  const parts = [`hit at ${formatMs(firstImpactMs)}`];
  if (mitigatedAfterMs !== null) parts.push(`mitigated after ${formatMs(mitigatedAfterMs)}`);
  if (recoveredAfterMs !== null) parts.push(`recovered after ${formatMs(recoveredAfterMs)}`);
  return `${parts.join(', ')} (± ${formatMs(errorMs ?? 0)})`;
}

function faultTable(report: Report): string {
  const rows = report.faults.map((fault) => [
    cell(fault.name),
    cell(fault.targets.length > 3 ? `${fault.targets.length} containers` : fault.targets.join(', ')),
    at(fault.inEffectAtMs),
    at(fault.undoneAtMs),
    cell(fault.proof ?? fault.state),
  ]);
  return table(['Fault', 'Targets', 'In effect', 'Undone', 'Proof'], rows);
}

function objectiveTable(report: Report): string {
  const rows = report.objectives.map((objective) => [
    `${MARKS[objective.state]} ${cell(objective.name)}`,
    objective.state,
    impact(objective, report),
    cell(objective.clauses.map(({ clause, state, seen }) => `${state === 'held' ? '' : `**${state}** `}${clause}: ${seen}`).join('; ')),
  ]);
  return table(['Objective', 'State', 'Impact', 'Seen'], rows);
}

function thresholdTable(thresholds: readonly ReportThreshold[]): string {
  const rows = thresholds.map(({ text, state, seen }) => [`${MARKS[state]} ${cell(text)}`, state, cell(seen)]);
  return table(['Threshold', 'State', 'Seen'], rows);
}

function loadTable(report: Report): string {
  const rows = report.load.scenarios.map((scenario) => [
    cell(scenario.name),
    String(scenario.planned),
    String(scenario.failed),
    lengthOf(scenario.p50Ms),
    lengthOf(scenario.p95Ms),
    lengthOf(scenario.p99Ms),
  ]);
  return table(['Load', 'Planned', 'Failed', 'p50', 'p95', 'p99'], rows);
}

/** p95 by scenario and tag, before, during and after the faults. */
function phaseTable({ load }: Report): string[] {
  if (load.phases.length < 2) return [];
  const heads = load.phases.map(({ phase, fault }) => cell(fault === null ? phase : `${phase} ${fault}`));
  const scenarios = load.scenarios.map(({ name }) => [
    cell(name),
    ...load.phases.map((phase) => shortFigures(phase.scenarios.find((each) => each.name === name))),
  ]);
  const tags = load.tags
    .slice(0, TAG_ROWS_MAX)
    .map(({ tag, value }) => [
      cell(`${tag}: ${value}`),
      ...load.phases.map((phase) => shortFigures(phase.tags.find((each) => each.tag === tag && each.value === value))),
    ]);
  return [table(['p95, failed', ...heads], [...scenarios, ...tags])];
}

function shortFigures(found: { planned: number; sent: number; failed: number; p95Ms: number | null } | undefined): string {
  if (!found || found.planned === 0) return '–';
  return `${lengthOf(found.p95Ms)}, ${failedOf(found)}`;
}

function generatorLines({ generator }: Report): string[] {
  const lines: string[] = [];
  if (generator.limited)
    lines.push(
      `**Generator-limited**: the load generator was itself late, by ${lengthOf(generator.lagP99Ms)} (p99 of its worst second): latency that this may explain is not held against the system.`,
    );
  if (generator.failure !== null) lines.push(`**A part of the load is missing**: ${cell(generator.failure)}`);
  if (generator.retried) lines.push(`${generator.retried} requests were sent twice, because a connection that had rested was dead.`);
  return lines;
}

function stopLines({ stopConditions = [] }: Report): string[] {
  return stopConditions.flatMap(({ text, metAtMs, seen }) =>
    metAtMs === null ? [] : `**Stop condition met** at ${formatMs(metAtMs)}: ${cell(text)}; seen: ${cell(seen ?? '–')}`,
  );
}

/** The report as Markdown. */
export function renderSummary(report: Report): string {
  const variant = report.variant ? ` (${cell(report.variant)})` : '';
  const sections = [
    `## ${MARKS[report.verdict]} ${cell(report.experiment.title)}${variant}: ${report.verdict}`,
    report.why.map((text) => `- ${cell(text)}`).join('\n'),
  ];
  if (report.objectives.length > 0) sections.push(objectiveTable(report));
  if (report.thresholds) sections.push(thresholdTable(report.thresholds));
  sections.push(...stopLines(report));
  if (report.faults.length > 0) sections.push(faultTable(report));
  if (report.load.scenarios.length > 0) sections.push(loadTable(report), ...phaseTable(report));
  sections.push(...generatorLines(report));
  sections.push(
    `Run ${cell(report.runId)}, ${formatMs(report.durationMs)}, exit ${report.exitCode}. Times count from the start of the run.`,
  );
  return `${sections.join('\n\n')}\n`;
}
