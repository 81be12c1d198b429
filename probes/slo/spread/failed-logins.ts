/** Failed logins by origin: where an attack comes from, and whether it comes from everywhere at once. */
import { byGreatest, shareOf, totalOf } from './amounts.ts';
import type { Ratio } from './ratios.ts';

/** An origin's failed logins: how many, as a share of all that failed anywhere, and of the logins that it tried itself. */
export interface FailedLogins {
  readonly name: string;
  readonly failed: number;
  /** failed / Σ failed, 0 … 1; undefined where none failed anywhere. */
  readonly shareOfFailed: number | undefined;
  /** failed / tried, 0 … 1; undefined where none was tried. */
  readonly failureRate: number | undefined;
}

/** By origin, most failed logins first. Their evenness is `normalisedEntropy` of `failed`. Undefined where a number is none. */
export function failedLoginsByOrigin(byOrigin: ReadonlyMap<string, Ratio>): FailedLogins[] | undefined {
  const all = totalOf([...byOrigin.values()].map(({ count }) => count));
  if (all === undefined || [...byOrigin.values()].some(({ count, all: tried }) => !(count <= tried && Number.isFinite(tried))))
    return undefined;
  return [...byOrigin]
    .map(([name, { count, all: tried }]) => ({
      name,
      failed: count,
      shareOfFailed: shareOf(count, all),
      failureRate: shareOf(count, tried),
    }))
    .sort(byGreatest(({ failed }) => failed));
}
