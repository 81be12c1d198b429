/** Requests written in YAML as a workload: each iteration draws a request, or a chain of steps, by its weight. */
import type { Scenario } from '../../../experiments/language/experiment.ts';
import { Delays } from '../pacing/delays.ts';
import { createRandom, type Random } from '../pacing/random.ts';
import type { Schedule } from '../pacing/schedule.ts';
import type { Recorder, SeriesRecorder } from '../recording/recorder.ts';
import type { Engine, LoadClock, Origin } from '../transport/engine.ts';
import { Engines } from '../transport/engines.ts';
import type { ConnectOptions } from '../transport/route.ts';
import type { UserOwner, VirtualUser, Workload } from '../workload.ts';
import { AliasTable } from './alias-table.ts';
import { type PreparedIteration, type PreparedIterations, prepareIterations } from './iterations.ts';
import type { PreparedRequest } from './request-template.ts';
import { RequestUser } from './request-user.ts';

export interface RequestsOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly clock: LoadClock;
  readonly recorder: Pick<Recorder, 'series'>;
  /** Wakes those who pause between two steps. */
  readonly schedule: Pick<Schedule, 'add' | 'remove' | 'wake'>;
  /** Connections at most. */
  readonly socketsMax: number;
  /** Ways of connecting. */
  readonly connect?: ConnectOptions | undefined;
  /** Told how late a later step of a chain was handed over. */
  readonly lag?: (ms: number) => void;
  /** Default: pools of autocannon's clients, and of Node's for HTTP/2. */
  readonly openEngine?: ((origin: Origin, socketsMax: number) => Engine) | undefined;
}

export class RequestsWorkload implements Workload {
  /** For what belongs to no request in particular. */
  readonly series: SeriesRecorder;
  readonly clock: LoadClock;
  readonly delays: Delays;
  readonly prepared: PreparedIterations;
  readonly random: Random;
  readonly #options: RequestsOptions;
  readonly #shared: Engines;
  readonly #engines = new Map<string, Engine>();
  readonly #seriesOf = new Map<PreparedRequest, SeriesRecorder>();
  readonly #weights: AliasTable;
  readonly #users = new Set<RequestUser>();

  constructor(options: RequestsOptions) {
    const { scenario, seed, clock, recorder, socketsMax } = options;
    this.#options = options;
    this.clock = clock;
    this.series = recorder.series(scenario.name, scenario.tags);
    this.random = createRandom(seed, `${scenario.name}/requests`);
    this.delays = new Delays(options.schedule);
    this.prepared = prepareIterations(scenario, seed);
    this.#weights = new AliasTable(this.prepared.all.map(({ weight }) => weight));
    this.#shared = new Engines({ ...options.connect, clock, socketsMax });
    for (const { steps } of this.prepared.all) {
      for (const step of steps) {
        if (step.type === 'think') continue;
        const { request } = step;
        this.engineOf(request.origin);
        this.#seriesOf.set(request, request.tags ? recorder.series(scenario.name, scenario.tags, request.tags) : this.series);
      }
    }
  }

  get retried(): number {
    if (!this.#options.openEngine) return this.#shared.retried;
    return [...this.#engines.values()].reduce((sum, { retried }) => sum + retried, 0);
  }

  async warm(count: number): Promise<void> {
    const engines = [...this.#engines.values()];
    await Promise.all(engines.map((engine) => engine.warm(Math.ceil(count / engines.length))));
  }

  user(id: number, owner: UserOwner): VirtualUser {
    const user = new RequestUser(this, id, owner);
    this.#users.add(user);
    return user;
  }

  dropped(intendedMs: number, nowMs: number): void {
    this.series.planned(intendedMs);
    this.series.settled(intendedMs, Number.NaN, nowMs, 'dropped');
  }

  sweep(nowMs: number): void {
    if (!this.#options.openEngine) this.#shared.sweep(nowMs);
    else for (const engine of this.#engines.values()) engine.sweep(nowMs);
  }

  close(): void {
    for (const user of this.#users) user.interruptPause();
    this.delays.stop();
    this.#shared.close();
    for (const engine of this.#engines.values()) engine.close();
  }

  /** The next iteration, by weight. */
  draw(): PreparedIteration | undefined {
    const { all } = this.prepared;
    return all[all.length === 1 ? 0 : this.#weights.draw(this.random)];
  }

  /** Made where it is first asked for. */
  engineOf(origin: Origin): Engine {
    const { openEngine, socketsMax } = this.#options;
    if (!openEngine) return this.#remember(origin, this.#shared.of(origin));
    return this.#engines.get(origin.text) ?? this.#remember(origin, openEngine(origin, socketsMax));
  }

  seriesOf(request: PreparedRequest): SeriesRecorder {
    return this.#seriesOf.get(request) ?? this.series;
  }

  lag(ms: number): void {
    this.#options.lag?.(ms);
  }

  #remember(origin: Origin, engine: Engine): Engine {
    this.#engines.set(origin.text, engine);
    return engine;
  }
}
