/** Requests written in YAML as a workload: each iteration draws one by its weight, sends it, checks the answer and counts it. */
import type { Scenario } from '../../../experiments/language/experiment.ts';
import { ANSWERS, type Outcome } from '../../../probes/slo/load-cells.ts';
import { createRandom, type Random } from '../pacing/random.ts';
import type { SeriesRecorder } from '../recording/recorder.ts';
import type { Answer, Engine, Job, LoadClock, Origin } from '../transport/engine.ts';
import { Engines } from '../transport/engines.ts';
import type { RequestMessage } from '../transport/message.ts';
import type { UserOwner, VirtualUser, Workload } from '../workload.ts';
import { AliasTable } from './alias-table.ts';
import { createDraw } from './data.ts';
import { type PreparedRequest, prepareRequest } from './request-template.ts';

export interface RequestsOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly clock: LoadClock;
  readonly series: SeriesRecorder;
  /** Connections at most. */
  readonly socketsMax: number;
  /** Default: a pool of autocannon's clients. */
  readonly openEngine?: ((origin: Origin, socketsMax: number) => Engine) | undefined;
}

/** Makes all requests of a scenario ready; throws FiredrillError where one cannot be. The runner does it beforehand, to refuse early. */
export function prepareRequests(scenario: Scenario, seed: number): readonly PreparedRequest[] {
  const draws = new Map(
    Object.entries(scenario.data).map(([name, generator]) => [name, createDraw(generator, createRandom(seed, `${scenario.name}/${name}`))]),
  );
  return scenario.requests.map((request) => prepareRequest(request, scenario, draws));
}

/** What a virtual user holds before its first request. */
const NO_MESSAGE: RequestMessage = { method: 'GET', target: '/', authority: '', headers: [], body: undefined };

/** A request, and what carries it. */
interface Carried {
  readonly request: PreparedRequest;
  readonly engine: Engine;
}

export class RequestsWorkload implements Workload {
  readonly series: SeriesRecorder;
  readonly timeoutMs: number;
  readonly #requests: readonly Carried[];
  readonly #engines: readonly Engine[];
  readonly #weights: AliasTable;
  readonly #random: Random;

  constructor({ scenario, seed, clock, series, socketsMax, openEngine }: RequestsOptions) {
    this.series = series;
    this.timeoutMs = scenario.timeout.ms;
    this.#random = createRandom(seed, `${scenario.name}/requests`);
    const prepared = prepareRequests(scenario, seed);
    this.#weights = new AliasTable(prepared.map(({ weight }) => weight));
    const shared = new Engines({ clock, socketsMax });
    const open = openEngine ?? ((origin: Origin) => shared.of(origin));
    const origins = new Map(prepared.map(({ origin }) => [origin.text, origin]));
    const engines = new Map([...origins].map(([text, origin]) => [text, open(origin, socketsMax)]));
    this.#engines = [...engines.values()];
    this.#requests = prepared.flatMap((request) => {
      const engine = engines.get(request.origin.text);
      return engine ? [{ request, engine }] : [];
    });
  }

  get retried(): number {
    return this.#engines.reduce((sum, engine) => sum + engine.retried, 0);
  }

  async warm(count: number): Promise<void> {
    await Promise.all(this.#engines.map((engine) => engine.warm(Math.ceil(count / this.#engines.length))));
  }

  user(_id: number, owner: UserOwner): VirtualUser {
    return new RequestUser(this, owner);
  }

  dropped(intendedMs: number, nowMs: number): void {
    this.series.planned(intendedMs);
    this.series.settled(intendedMs, Number.NaN, nowMs, 'dropped');
  }

  sweep(nowMs: number): void {
    for (const engine of this.#engines) engine.sweep(nowMs);
  }

  close(): void {
    for (const engine of this.#engines) engine.close();
  }

  /** The next request, by weight. */
  draw(): Carried | undefined {
    return this.#requests[this.#requests.length === 1 ? 0 : this.#weights.draw(this.#random)];
  }
}

/** Sends one request an iteration, and is itself what the engine carries. */
class RequestUser implements VirtualUser, Job {
  message: RequestMessage = NO_MESSAGE;
  replayable = false;
  keep: Job['keep'] = 'nothing';
  deadlineMs = 0;
  readonly #workload: RequestsWorkload;
  readonly #owner: UserOwner;
  #carried: Carried | undefined;
  #intendedMs = 0;
  #sentMs = Number.NaN;

  constructor(workload: RequestsWorkload, owner: UserOwner) {
    this.#workload = workload;
    this.#owner = owner;
  }

  iterate(intendedMs: number, nowMs: number): void {
    const carried = this.#workload.draw();
    this.#carried = carried;
    if (!carried) return;
    const { request } = carried;
    this.message = request.message();
    this.replayable = request.replayable;
    this.keep = request.keep;
    this.deadlineMs = nowMs + this.#workload.timeoutMs;
    this.#intendedMs = intendedMs;
    this.#sentMs = Number.NaN;
    this.#workload.series.planned(intendedMs);
    carried.engine.send(this);
  }

  interrupt(): void {
    this.#carried?.engine.cancel(this);
  }

  sent(atMs: number): void {
    if (Number.isNaN(this.#sentMs)) this.#workload.series.sent(this.#intendedMs);
    this.#sentMs = atMs;
  }

  settle(outcome: Outcome, atMs: number, answer: Answer | undefined): void {
    const { series } = this.#workload;
    series.settled(this.#intendedMs, this.#sentMs, atMs, outcome);
    if (outcome !== 'dropped') {
      for (const check of this.#carried?.request.checks ?? []) {
        series.check(this.#intendedMs, check.name, answer !== undefined && check.passes(answer));
      }
    }
    this.#carried = undefined;
    this.#owner.ended(outcome === 'dropped' ? 'interrupted' : ANSWERS.has(outcome) ? 'completed' : 'failed');
  }
}
