/** The hot key: which key takes the greatest share of all requests. Below 1 % is healthy. */
import type { SpaceSaving } from './space-saving.ts';

/** The key that is known for the greatest share, and the bounds between which the greatest share of any key lies, both 0 … 1. */
export interface HotKey {
  readonly key: string;
  readonly shareAtLeast: number;
  readonly shareAtMost: number;
}

/**
 * By Space-Saving, from the greatest (count − error) / N, which the key has for certain, to the greatest count / N, which no key exceeds; they lie
 * 1 / capacity apart at most. Undefined where nothing was counted.
 */
export function hotKey(keys: SpaceSaving): HotKey | undefined {
  const kept = keys.keys();
  const hottest = kept.toSorted((one, other) => other.count - other.error - (one.count - one.error))[0];
  const most = kept[0]?.count;
  if (!hottest || most === undefined) return undefined;
  return { key: hottest.name, shareAtLeast: (hottest.count - hottest.error) / keys.total, shareAtMost: most / keys.total };
}
