/** Probes as the report tells them: how many looks, the range of what they saw, and the readings themselves. */
import type { Evidence, ProbeReading } from '../probes/slo/evidence.ts';
import { numberOf } from '../probes/slo/judge-reading.ts';
import type { EventOf } from '../runners/journal/events.ts';
import type { ReportProbe, ReportScreenshot } from './report.ts';

/** Readings of one probe and container at most; beyond it every second, third … is shown. Minimum and maximum count all. */
const POINTS_MAX = 2000;

function point({ atMs, status, value }: ProbeReading): ReportProbe['points'][number] {
  return { atMs, status, value };
}

function probeReport(probe: string, readings: readonly ProbeReading[]): ReportProbe {
  const ok = readings.filter(({ status }) => status === 'ok');
  const numbers = ok.map(({ value }) => numberOf(value)).filter((value) => value !== undefined);
  const every = Math.max(1, Math.ceil(readings.length / POINTS_MAX));
  const [first, last] = [ok[0], ok.at(-1)];
  return {
    name: probe,
    container: readings[0]?.container ?? null,
    readings: readings.length,
    unknown: readings.length - ok.length,
    min: numbers.length === 0 ? null : numbers.reduce((least, value) => Math.min(least, value)),
    max: numbers.length === 0 ? null : numbers.reduce((most, value) => Math.max(most, value)),
    first: first ? point(first) : null,
    last: last ? point(last) : null,
    points: readings.filter((_, index) => index % every === 0).map(point),
  };
}

/** One entry for each probe and container. */
export function probeReports(evidence: Evidence): ReportProbe[] {
  return evidence.probes().flatMap((probe) => evidence.readingsOf(probe).map((readings) => probeReport(probe, readings)));
}

/** The readings that have a picture. */
export function screenshotReports(readings: readonly EventOf<'probe.reading'>[]): ReportScreenshot[] {
  return readings.flatMap(({ atMs, probe, detail, screenshot }) =>
    screenshot === undefined ? [] : [{ atMs, probe, detail: detail ?? '', file: screenshot }],
  );
}
