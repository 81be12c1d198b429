/**
 * The probes' readings. A probe that says one of a few things (a status, a word, yes or no) is a lane of stretches,
 * coloured where it differs from what it said first; one with many numbers is a small curve with its extremes.
 */
import { momentOf, plural } from '../../figures.ts';
import type { Report, ReportProbe } from '../../report.ts';
import { type CurvePoint, renderPath, thinned } from '../curves/path.ts';
import { html, type Markup } from '../markup.ts';
import { renderRow, renderSegment } from '../row.ts';
import type { TimeAxis } from '../scale.ts';
import { shortContainerName } from './container-name.ts';

/** More different numbers than this make a curve. */
const WORDS_MAX = 6;
const CURVE_PX = 30;
const CURVE_POINTS_MAX = 400;
/** Stretches that are told to screen readers. */
const SPOKEN_MAX = 12;
/** Lanes beyond this are left to report.json. */
export const PROBE_LANES_MAX = 40;

type Point = ReportProbe['points'][number];

function textOf(point: Point): string {
  return point.status === 'unknown' ? 'could not look' : String(point.value ?? 'nothing');
}

function numbersOf(probe: ReportProbe): { atMs: number; value: number | null }[] | undefined {
  const points = probe.points.map((point) => ({ atMs: point.atMs, value: typeof point.value === 'number' ? point.value : null }));
  const different = new Set(points.map((point) => point.value).filter((value) => value !== null));
  return different.size > WORDS_MAX ? points : undefined;
}

interface Stretch {
  readonly text: string;
  readonly fromMs: number;
  toMs: number;
  readonly unknown: boolean;
}

/** Neighbouring equal readings as one stretch; it lasts until the next reading. */
function stretches(points: readonly Point[], endMs: number): Stretch[] {
  const found: Stretch[] = [];
  for (const point of points) {
    const last = found.at(-1);
    if (last !== undefined) last.toMs = point.atMs;
    if (last?.text !== textOf(point))
      found.push({ text: textOf(point), fromMs: point.atMs, toMs: point.atMs, unknown: point.status === 'unknown' });
  }
  const last = found.at(-1);
  const stepMs = points.length > 1 ? (last?.toMs ?? 0) - (points.at(-2)?.atMs ?? 0) : 0;
  if (last !== undefined) last.toMs = Math.min(endMs, last.toMs + Math.max(stepMs, endMs / 500));
  return found;
}

function stretchSegment(stretch: Stretch, tone: string, axis: TimeAxis): Markup {
  return renderSegment({
    fromPercent: axis.percent(stretch.fromMs),
    toPercent: axis.percent(stretch.toMs),
    tone,
    text: stretch.text,
    title: `${stretch.text}: ${momentOf(stretch.fromMs)} to ${momentOf(stretch.toMs)}`,
  });
}

/** How a lane is named: the probe, and the container or containers it looked at. */
interface LaneName {
  readonly label: string;
  readonly detail: string | undefined;
}

function wordsLane(found: readonly Stretch[], axis: TimeAxis, name: LaneName): Markup {
  const usual = found.find((each) => !each.unknown)?.text;
  const segments = found.map((each) => stretchSegment(each, each.unknown ? 'unknown' : each.text === usual ? 'usual' : 'changed', axis));
  const description = found.slice(0, SPOKEN_MAX).map((each) => `${each.text} from ${momentOf(each.fromMs)}`);
  return renderRow({ ...name, kind: 'lane', heightPx: 18, track: segments, description: description.join(', ') });
}

function short(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US');
}

function numbersLane(probe: ReportProbe, points: readonly CurvePoint[], axis: TimeAxis, name: LaneName): Markup {
  const min = Math.min(0, probe.min ?? 0);
  const max = Math.max(probe.max ?? 1, min + Number.EPSILON);
  const y = (value: number): number => 2 + (CURVE_PX - 4) * (1 - (value - min) / (max - min));
  const path = renderPath(thinned(points, CURVE_POINTS_MAX, 'worst'), axis, y);
  const range = `${short(probe.min ?? 0)} to ${short(probe.max ?? 0)}`;
  const svg = html`<svg viewBox="0 0 1000 ${CURVE_PX}" preserveAspectRatio="none" role="img"><title>${probe.name}: ${range}</title><path class="curve" d="${path}" style="stroke:var(--ink)"/></svg>`;
  const gaps = stretches(probe.points, axis.endMs).filter((each) => each.unknown);
  return renderRow({
    ...name,
    kind: 'lane',
    heightPx: CURVE_PX,
    track: [gaps.map((each) => stretchSegment(each, 'unknown', axis)), svg],
    right: html`<span class="range">${range}</span>`,
  });
}

/** The lanes of one probe. Containers that said one and the same thing all the time share one. */
function lanesOf(name: string, probes: readonly ReportProbe[], axis: TimeAxis, project: string | null): Markup[] {
  const laneName = (probe: ReportProbe): LaneName => {
    return { label: name, detail: probe.container === null ? undefined : shortContainerName(probe.container, project) };
  };
  const constant = Map.groupBy(probes, (probe) => constantText(probe, axis));
  return [...constant].flatMap(([text, alike]) => {
    const [first] = alike;
    if (text !== undefined && first !== undefined && alike.length > 1) {
      return wordsLane(stretches(first.points, axis.endMs), axis, { label: name, detail: plural(alike.length, 'container') });
    }
    return alike.map((probe) => {
      const numbers = numbersOf(probe);
      return numbers === undefined
        ? wordsLane(stretches(probe.points, axis.endMs), axis, laneName(probe))
        : numbersLane(probe, numbers, axis, laneName(probe));
    });
  });
}

/** What a probe said all the time; undefined where it said different things. */
function constantText(probe: ReportProbe, axis: TimeAxis): string | undefined {
  const [only, ...others] = stretches(probe.points, axis.endMs);
  return others.length === 0 ? only?.text : undefined;
}

/** Lanes for each probe that has readings. */
export function probeLanes(report: Report, axis: TimeAxis): Markup[] {
  const seen = report.probes.filter((probe) => probe.points.length > 0);
  return [...Map.groupBy(seen, (probe) => probe.name)].flatMap(([name, probes]) => lanesOf(name, probes, axis, report.system.project));
}
