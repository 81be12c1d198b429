/**
 * One read at a time for each key, over all processes of a region.
 *
 *   in one process    all who ask for a key share one promise
 *   between processes a lease in the cache: SET NX PX with a token of the holder's own, renewed while it works
 *
 * Whoever does not get the lease looks every few ms whether the copy has arrived or the lease is free; so a holder that
 * dies in the middle of its read is followed by another when the lease runs out, and nobody has to notice its death.
 * Without a cache to agree through, each process reads for itself, still once a key.
 */
import type { Cache } from './cache.ts';

export interface MutexOptions {
  readonly cache: Pick<Cache, 'acquire' | 'renew' | 'release'>;
  readonly leaseMs: number;
  /** How often a waiter looks. */
  readonly pollMs: number;
  /** How long a waiter waits at most. */
  readonly waitMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly token: () => string;
  /** Calls back every so many ms until the returned function is called. */
  readonly every: (ms: number, call: () => void) => () => void;
}

/** No turn came within `waitMs`. */
export class MutexTimeout extends Error {
  override readonly name = 'MutexTimeout';
}

/** Renewals within the length of a lease: two may be lost before it is. */
const RENEWALS_PER_LEASE = 3;

export class Mutex<Value> {
  readonly #options: MutexOptions;
  readonly #running = new Map<string, Promise<Value>>();

  constructor(options: MutexOptions) {
    this.#options = options;
  }

  /** Runs `work` unless it is running already, here or elsewhere; `arrived` finds what another's work has left in the cache. */
  async once(key: string, arrived: () => Promise<Value | undefined>, work: () => Promise<Value>): Promise<Value> {
    const running = this.#running.get(key);
    if (running) return running;
    const turn = this.#takeTurn(key, arrived, work).finally(() => this.#running.delete(key));
    this.#running.set(key, turn);
    return turn;
  }

  async #takeTurn(key: string, arrived: () => Promise<Value | undefined>, work: () => Promise<Value>): Promise<Value> {
    const { leaseMs, pollMs, waitMs, now, sleep } = this.#options;
    const token = this.#options.token();
    const name = `lock:${key}`;
    const giveUpAtMs = now() + waitMs;
    while (!(await this.#acquire(name, token, leaseMs))) {
      if (now() >= giveUpAtMs) throw new MutexTimeout(`${key} was being read by another for more than ${waitMs} ms`);
      await sleep(pollMs);
      const found = await arrived();
      if (found !== undefined) return found;
    }
    return this.#hold(name, token, arrived, work);
  }

  async #acquire(name: string, token: string, leaseMs: number): Promise<boolean> {
    return this.#options.cache.acquire(name, token, leaseMs).catch(() => true);
  }

  /** With the lease in hand: looks once more (the one before may have just finished), then works, renewing the lease. */
  async #hold(name: string, token: string, arrived: () => Promise<Value | undefined>, work: () => Promise<Value>): Promise<Value> {
    const { cache, leaseMs, every } = this.#options;
    const stop = every(leaseMs / RENEWALS_PER_LEASE, () => void cache.renew(name, token, leaseMs).catch(() => false));
    try {
      return (await arrived()) ?? (await work());
    } finally {
      stop();
      await cache.release(name, token).catch(() => undefined);
    }
  }
}
