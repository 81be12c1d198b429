/** The figure: one time axis for phases, faults, objectives, probes, containers and load, with the faults shaded through all of it. */
import { countOf } from '../figures.ts';
import type { Report } from '../report.ts';
import { loadPanels, SERIES_PANELS_MAX } from './curves/load-panels.ts';
import { CONTAINER_LANES_MAX, containerLanes } from './lanes/container-lanes.ts';
import { faultBands, faultLanes } from './lanes/fault-lanes.ts';
import { objectiveLanes } from './lanes/objective-lanes.ts';
import { peopleLane, phaseLane } from './lanes/phase-lane.ts';
import { PROBE_LANES_MAX, probeLanes } from './lanes/probe-lanes.ts';
import { type Content, html, type Markup } from './markup.ts';
import { renderGroup } from './row.ts';
import { type TimeAxis, timeAxis, timeTicks } from './scale.ts';

function axisRow(label: string, ticks: TimeAxis['ticks'], axis: TimeAxis, kind: string, unit: (text: string) => string): Markup {
  const marks = ticks.map(({ atMs, text }, index) => {
    const percent = axis.percent(atMs);
    const edge = percent < 1.5 ? ' first' : percent > 97 ? ' last' : '';
    return html`<b class="tick${edge}${index % 2 === 1 && ' odd'}" data-at-ms="${atMs}" style="left:${percent}%">${unit(text)}</b>`;
  });
  return html`<div class="row axis ${kind}"><div class="label"><span class="detail">${label}</span></div><div class="track">${marks}</div><div class="right"></div></div>
`;
}

/** Where the first fault's clock starts. */
export function firstProofMs(report: Report): number | undefined {
  const proofs = report.faults.flatMap((fault) => fault.inEffectAtMs ?? []);
  return proofs.length === 0 ? undefined : Math.min(...proofs);
}

function group(title: string, rows: readonly Markup[], detail?: string): Content {
  return rows.length > 0 && [renderGroup(title, detail), rows];
}

/** How long the axis must be to hold all that was recorded. */
function axisLengthMs(report: Report): number {
  const { atMs, stepMs } = report.load.curves;
  return Math.max(report.durationMs, (atMs.at(-1) ?? 0) + stepMs, ...report.faults.map((fault) => fault.undoneAtMs ?? 0));
}

/** Says that lanes were left out, where they were. */
function leftOut(count: number, limit: number, many: string): string | undefined {
  return count > limit ? `${limit} of ${countOf(count)} ${many}; all are in report.json` : undefined;
}

function sinceProof(text: string): string {
  if (text.startsWith('-')) return text.replace('-', '−');
  return text.startsWith('−') || /^0(s|:00)$/.test(text) ? text : `+${text}`;
}

function bottomAxis(axis: TimeAxis, proofMs: number | undefined): Markup {
  if (proofMs === undefined) return axisRow("from the run's start", axis.ticks, axis, 'bottom', (text) => text);
  return axisRow('since the first effect', timeTicks(axis.endMs, proofMs), axis, 'bottom', sinceProof);
}

/** The whole figure as HTML. */
export function renderTimeline(report: Report): Markup {
  const axis = timeAxis(axisLengthMs(report));
  const proofMs = firstProofMs(report);
  const load = loadPanels(report, axis);
  const probes = probeLanes(report, axis);
  const containers = new Set(report.containers.map((each) => each.container)).size;
  const series = report.load.curves.series.length;
  const grid = axis.ticks.map(({ atMs }) => html`<i class="gridline" style="left:${axis.percent(atMs)}%"></i>`);
  return html`<div class="figure" data-end-ms="${axis.endMs}" data-proof-ms="${proofMs}">
<div class="bands" aria-hidden="true">${grid}</div>${faultBands(report, axis)}
${axisRow("from the run's start", axis.ticks, axis, 'top', (text) => text)}
${phaseLane(report, axis)}${faultLanes(report, axis)}${peopleLane(report, axis)}
${group('Objectives', objectiveLanes(report, axis), '↓ first impact, M mitigated, R recovered')}
${group('Probes', probes.slice(0, PROBE_LANES_MAX), leftOut(probes.length, PROBE_LANES_MAX, 'lanes'))}
${group('Containers', containerLanes(report, axis), leftOut(containers, CONTAINER_LANES_MAX, 'containers'))}
${group('Load', load.together)}
${group('Latency by scenario', load.each, leftOut(series, SERIES_PANELS_MAX, 'series'))}
${bottomAxis(axis, proofMs)}
<div class="cursor" hidden><b></b></div></div>`;
}
