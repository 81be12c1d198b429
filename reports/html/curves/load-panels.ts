/** The load on the time axis: failed share, p95 of all series together, each series' percentiles, and the rate. */
import { countOf, lengthOf, percentOf } from '../../figures.ts';
import type { Report, ReportCurve } from '../../report.ts';
import type { Markup } from '../markup.ts';
import { seriesColour, seriesDash } from '../palette.ts';
import { linearAxis, logAxis, type TimeAxis, type ValueAxis } from '../scale.ts';
import { type PanelCurve, peakOf, renderPanel } from './panel.ts';
import { type CurvePoint, thinned } from './path.ts';

/** Points that are drawn in all, shared among the series, and the bounds of one series' part: they keep the file small. */
const POINTS_BUDGET = 2400;
const POINTS_MIN = 120;
const POINTS_MAX = 400;
/** Series with percentiles of their own; the others are in report.json. */
export const SERIES_PANELS_MAX = 12;
const TALL_PX = 132;
const LOW_PX = 64;

type Measure = 'ratePerS' | 'failedShare' | 'p50Ms' | 'p95Ms' | 'p99Ms';

interface Drawing {
  readonly report: Report;
  readonly axis: TimeAxis;
  readonly names: readonly string[];
}

/** The shortest name that tells the series apart: the scenario, else the scenario and its tags. */
export function seriesNames(series: readonly ReportCurve[]): string[] {
  const scenarios = series.map((each) => each.scenario);
  return series.map((each) => (scenarios.filter((name) => name === each.scenario).length === 1 ? each.scenario : each.name));
}

function pointsOf(drawing: Drawing, curve: ReportCurve, measure: Measure): CurvePoint[] {
  const { atMs, stepMs, series } = drawing.report.load.curves;
  const points = atMs.map((startMs, index) => ({ atMs: startMs + stepMs / 2, value: curve[measure][index] ?? null }));
  const count = Math.min(POINTS_MAX, Math.max(POINTS_MIN, Math.floor(POINTS_BUDGET / Math.max(1, series.length))));
  return thinned(points, count, measure === 'ratePerS' ? 'mean' : 'worst');
}

function curvesOf(drawing: Drawing, measure: Measure): PanelCurve[] {
  return drawing.report.load.curves.series.map((curve, index) => ({
    name: drawing.names[index] ?? curve.name,
    points: pointsOf(drawing, curve, measure),
    colour: seriesColour(index),
    dash: seriesDash(index),
    widthPx: 1.6,
  }));
}

function peaksText(curves: readonly PanelCurve[], text: (value: number) => string): string {
  return curves
    .flatMap((curve) => {
      const peak = peakOf(curve.points);
      return peak === undefined ? [] : `${curve.name} at most ${text(peak.value)} (${(peak.atMs / 1000).toFixed(1)}s)`;
    })
    .join('; ');
}

function greatest(curves: readonly PanelCurve[]): number {
  return Math.max(0, ...curves.map((curve) => peakOf(curve.points)?.value ?? 0));
}

function failedPanel(drawing: Drawing): Markup {
  const curves = curvesOf(drawing, 'failedShare');
  const most = greatest(curves);
  const values = most === 0 ? linearAxis(0.01, 48, 1) : linearAxis(most > 0.5 ? 1 : most, TALL_PX);
  const detail = most === 0 ? 'no request failed' : 'of the requests sent in each interval';
  return renderPanel(
    {
      title: 'Failed share',
      detail,
      curves,
      values,
      text: percentOf,
      description: peaksText(curves, percentOf),
      peaksFrom: 0.005,
      labels: most > 0,
    },
    drawing.axis,
  );
}

function latencyAxis(curves: readonly PanelCurve[], heightPx: number): ValueAxis {
  const values = curves.flatMap((curve) => curve.points.flatMap((point) => point.value ?? []));
  const least = values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
  return logAxis(Number.isFinite(least) ? least : 1, Math.max(greatest(curves), 1), heightPx);
}

function latencyPanel(drawing: Drawing): Markup {
  const curves = curvesOf(drawing, 'p95Ms');
  const values = latencyAxis(curves, TALL_PX);
  return renderPanel(
    {
      title: 'Latency p95',
      detail: 'from intended send to answer, log scale',
      curves,
      values,
      text: lengthOf,
      description: peaksText(curves, lengthOf),
      peaksFrom: 0,
    },
    drawing.axis,
  );
}

const PERCENTILES = [
  { measure: 'p99Ms', name: 'p99', widthPx: 1, dash: '2 2' },
  { measure: 'p95Ms', name: 'p95', widthPx: 1.2, dash: '' },
  { measure: 'p50Ms', name: 'p50', widthPx: 2.2, dash: '' },
] as const;

function seriesPanels(drawing: Drawing): Markup[] {
  const panels = drawing.report.load.curves.series.slice(0, SERIES_PANELS_MAX).map((curve, index) => ({
    title: drawing.names[index] ?? curve.name,
    curves: PERCENTILES.map(({ measure, name, widthPx, dash }) => {
      const points = pointsOf(drawing, curve, measure);
      return { name, points, colour: seriesColour(index), dash, widthPx, note: `max ${lengthOf(peakOf(points)?.value)}` };
    }),
  }));
  const values = latencyAxis(
    panels.flatMap((panel) => panel.curves),
    LOW_PX,
  );
  return panels.map(({ title, curves }) => {
    return renderPanel(
      { title, detail: 'p50, p95, p99', curves, values, text: lengthOf, description: peaksText(curves, lengthOf), kind: 'low' },
      drawing.axis,
    );
  });
}

function ratePanel(drawing: Drawing): Markup {
  const curves = curvesOf(drawing, 'ratePerS');
  const text = (value: number): string => `${countOf(value)}/s`;
  return renderPanel(
    {
      title: 'Answers per second',
      detail: 'by intended send',
      curves,
      values: linearAxis(greatest(curves), 84, 3),
      text,
      description: peaksText(curves, text),
    },
    drawing.axis,
  );
}

/** The panels above and below the heading that a figure puts between them. */
export interface LoadPanels {
  readonly together: readonly Markup[];
  readonly each: readonly Markup[];
}

/** All panels of the load; none where the run had no load. */
export function loadPanels(report: Report, axis: TimeAxis): LoadPanels {
  const { series } = report.load.curves;
  if (series.length === 0) return { together: [], each: [] };
  const drawing = { report, axis, names: seriesNames(series) };
  return { together: [failedPanel(drawing), latencyPanel(drawing), ratePanel(drawing)], each: seriesPanels(drawing) };
}
