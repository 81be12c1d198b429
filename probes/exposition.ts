/**
 * A metrics page in Prometheus' text format 0.0.4 or OpenMetrics' (prometheus.io/docs/instrumenting/exposition_formats):
 * comments, and samples `name{label="value"} number timestamp # exemplar`. Only the series that are asked for are kept. Pure.
 */
import { matching, type SeriesSelector, scanSeries } from './series-selector.ts';

export interface Sample {
  /** The series' labels, sorted, as text: the same for the same series on every page. */
  readonly series: string;
  /** May be NaN or infinite. */
  readonly value: number;
}

const REST = /^\s*(\S+)(?:\s+-?[\d.e+]+)?\s*(?:#.*)?$/;
const INFINITE: Readonly<Record<string, number>> = {
  '+inf': Number.POSITIVE_INFINITY,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
};

/** A number as Go writes it; undefined where the text is none. */
export function sampleValue(text: string): number | undefined {
  const named = INFINITE[text.toLowerCase()];
  if (named !== undefined || text === '') return named;
  const number = Number(text);
  return Number.isNaN(number) ? undefined : number;
}

/** The page's samples of these series; the first line that is no sample where there is one, since then it is no metrics page. */
export function samplesOf(page: string, selector: SeriesSelector): readonly Sample[] | { readonly wrongLine: string } {
  const isMeant = matching(selector);
  const samples: Sample[] = [];
  for (const line of page.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const scanned = scanSeries(line);
    const value = sampleValue(REST.exec(line.slice(scanned?.end ?? 0))?.[1] ?? '');
    if (!scanned || value === undefined) return { wrongLine: line };
    if (scanned.name !== selector.name) continue;
    const labels = new Map(scanned.matchers.map(({ label, value }) => [label, value]));
    if (isMeant(labels)) samples.push({ series: JSON.stringify([...labels].sort(([one], [other]) => (one < other ? -1 : 1))), value });
  }
  return samples;
}
