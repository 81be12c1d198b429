/** All engines of one scenario: a pool for each origin that it asks, over one body budget, with the scenario's ways of connecting. */
import type { Engine, LoadClock, Origin } from './engine.ts';
import { BodyBudget } from './kept-body.ts';
import { Pool } from './pool.ts';
import type { ConnectOptions } from './route.ts';

/** Origins at most: a script that makes up hosts must not keep pools for all of them. */
export const ORIGINS_MAX = 1024;

export interface EnginesOptions extends ConnectOptions {
  readonly clock: LoadClock;
  /** Connections at most, to each origin. */
  readonly socketsMax: number;
}

export class Engines {
  readonly #options: EnginesOptions;
  readonly #budget = new BodyBudget();
  readonly #byOrigin = new Map<string, Engine>();
  #retiredRetries = 0;
  #closed = false;

  constructor(options: EnginesOptions) {
    this.#options = options;
  }

  /** Requests that were sent a second time. */
  get retried(): number {
    return [...this.#byOrigin.values()].reduce((sum, { retried }) => sum + retried, this.#retiredRetries);
  }

  /** The engine for an origin, made when it is first asked for. Throws FiredrillError where there is no way to it (routeTo). */
  of(origin: Origin): Engine {
    const found = this.#byOrigin.get(origin.text);
    if (found) return found;
    if (this.#byOrigin.size >= ORIGINS_MAX) this.#retireOldest();
    const pool = new Pool({ ...this.#options, origin, budget: this.#budget });
    if (this.#closed) pool.close();
    this.#byOrigin.set(origin.text, pool);
    return pool;
  }

  sweep(nowMs: number): void {
    for (const engine of this.#byOrigin.values()) engine.sweep(nowMs);
  }

  close(): void {
    this.#closed = true;
    for (const engine of this.#byOrigin.values()) engine.close();
  }

  /** What is still under way there settles as `dropped`. */
  #retireOldest(): void {
    const [first] = this.#byOrigin;
    if (!first) return;
    const [text, engine] = first;
    this.#byOrigin.delete(text);
    engine.close();
    this.#retiredRetries += engine.retried;
  }
}
