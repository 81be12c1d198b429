/**
 * Cache-aside with two protections, each with its switch:
 *
 *   mutex          on a miss one reader asks the database and the others wait for its copy; off: every miss asks
 *   stale serving  a replica that is behind, or gone, is answered for by what there is, marked stale; off: Unavailable
 */
import type { Cache, Copy } from './cache.ts';
import { freshForMs, isBehind, isStale, type Life, type Source } from './freshness.ts';
import type { Mutex } from './mutex.ts';

/** What the database says; undefined where it knows no such thing. */
export type Read = (name: string) => Promise<Omit<Copy, 'readAtMs' | 'freshUntilMs'> | undefined>;

export interface Served {
  readonly copy: Copy;
  readonly stale: boolean;
  readonly cache: 'hit' | 'miss';
}

/** Nothing that may be served: the database is behind or gone and stale serving is off, or there is no copy at all. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

export interface ReadThroughOptions {
  readonly prefix: string;
  readonly cache: Cache;
  readonly read: Read;
  readonly life: Life;
  /** How long a copy is kept beyond its time, for stale serving. */
  readonly keepMs: number;
  /** How long a copy from a replica that is behind is served before the replica is asked again. */
  readonly behindMs: number;
  readonly staleAfterMs: number;
  readonly staleServing: boolean;
  /** Undefined where the mutex is switched off. */
  readonly mutex: Mutex<Copy | undefined> | undefined;
  readonly now: () => number;
  readonly random: () => number;
}

export class ReadThrough {
  readonly #options: ReadThroughOptions;

  constructor(options: ReadThroughOptions) {
    this.#options = options;
  }

  /** Serves a thing by its name; undefined where there is none. Throws Unavailable. */
  async serve(name: string): Promise<Served | undefined> {
    const key = `${this.#options.prefix}:${name}`;
    const kept = await this.#options.cache.get(key).catch(() => undefined);
    if (kept && this.#isFresh(kept)) return this.#answer(kept, 'hit');
    try {
      const copy = await this.#fill(key, name);
      return copy && this.#answer(copy, 'read');
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      if (kept && this.#options.staleServing) return this.#answer(kept, 'kept');
      throw new Unavailable(`the replica cannot be read and there is no copy of ${key} to serve`, { cause: error });
    }
  }

  /** Keeps a copy that was read in bulk, as if it had been asked for, or with a life of its own. */
  async keep(name: string, found: Omit<Copy, 'readAtMs' | 'freshUntilMs'>, life: Life = this.#options.life): Promise<void> {
    const { cache, keepMs, prefix } = this.#options;
    await cache.set(`${prefix}:${name}`, this.#stamp(found, life), life.ttlMs + keepMs);
  }

  #isFresh(copy: Copy): boolean {
    return copy.freshUntilMs > this.#options.now();
  }

  #answer(copy: Copy, source: Source): Served {
    const stale = isStale(copy, source, this.#options.staleAfterMs);
    if (stale && !this.#options.staleServing) throw new Unavailable(`the replica is more than ${this.#options.staleAfterMs} ms behind`);
    return { copy, stale, cache: source === 'hit' ? 'hit' : 'miss' };
  }

  async #fill(key: string, name: string): Promise<Copy | undefined> {
    const { cache, mutex } = this.#options;
    const work = () => this.#readAndKeep(key, name);
    if (!mutex) return work();
    const arrived = async () => {
      const copy = await cache.get(key).catch(() => undefined);
      return copy && this.#isFresh(copy) ? copy : undefined;
    };
    return mutex.once(key, arrived, work);
  }

  async #readAndKeep(key: string, name: string): Promise<Copy | undefined> {
    const { read, cache, life, keepMs } = this.#options;
    const found = await read(name);
    if (!found) return undefined;
    const copy = this.#stamp(found, life);
    await cache.set(key, copy, life.ttlMs + keepMs).catch(() => undefined);
    return copy;
  }

  #stamp(found: Omit<Copy, 'readAtMs' | 'freshUntilMs'>, life: Life): Copy {
    const { now, random, behindMs, staleAfterMs } = this.#options;
    const read: Copy = { ...found, readAtMs: now(), freshUntilMs: 0 };
    return { ...read, freshUntilMs: read.readAtMs + freshForMs(isBehind(read, staleAfterMs), life, behindMs, random()) };
  }
}
