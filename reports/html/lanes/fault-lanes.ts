/** The faults: a lane each, and the bands that shade everything below them. */
import { lengthOf, momentOf, plural } from '../../figures.ts';
import type { Report, ReportFault } from '../../report.ts';
import { type Content, html, type Markup } from '../markup.ts';
import { safeColour } from '../palette.ts';
import { renderMark, renderRow, renderSegment } from '../row.ts';
import type { TimeAxis } from '../scale.ts';

/** Narrower bands are drawn as a line. */
const INSTANT_PERCENT = 0.2;
/** Narrower bars have their text beside them. */
const TEXT_PERCENT_MIN = 20;

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
    const instant = width < INSTANT_PERCENT;
    const style = `left:${left}%;${instant ? '' : `width:${width}%;`}--colour:${safeColour(fault.colour)}`;
    return html`<i class="band${fault.inEffectAtMs === null && ' unproven'}${instant && ' instant'}" data-fault="${fault.name}" style="${style}"></i>`;
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

function bar(fault: ReportFault, axis: TimeAxis): Content {
  const span = faultSpan(fault, axis.endMs);
  if (span === undefined) return undefined;
  const [fromPercent, toPercent] = [axis.percent(span.fromMs), axis.percent(span.toMs)];
  const lasted = span.toMs > span.fromMs ? `, ${lengthOf(span.toMs - span.fromMs)}` : '';
  const text = `${fault.label}, ${plural(fault.targets.length, 'container')}${lasted}`;
  const inside = toPercent - fromPercent >= TEXT_PERCENT_MIN;
  const segment = renderSegment({
    fromPercent,
    toPercent,
    tone: fault.inEffectAtMs === null ? 'fault unproven' : 'fault',
    colour: safeColour(fault.colour),
    ...(inside ? { text } : {}),
    title: `${fault.name}: ${fault.proof ?? 'no proof'}`,
  });
  if (inside) return segment;
  const place = fromPercent > 100 - TEXT_PERCENT_MIN ? `right:${(100 - fromPercent).toFixed(2)}%` : `left:${toPercent}%`;
  return [segment, html`<b class="beside" style="${place}">${text}</b>`];
}

/** One lane a fault, with its three instants marked. */
export function faultLanes(report: Report, axis: TimeAxis): Markup[] {
  return report.faults.map((fault) =>
    renderRow({
      label: fault.name,
      kind: 'lane fault-lane',
      heightPx: 22,
      track: [bar(fault, axis), marks(fault, axis)],
      description: faultDescription(fault),
    }),
  );
}
