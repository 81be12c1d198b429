/** Curves as SVG paths on a track that is 1000 units wide whatever its size on screen. */
import type { TimeAxis } from '../scale.ts';

/** A moment and what was measured; null is a gap and stays one. */
export interface CurvePoint {
  readonly atMs: number;
  readonly value: number | null;
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** The path's `d`. `y` gives px from the top. A point between two gaps is a dot. */
export function renderPath(points: readonly CurvePoint[], axis: TimeAxis, y: (value: number) => number): string {
  let path = '';
  let drawing = false;
  points.forEach((point, index) => {
    if (point.value === null) {
      drawing = false;
      return;
    }
    const place = `${short(axis.percent(point.atMs) * 10)} ${short(y(point.value))}`;
    const alone = !drawing && (points[index + 1]?.value ?? null) === null;
    path += drawing ? `L${place}` : alone ? `M${place}h.1` : `M${place}`;
    drawing = true;
  });
  return path;
}

/**
 * At most `count` points: each stands for a group of neighbours and is their greatest value (`worst`, for shares and
 * latencies, so that no spike is lost) or their mean. A group without any value is a gap.
 */
export function thinned(points: readonly CurvePoint[], count: number, by: 'worst' | 'mean'): CurvePoint[] {
  const size = Math.ceil(points.length / count);
  if (size <= 1) return [...points];
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index) => {
    const group = points.slice(index * size, (index + 1) * size);
    const values = group.flatMap((point) => point.value ?? []);
    const first = group[0]?.atMs ?? 0;
    const atMs = (first + (group.at(-1)?.atMs ?? first)) / 2;
    if (values.length === 0) return { atMs, value: null };
    const value = by === 'worst' ? Math.max(...values) : values.reduce((sum, each) => sum + each, 0) / values.length;
    return { atMs, value };
  });
}
