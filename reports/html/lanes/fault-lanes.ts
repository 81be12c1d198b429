/** The faults: a lane each, and the bands that shade everything below them. */
import { lengthOf, momentOf, plural } from '../../figures.ts';
import type { Report, ReportFault } from '../../report.ts';
import { type Content, html, type Markup } from '../markup.ts';
import { safeColour } from '../palette.ts';
import { renderMark, renderRow, renderSegment } from '../row.ts';
import type { TimeAxis } from '../scale.ts';

/** When a fault acted: from its proof (or the first hit, where there is no proof) until it was undone. Undefined if never. */
export function faultSpan(fault: ReportFault, endMs: number): { fromMs: number; toMs: number } | undefined {
  const fromMs = fault.inEffectAtMs ?? fault.injectedAtMs ?? fault.askedAtMs;
  if (fromMs === null) return undefined;
  const ended = fault.undoneAtMs ?? (fault.state === 'over' ? fromMs : endMs);
  return { fromMs, toMs: Math.max(fromMs, ended) };
}

/** The bands behind every row: where each fault was in effect. */
export function faultBands(report: Report, axis: TimeAxis): Markup {
  const bands = report.faults.flatMap((fault) => {
    const span = faultSpan(fault, axis.endMs);
    if (span === undefined) return [];
    const left = axis.percent(span.fromMs);
    const width = Number((axis.percent(span.toMs) - left).toFixed(3));
    const style = `left:${left}%;width:${width}%;--colour:${safeColour(fault.colour)}`;
    return html`<i class="band${fault.inEffectAtMs === null && ' unproven'}" data-fault="${fault.name}" style="${style}"></i>`;
  });
  return html`<div class="bands" aria-hidden="true">${bands}</div>`;
}

function marks(fault: ReportFault, axis: TimeAxis): Content[] {
  return [
    fault.askedAtMs !== null && renderMark(axis.percent(fault.askedAtMs), 'asked', '▿', `asked for at ${momentOf(fault.askedAtMs)}`),
    fault.inEffectAtMs !== null &&
      renderMark(axis.percent(fault.inEffectAtMs), 'in-effect', '▼', `in effect at ${momentOf(fault.inEffectAtMs)}`),
    fault.undoneAtMs !== null && renderMark(axis.percent(fault.undoneAtMs), 'undone', '△', `undone at ${momentOf(fault.undoneAtMs)}`),
  ];
}

function faultDescription(fault: ReportFault): string {
  const parts = [
    fault.askedAtMs !== null && `asked for at ${momentOf(fault.askedAtMs)}`,
    fault.inEffectAtMs !== null && `in effect at ${momentOf(fault.inEffectAtMs)}`,
    fault.undoneAtMs !== null && `undone at ${momentOf(fault.undoneAtMs)}`,
  ].filter((part) => part !== false);
  return `${fault.label}: ${parts.length > 0 ? parts.join(', ') : 'not injected'}`;
}

/** One lane a fault, with its three instants marked. */
export function faultLanes(report: Report, axis: TimeAxis): Markup[] {
  return report.faults.map((fault) => {
    const span = faultSpan(fault, axis.endMs);
    const bar =
      span !== undefined &&
      renderSegment({
        fromPercent: axis.percent(span.fromMs),
        toPercent: axis.percent(span.toMs),
        tone: fault.inEffectAtMs === null ? 'fault unproven' : 'fault',
        colour: safeColour(fault.colour),
        text: `${fault.label}, ${plural(fault.targets.length, 'container')}, ${lengthOf(span.toMs - span.fromMs)}`,
        title: `${fault.name}: ${fault.proof ?? 'no proof'}`,
      });
    return renderRow({
      label: fault.name,
      kind: 'lane fault-lane',
      heightPx: 22,
      track: [bar, marks(fault, axis)],
      description: faultDescription(fault),
    });
  });
}
