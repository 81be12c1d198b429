/** A panel of curves on the shared time axis: grid lines, values on the left, one direct label a curve on the right. */
import { html, type Markup } from '../markup.ts';
import { renderRow } from '../row.ts';
import type { TimeAxis, ValueAxis } from '../scale.ts';
import { labelPlaces } from './label-places.ts';
import { type CurvePoint, renderPath } from './path.ts';

export interface PanelCurve {
  readonly name: string;
  readonly points: readonly CurvePoint[];
  readonly colour: string;
  readonly dash: string;
  /** Thick lines are what the panel is about. */
  readonly widthPx: number;
  /** Stands behind the name in the direct label. */
  readonly note?: string;
}

export interface Panel {
  readonly title: string;
  readonly detail?: string;
  readonly curves: readonly PanelCurve[];
  readonly values: ValueAxis;
  /** A value with its unit, for ticks and labels. */
  readonly text: (value: number) => string;
  /** For screen readers: what the picture says. */
  readonly description: string;
  /** Writes the highest value of a curve next to its peak. */
  readonly peaksFrom?: number;
  readonly kind?: string;
  /** False where the curves are all the same and their names say nothing. */
  readonly labels?: boolean;
}

const LABEL_LINE_PX = 14;

function lastValue(points: readonly CurvePoint[]): number | undefined {
  return points.findLast((point) => point.value !== null)?.value ?? undefined;
}

/** The highest point of a curve. */
export function peakOf(points: readonly CurvePoint[]): { atMs: number; value: number } | undefined {
  let peak: { atMs: number; value: number } | undefined;
  for (const { atMs, value } of points) if (value !== null && (peak === undefined || value > peak.value)) peak = { atMs, value };
  return peak;
}

function grid(panel: Panel): Markup[] {
  return panel.values.ticks.map((tick) => {
    const y = panel.values.y(tick).toFixed(1);
    return html`<line x1="0" x2="1000" y1="${y}" y2="${y}" class="grid"/>`;
  });
}

function valueTicks(panel: Panel): Markup[] {
  return panel.values.ticks.map((tick) => html`<b class="value" style="top:${panel.values.y(tick).toFixed(1)}px">${panel.text(tick)}</b>`);
}

function peakLabels(panel: Panel, axis: TimeAxis): Markup[] {
  if (panel.peaksFrom === undefined) return [];
  const from = panel.peaksFrom;
  const peaks = panel.curves.flatMap((curve) => {
    const peak = peakOf(curve.points);
    return peak !== undefined && peak.value >= from ? { curve, peak } : [];
  });
  return peaks
    .toSorted((left, right) => right.peak.value - left.peak.value)
    .slice(0, 1)
    .map(({ curve, peak }) => {
      const percent = axis.percent(peak.atMs);
      const side = percent > 70 ? `right:${(100 - percent).toFixed(2)}%` : `left:${percent}%`;
      const top = Math.max(2, panel.values.y(peak.value) - 2);
      return html`<b class="peak" style="${side};top:${top.toFixed(0)}px;color:${curve.colour}">${curve.name} ${panel.text(peak.value)}</b>`;
    });
}

function directLabels(panel: Panel): Markup[] {
  const ended = panel.curves.flatMap((curve) => {
    const last = lastValue(curve.points);
    return last === undefined ? [] : { curve, wantedPx: panel.values.y(last) };
  });
  const places = labelPlaces(ended, LABEL_LINE_PX, panel.values.heightPx + LABEL_LINE_PX / 2);
  return ended.map(({ curve }, index) => {
    const swatch = html`<svg class="swatch" viewBox="0 0 14 4" aria-hidden="true"><line x1="0" x2="14" y1="2" y2="2" style="stroke:${curve.colour}" stroke-dasharray="${curve.dash}"/></svg>`;
    return html`<span class="direct" style="top:${(places[index] ?? 0).toFixed(1)}px" title="${curve.name}">${swatch}${curve.name}${curve.note !== undefined && html` <i>${curve.note}</i>`}</span>`;
  });
}

/** The panel as a row of the figure. */
export function renderPanel(panel: Panel, axis: TimeAxis): Markup {
  const { heightPx } = panel.values;
  const paths = panel.curves.toReversed().map((curve) => {
    const style = `stroke:${curve.colour};stroke-width:${curve.widthPx}`;
    return html`<path class="curve" d="${renderPath(curve.points, axis, panel.values.y)}" style="${style}" stroke-dasharray="${curve.dash}"><title>${curve.name}</title></path>`;
  });
  const svg = html`<svg viewBox="0 0 1000 ${heightPx}" preserveAspectRatio="none" role="img"><title>${panel.title}</title><desc>${panel.description}</desc>${grid(panel)}${paths}</svg>`;
  return renderRow({
    label: panel.title,
    detail: panel.detail,
    kind: `panel ${panel.kind ?? ''}`,
    heightPx,
    track: [svg, valueTicks(panel), peakLabels(panel, axis)],
    right: panel.labels !== false && directLabels(panel),
  });
}
