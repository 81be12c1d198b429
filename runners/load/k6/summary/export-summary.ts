/** The file of `--summary-export`: the figures of each metric flat, groups and checks by name; a threshold that is `true` has *failed*. */
import type { GroupNode } from '../metrics/checks.ts';
import type { MetricSummary, SummaryData } from './summary-data.ts';

export function exportSummary({ metrics, root_group: root }: SummaryData): string {
  const flat = Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, flatMetric(metric)]));
  return `${JSON.stringify({ root_group: namedGroup(root), metrics: flat }, undefined, 4)}\n`;
}

function flatMetric({ type, values, thresholds }: MetricSummary): Readonly<Record<string, unknown>> {
  const { rate, ...rest } = values;
  const figures = type === 'rate' ? { ...rest, value: rate } : values;
  if (!thresholds) return figures;
  return { ...figures, thresholds: Object.fromEntries(Object.entries(thresholds).map(([text, { ok }]) => [text, !ok])) };
}

function namedGroup({ name, path, id, groups, checks }: GroupNode): Readonly<Record<string, unknown>> {
  return {
    name,
    path,
    id,
    groups: Object.fromEntries(groups.map((group) => [group.name, namedGroup(group)])),
    checks: Object.fromEntries(checks.map((check) => [check.name, check])),
  };
}
