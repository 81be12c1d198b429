/** Filling the cache at the start, so that a region is drillable at once: the working set in one cheap read, what is there already left alone. */
import type { Cache } from './cache.ts';
import type { Found } from './replica.ts';

/** Without replica or cache a service still starts after this long, with what there is. */
export const WARM_MS_MAX = 30_000;
const AGAIN_MS = 200;

export interface Warming {
  readonly cache: Pick<Cache, 'get'>;
  readonly readAll: () => Promise<readonly (Found & { readonly name: string })[]>;
  readonly keep: (name: string, found: Found) => Promise<void>;
  readonly key: (name: string) => string;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Tries until it has worked or WARM_MS_MAX are over; true where it has worked. */
export async function warmCache(warming: Warming): Promise<boolean> {
  const giveUpAtMs = warming.now() + WARM_MS_MAX;
  while (warming.now() < giveUpAtMs) {
    try {
      await fill(warming);
      return true;
    } catch {
      await warming.sleep(AGAIN_MS);
    }
  }
  return false;
}

async function fill({ cache, readAll, keep, key, now }: Warming): Promise<void> {
  const all = await readAll();
  if (all.length === 0) throw new Error('the replica holds no working set yet');
  for (const { name, ...found } of all) {
    const kept = await cache.get(key(name));
    if (!kept || kept.freshUntilMs <= now()) await keep(name, found);
  }
}
