/** How numbers are written for people, the same in every view: a thin unit behind, no more digits than one can use. */
import { formatMs } from '../experiments/language/duration.ts';

/** A length of time with the digits that matter: 3.2ms, 142ms, 1.24s, 12.3s, 1m30s; `–` where there is none. */
export function lengthOf(ms: number | undefined | null): string {
  if (ms === undefined || ms === null || !Number.isFinite(ms)) return '–';
  const size = Math.abs(ms);
  if (ms > 0 && ms < 0.05) return '<0.1ms';
  if (size < 10 && !Number.isInteger(ms)) return `${ms.toFixed(1)}ms`.replace('-', '−');
  if (ms < 0) return `−${lengthOf(size)}`;
  if (size < 999.5) return `${Math.round(ms)}ms`;
  if (size < 9995) return `${Number((ms / 1000).toFixed(2))}s`;
  return formatMs(ms);
}

/** An instant that lies in a stretch, from `sinceMs` on: its middle and how far it may be off; the middle alone where that is nothing. */
export function instantOf(
  instant: { readonly earliestMs: number; readonly latestMs: number } | null,
  sinceMs: number | null,
): InstantText | null {
  if (instant === null || sinceMs === null) return null;
  const offMs = (instant.latestMs - instant.earliestMs) / 2;
  return { after: lengthOf(Math.round(instant.earliestMs + offMs - sinceMs)), off: offMs < 0.5 ? null : lengthOf(Math.round(offMs)) };
}

/** `4.2s`, and `100ms` by which it may be off. */
export interface InstantText {
  readonly after: string;
  readonly off: string | null;
}

/** A share in percent: 0%, 0.04%, 2.1%, 34%, 100%; a share above nothing is never written as nothing. */
export function percentOf(share: number | undefined | null): string {
  if (share === undefined || share === null || !Number.isFinite(share)) return '–';
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent}%`;
  if (percent < 0.01) return '<0.01%';
  if (percent > 99.9 && percent < 100) return '>99.9%';
  if (percent < 1) return `${Number(percent.toFixed(2))}%`;
  return `${percent < 10 ? Number(percent.toFixed(1)) : Math.round(percent)}%`;
}

/** The failed share of requests, in percent; `–` where none was sent. */
export function failedOf({ sent, failed }: { readonly sent: number; readonly failed: number }): string {
  return percentOf(sent === 0 ? null : failed / sent);
}

/** A count with thin groups: 12 345. */
export function countOf(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** A moment of the run as minutes, seconds and tenths: 00:20.0. */
export function momentOf(atMs: number): string {
  const tenths = Math.max(0, Math.round(atMs / 100));
  const minutes = Math.floor(tenths / 600);
  const seconds = ((tenths % 600) / 10).toFixed(1);
  return `${String(minutes).padStart(2, '0')}:${seconds.padStart(4, '0')}`;
}

/** `1 container`, `4 containers`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countOf(count)} ${count === 1 ? one : many}`;
}
