/** The summary of a test for a terminal: thresholds, checks by group, and a line for each metric. */
import type { GroupNode } from '../metrics/checks.ts';
import { shareText, valueText } from './figures.ts';
import type { MetricSummary, SummaryData } from './summary-data.ts';

const GREEN = '\u001b[32m';
const RED = '\u001b[31m';
const RESET = '\u001b[0m';
/** Names are followed by dots up to this column, or up to the longest of them. */
const NAME_COLUMNS_MIN = 26;

type Paint = (text: string, good: boolean) => string;

export function textSummary(data: SummaryData, color: boolean): string {
  const paint: Paint = (text, good) => (color ? `${good ? GREEN : RED}${text}${RESET}` : text);
  const sections = [
    section('thresholds', thresholdLines(data, paint)),
    section('checks', [...checksHead(data, paint), ...groupLines(data.root_group, paint, '')]),
    section('metrics', metricLines(data, paint)),
  ];
  return sections.filter((each) => each !== '').join('\n');
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `  ${title}\n${lines.map((line) => `    ${line}`.trimEnd()).join('\n')}\n`;
}

function mark(good: boolean, paint: Paint): string {
  return paint(good ? '✓' : '✗', good);
}

function thresholdLines({ metrics, options }: SummaryData, paint: Paint): readonly string[] {
  return Object.entries(metrics).flatMap(([name, metric]) => {
    const judged = Object.entries(metric.thresholds ?? {});
    if (judged.length === 0) return [];
    return [name, ...judged.map(([text, { ok }]) => `  ${mark(ok, paint)} '${text}' ${seenText(text, metric, options.summaryTimeUnit)}`)];
  });
}

/** The figure that a threshold asks for, where the summary has it. */
function seenText(threshold: string, metric: MetricSummary, timeUnit: string): string {
  const figure = /^\s*([a-z]+(?:\([\d.]+\))?)/.exec(threshold)?.[1] ?? '';
  const value = metric.values[figure];
  if (value === undefined) return '';
  return `${figure}=${metric.type === 'rate' ? shareText(value) : valueText(value, metric.contains, timeUnit)}`;
}

function checksHead({ metrics }: SummaryData, paint: Paint): readonly string[] {
  const all = metrics['checks'];
  if (!all) return [];
  const { passes = 0, fails = 0, rate = 0 } = all.values;
  return [`${mark(fails === 0, paint)} ${shareText(rate)} passed: ${passes} of ${passes + fails}`];
}

function groupLines(group: GroupNode, paint: Paint, indent: string): readonly string[] {
  return [
    ...group.checks.flatMap(({ name, passes, fails }) => [
      `${indent}${mark(fails === 0, paint)} ${name}`,
      ...(fails === 0 ? [] : [`${indent}  ${shareText(passes / (passes + fails))}: ${passes} passed, ${fails} failed`]),
    ]),
    ...group.groups.flatMap((each) => [`${indent}${each.name}`, ...groupLines(each, paint, `${indent}  `)]),
  ];
}

/** A part of a metric stands below its whole, by its tags alone. */
function shownName(name: string): string {
  const open = name.indexOf('{');
  return open < 0 ? name : `  { ${name.slice(open + 1, -1).trim()} }`;
}

function metricLines({ metrics, options }: SummaryData, paint: Paint): readonly string[] {
  const shown = Object.entries(metrics).map(([name, metric]) => ({ name: shownName(name), cells: metricCells(metric, options), metric }));
  const width = Math.max(NAME_COLUMNS_MIN, ...shown.map(({ name }) => name.length)) + 2;
  const columns = Math.max(0, ...shown.map(({ cells }) => cells.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...shown.filter(({ metric }) => metric.type === 'trend').map(({ cells }) => cells[column]?.length ?? 0), 0),
  );
  return shown.map(({ name, cells, metric }) => {
    const judged = Object.values(metric.thresholds ?? {});
    const lead =
      judged.length === 0
        ? ' '
        : mark(
            judged.every(({ ok }) => ok),
            paint,
          );
    const values = metric.type === 'trend' ? cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' ') : cells.join('  ');
    return `${lead} ${name}${'.'.repeat(width - name.length)}: ${values}`;
  });
}

function metricCells(
  { type, contains, values }: MetricSummary,
  { summaryTimeUnit, summaryTrendStats }: SummaryData['options'],
): readonly string[] {
  const text = (name: string): string => valueText(values[name] ?? 0, contains, summaryTimeUnit);
  switch (type) {
    case 'counter':
      return [text('count'), `${text('rate')}/s`];
    case 'gauge':
      return [text('value'), `min=${text('min')}`, `max=${text('max')}`];
    case 'rate':
      return [shareText(values['rate'] ?? 0), `${values['passes'] ?? 0} out of ${(values['passes'] ?? 0) + (values['fails'] ?? 0)}`];
    case 'trend':
      return summaryTrendStats.map((name) => `${name}=${name === 'count' ? String(values[name] ?? 0) : text(name)}`);
  }
}
