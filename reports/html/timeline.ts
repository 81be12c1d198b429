/** The figure: one time axis for phases, faults, objectives, probes, containers and load, with the faults shaded through all of it. */
import { plural } from '../figures.ts';
import type { Report } from '../report.ts';
import { loadPanels, SERIES_PANELS_MAX } from './curves/load-panels.ts';
import { CONTAINER_LANES_MAX, containerLanes } from './lanes/container-lanes.ts';
import { faultBands, faultLanes } from './lanes/fault-lanes.ts';
import { objectiveLanes } from './lanes/objective-lanes.ts';
import { phaseLane } from './lanes/phase-lane.ts';
import { probeLanes } from './lanes/probe-lanes.ts';
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

/** The whole figure as HTML. */
export function renderTimeline(report: Report): Markup {
  const axis = timeAxis(axisLengthMs(report));
  const proofMs = firstProofMs(report);
  const load = loadPanels(report, axis);
  const containers = new Set(report.containers.map((each) => each.container)).size;
  const grid = axis.ticks.map(({ atMs }) => html`<i class="gridline" style="left:${axis.percent(atMs)}%"></i>`);
  const fromProof = (text: string): string =>
    text.startsWith('-') || text.startsWith('−') || /^0(s|:00)$/.test(text) ? text.replace('-', '−') : `+${text}`;
  return html`<div class="figure" data-end-ms="${axis.endMs}" data-proof-ms="${proofMs}">
<div class="bands grid-bands" aria-hidden="true">${grid}</div>${faultBands(report, axis)}
${axisRow('time from the start of the run', axis.ticks, axis, 'top', (text) => text)}
${phaseLane(report, axis)}${faultLanes(report, axis)}
${group('Objectives', objectiveLanes(report, axis), '↓ first impact, M mitigated, R recovered')}
${group('Probes', probeLanes(report, axis))}
${group('Containers', containerLanes(report, axis), containers > CONTAINER_LANES_MAX ? `${CONTAINER_LANES_MAX} of ${plural(containers, 'container')}; all are in report.json` : undefined)}
${group('Load', load.together)}
${group('Latency by scenario', load.each, report.load.curves.series.length > SERIES_PANELS_MAX ? `${SERIES_PANELS_MAX} of ${report.load.curves.series.length} series; all are in report.json` : undefined)}
${proofMs === undefined ? axisRow('time from the start of the run', axis.ticks, axis, 'bottom', (text) => text) : axisRow('time from the proof of the first fault', timeTicks(axis.endMs, proofMs), axis, 'bottom', fromProof)}
<div class="cursor" hidden><b></b></div></div>`;
}
