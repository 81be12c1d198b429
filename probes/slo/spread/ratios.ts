/** A ratio by name (error rate per tenant, cache hit ratio per node), and how far the best and the worst lie apart. */
import { shareOf } from './amounts.ts';

/** `count` of `all`: failed requests of all, hits of all lookups. */
export interface Ratio {
  readonly count: number;
  readonly all: number;
}

/** A name and its ratio, 0 … 1; undefined where there is nothing to take a share of. */
export interface NamedRatio {
  readonly name: string;
  readonly ratio: number | undefined;
}

/** count / all of each, in the order of the map; undefined where `all` is 0, or where either is no count. */
export function ratiosOf(byName: ReadonlyMap<string, Ratio>): NamedRatio[] {
  return [...byName].map(([name, { count, all }]) => ({ name, ratio: shareOf(count, all) }));
}

/** The names with the least and the greatest ratio. Undefined where there are no names, or where the ratio of one is: it might be either. */
export function extremesOf(byName: ReadonlyMap<string, Ratio>): { readonly least: NamedRatio; readonly greatest: NamedRatio } | undefined {
  const known = ratiosOf(byName);
  if (known.some(({ ratio }) => ratio === undefined)) return undefined;
  const sorted = known.toSorted((one, other) => (one.ratio ?? 0) - (other.ratio ?? 0));
  const [least, greatest] = [sorted[0], sorted.at(-1)];
  return least && greatest && { least, greatest };
}
