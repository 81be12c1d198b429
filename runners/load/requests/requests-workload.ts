/** Requests written in YAML as a workload: each iteration draws a request, or a chain of steps, by its weight. */
import type { Scenario } from '../../../experiments/language/experiment.ts';
import { GOOD_OUTCOMES, type Outcome } from '../../../probes/slo/load-cells.ts';
import { FiredrillError } from '../../failure.ts';
import { Delays } from '../pacing/delays.ts';
import { createRandom, type Random } from '../pacing/random.ts';
import type { Schedule } from '../pacing/schedule.ts';
import type { AskedSeries } from '../recording/asked-series.ts';
import type { Recorder, SeriesRecorder } from '../recording/recorder.ts';
import type { Answer, Engine, Failure, LoadClock, Origin } from '../transport/engine.ts';
import { Engines } from '../transport/engines.ts';
import type { ConnectOptions } from '../transport/route.ts';
import type { UserOwner, VirtualUser, Workload } from '../workload.ts';
import { AliasTable } from './alias-table.ts';
import { tagsOfEnd } from './answer-tags.ts';
import { type PreparedIteration, type PreparedIterations, prepareIterations } from './iterations.ts';
import type { PreparedRequest } from './request-template.ts';
import { RequestUser } from './request-user.ts';

export interface RequestsOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly clock: LoadClock;
  readonly recorder: Pick<Recorder, 'series'>;
  /** What of answers somebody asks for; default nothing. */
  readonly asked?: Pick<AskedSeries, 'asksForAnswers' | 'ended'> | undefined;
  /** Wakes those who pause between two steps. */
  readonly schedule: Pick<Schedule, 'add' | 'remove' | 'wake'>;
  /** Connections at most. */
  readonly socketsMax: number;
  /** Ways of connecting. */
  readonly connect?: ConnectOptions | undefined;
  /** Told how late a later step of a chain was handed over. */
  readonly lag?: (ms: number) => void;
  /** Default: pools. */
  readonly openEngine?: ((origin: Origin) => Engine) | undefined;
}

export class RequestsWorkload implements Workload {
  /** For what belongs to no request in particular. */
  readonly series: SeriesRecorder;
  readonly clock: LoadClock;
  readonly delays: Delays;
  readonly prepared: PreparedIterations;
  readonly random: Random;
  readonly #options: RequestsOptions;
  readonly #engines: Engines;
  readonly #seriesOf = new Map<PreparedRequest, SeriesRecorder>();
  readonly #weights: AliasTable;
  readonly #users = new Set<RequestUser>();

  constructor(options: RequestsOptions) {
    const { scenario, seed, clock, recorder, socketsMax, openEngine } = options;
    this.#options = options;
    this.clock = clock;
    this.series = recorder.series(scenario.name, scenario.tags);
    this.random = createRandom(seed, `${scenario.name}/requests`);
    this.delays = new Delays(options.schedule);
    this.prepared = prepareIterations(scenario, seed);
    this.#weights = new AliasTable(this.prepared.all.map(({ weight }) => weight));
    this.#engines = new Engines({ ...options.connect, clock, socketsMax, open: openEngine });
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
    return this.#engines.retried;
  }

  warm(count: number): Promise<void> {
    return this.#engines.warm(count);
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
    this.#engines.sweep(nowMs);
  }

  close(): void {
    for (const user of this.#users) user.interruptPause();
    this.delays.stop();
    this.#engines.close();
  }

  /** The next iteration, by weight. */
  draw(): PreparedIteration | undefined {
    const { all } = this.prepared;
    return all[all.length === 1 ? 0 : this.#weights.draw(this.random)];
  }

  /** Made where it is first asked for; throws FiredrillError where there is no way. */
  engineOf(origin: Origin): Engine {
    return this.#engines.of(origin);
  }

  /** Whether the scenario's ways of connecting lead there: what its own requests ask is found out beforehand, not where redirects lead. */
  reaches(origin: Origin): boolean {
    try {
      this.engineOf(origin);
      return true;
    } catch (error) {
      if (error instanceof FiredrillError) return false;
      throw error;
    }
  }

  /** Only where somebody asks for what an answer tells, each answer must be kept for it. */
  get asksForAnswers(): boolean {
    return this.#options.asked?.asksForAnswers ?? false;
  }

  /** Where a request that was planned in a series counts, now that it has ended. */
  endedIn(planned: SeriesRecorder, outcome: Outcome, answer: Answer | undefined, failure: Failure | undefined): SeriesRecorder {
    const { asked } = this.#options;
    if (!asked?.asksForAnswers || outcome === 'dropped') return planned;
    return asked.ended(planned, tagsOfEnd(GOOD_OUTCOMES.has(outcome), answer, failure));
  }

  seriesOf(request: PreparedRequest): SeriesRecorder {
    return this.#seriesOf.get(request) ?? this.series;
  }

  lag(ms: number): void {
    this.#options.lag?.(ms);
  }
}
