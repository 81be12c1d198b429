/** A seeded choice of an exact share of keys: the same seed and keys give the same choice, in whatever order Redis tells them. */
import { createHash } from 'node:crypto';

/** Ranks keys by a hash of seed and key, and takes the first `share` of them, rounded to the nearest key. */
export function chooseKeys(
  keys: readonly Buffer[],
  share: number,
  seed: number,
): { readonly matched: number; readonly chosen: readonly Buffer[] } {
  const ranked = keys.map((key) => ({ key, rank: createHash('sha1').update(`${seed}:`).update(key).digest('hex') }));
  ranked.sort((left, right) => (left.rank < right.rank ? -1 : left.rank > right.rank ? 1 : 0));
  return { matched: keys.length, chosen: ranked.slice(0, Math.round(keys.length * share)).map(({ key }) => key) };
}
