/** All engines of one scenario: a pool for each origin that it asks, over one body budget, with the scenario's ways of connecting. */
import type { Engine, LoadClock, Origin } from './engine.ts';
import { BodyBudget } from './kept-body.ts';
import { Pool } from './pool.ts';
import type { ConnectOptions } from './route.ts';

/** Origins at most: a script that makes up hosts, or a target that redirects to such, must not keep pools for all of them. The one that was asked longest ago goes. */
export const ORIGINS_MAX = 1024;

export interface EnginesOptions extends ConnectOptions {
  readonly clock: LoadClock;
  /** Connections at most, to each origin. */
  readonly socketsMax: number;
  /** Default: a pool of autocannon's clients, and of Node's for HTTP/2. */
  readonly open?: ((origin: Origin) => Engine) | undefined;
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
    if (found) return this.#asked(origin.text, found);
    if (this.#byOrigin.size >= ORIGINS_MAX) this.#retireOldest();
    const engine = this.#options.open?.(origin) ?? new Pool({ ...this.#options, origin, budget: this.#budget });
    if (this.#closed) engine.close();
    this.#byOrigin.set(origin.text, engine);
    return engine;
  }

  /** Makes so many connections ready, shared evenly by the origins that were asked for. Resolves when each attempt has come to something. */
  async warm(count: number): Promise<void> {
    const engines = [...this.#byOrigin.values()];
    await Promise.all(engines.map((engine) => engine.warm(Math.ceil(count / engines.length))));
  }

  sweep(nowMs: number): void {
    for (const engine of this.#byOrigin.values()) engine.sweep(nowMs);
  }

  close(): void {
    this.#closed = true;
    for (const engine of this.#byOrigin.values()) engine.close();
  }

  /** Moves an engine to the end of those that go; while there are few, none will. */
  #asked(text: string, engine: Engine): Engine {
    if (this.#byOrigin.size < ORIGINS_MAX / 2) return engine;
    this.#byOrigin.delete(text);
    this.#byOrigin.set(text, engine);
    return engine;
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
