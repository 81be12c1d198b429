/** `http.expectedStatuses`: which answers count as what was wanted. */

import type { StatusRange } from '../../host.ts';

const STATUS_MAX = 999;

export class ExpectedStatuses {
  readonly ranges: readonly StatusRange[];

  /** Each a status, or `{min, max}` with both ends included. Throws TypeError on anything else. */
  constructor(statuses: readonly unknown[]) {
    if (statuses.length === 0) throw new TypeError('http.expectedStatuses needs at least one status, such as 200 or {min: 200, max: 299}');
    this.ranges = statuses.map(rangeOf);
  }

  includes(status: number): boolean {
    return isWithin(this.ranges, status);
  }
}

export function isWithin(ranges: readonly StatusRange[], status: number): boolean {
  return ranges.some(([min, max]) => status >= min && status <= max);
}

/** Until a script says otherwise. */
export const ORDINARY_STATUSES = new ExpectedStatuses([{ min: 200, max: 399 }]);

function rangeOf(status: unknown, index: number): StatusRange {
  if (isStatus(status)) return [status, status];
  if (typeof status === 'object' && status !== null && 'min' in status && 'max' in status && isStatus(status.min) && isStatus(status.max))
    return [status.min, status.max];
  throw new TypeError(`http.expectedStatuses: argument ${index + 1} is neither a status nor {min, max} with two statuses`);
}

function isStatus(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= STATUS_MAX;
}
