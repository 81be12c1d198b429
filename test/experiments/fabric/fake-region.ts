/** A region by hand: a clock that only tests move, and a cache that keeps copies and leases on it. */
import type { Cache, Copy } from '../../../experiments/fabric/services/cache.ts';
import { Mutex } from '../../../experiments/fabric/services/mutex.ts';

interface Kept<Value> {
  readonly value: Value;
  readonly untilMs: number;
}

export class FakeRegion {
  nowMs = 1_000_000;
  /** The cache refuses every command while this is set. */
  cacheIsGone = false;
  readonly #copies = new Map<string, Kept<Copy>>();
  readonly #leases = new Map<string, Kept<string>>();
  #timers: { readonly atMs: number; readonly call: () => void }[] = [];
  #tokens = 0;

  readonly cache: Cache = {
    get: async (key) => this.#alive(this.#copies, key),
    set: async (key, copy, keepMs) => {
      this.#check();
      this.#copies.set(key, { value: copy, untilMs: this.nowMs + keepMs });
    },
    acquire: async (name, token, leaseMs) => {
      if (this.#alive(this.#leases, name) !== undefined) return false;
      this.#leases.set(name, { value: token, untilMs: this.nowMs + leaseMs });
      return true;
    },
    renew: async (name, token, leaseMs) => {
      if (this.#alive(this.#leases, name) !== token) return false;
      this.#leases.set(name, { value: token, untilMs: this.nowMs + leaseMs });
      return true;
    },
    release: async (name, token) => {
      if (this.#alive(this.#leases, name) === token) this.#leases.delete(name);
    },
  };

  /** A process of the region: its own mutex over the shared cache. `die` stops its renewals; what it awaits never comes. */
  process(): { readonly mutex: Mutex<Copy | undefined>; readonly die: () => void } {
    let alive = true;
    const mutex = new Mutex<Copy | undefined>({
      cache: this.cache,
      leaseMs: 1500,
      pollMs: 25,
      waitMs: 6000,
      now: () => this.nowMs,
      sleep: (ms) => this.sleep(ms),
      token: () => `token-${++this.#tokens}`,
      every: (ms, call) => {
        let on = true;
        const again = () => {
          if (!on || !alive) return;
          call();
          this.#at(this.nowMs + ms, again);
        };
        this.#at(this.nowMs + ms, again);
        return () => {
          on = false;
        };
      },
    });
    return {
      mutex,
      die: () => {
        alive = false;
      },
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#at(this.nowMs + ms, resolve));
  }

  /** Lets `ms` go by: every timer that is due in them fires at its time, and what waits on it runs. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    await settle();
    for (;;) {
      const next = this.#timers.toSorted((one, other) => one.atMs - other.atMs)[0];
      if (!next || next.atMs > untilMs) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.nowMs = next.atMs;
      next.call();
      await settle();
    }
    this.nowMs = untilMs;
  }

  #at(atMs: number, call: () => void): void {
    this.#timers.push({ atMs, call });
  }

  #check(): void {
    if (this.cacheIsGone) throw new Error('the cache is gone');
  }

  #alive<Value>(kept: ReadonlyMap<string, Kept<Value>>, key: string): Value | undefined {
    this.#check();
    const found = kept.get(key);
    return found && found.untilMs > this.nowMs ? found.value : undefined;
  }
}

/** Lets everything that is ready run: promises resolve in turns, and a turn of the event loop comes after all of them. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
