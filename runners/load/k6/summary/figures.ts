/** Figures of metrics as a terminal shows them: times, bytes, shares and counts. */
import type { MetricSummary } from './summary-data.ts';

const TIME_UNITS: Readonly<Record<string, readonly [perUnit: number, unit: string]>> = {
  s: [1000, 's'],
  ms: [1, 'ms'],
  us: [0.001, 'µs'],
};

/** Two decimals at most, no idle zeros. */
function short(value: number): string {
  return String(Number(value.toFixed(2)));
}

export function timeText(ms: number, unit: string): string {
  const fixed = TIME_UNITS[unit];
  if (fixed) return `${(ms / fixed[0]).toFixed(2)}${fixed[1]}`;
  if (ms === 0) return '0s';
  if (ms < 1) return `${short(ms * 1000)}µs`;
  if (ms < 1000) return `${short(ms)}ms`;
  if (ms < 60_000) return `${short(ms / 1000)}s`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.floor((ms - minutes * 60_000) / 1000);
  return minutes < 60 ? `${minutes}m${seconds}s` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}s`;
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : Number(value.toPrecision(2))} ${BYTE_UNITS[unit]}`;
}

/** A plain number: whole ones as they are. */
export function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toFixed(6)));
}

/** Never rounded up to 100 %. */
export function shareText(share: number): string {
  return `${(Math.floor(share * 10_000) / 100).toFixed(2)}%`;
}

/** One value of a metric, by what it counts. */
export function valueText(value: number, contains: MetricSummary['contains'], timeUnit: string): string {
  if (contains === 'time') return timeText(value, timeUnit);
  return contains === 'data' ? bytesText(value) : numberText(value);
}
