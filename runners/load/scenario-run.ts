/**
 * One scenario at work in the generator: its requests made ready, its connections, its driver, and its end. It ends when
 * the driver has started its last request and all are answered, or when gracefulStop is over: what is still open then
 * is `dropped`.
 */
import type { Scenario } from '../../experiments/language/experiment.ts';
import { GOOD_OUTCOMES, type Outcome } from '../../probes/slo/load-cells.ts';
import { AliasTable } from './alias-table.ts';
import { createDraw } from './data.ts';
import { driveClosedLoop } from './drivers/closed-loop.ts';
import type { Launcher } from './drivers/launcher.ts';
import { driveOpenLoop } from './drivers/open-loop.ts';
import type { Answer, Engine, Job, LoadClock, Origin } from './engine.ts';
import type { ExecutorPlan } from './executors/executor.ts';
import type { Gauges } from './gauges.ts';
import { Pool } from './pool.ts';
import { createRandom, type Random } from './random.ts';
import type { SeriesRecorder } from './recorder.ts';
import { type PreparedRequest, prepareRequest } from './request-template.ts';
import type { Schedule } from './schedule.ts';
import { NOTHING, type ScenarioTotals } from './totals.ts';

export interface ScenarioRunOptions {
  readonly scenario: Scenario;
  readonly plan: ExecutorPlan;
  readonly seed: number;
  readonly clock: LoadClock;
  readonly schedule: Schedule;
  readonly series: SeriesRecorder;
  readonly gauges: Pick<Gauges, 'lag'>;
  /** Default: a pool of autocannon's clients. */
  readonly openEngine?: (origin: Origin, socketsMax: number) => Engine;
}

/** Makes all requests of a scenario ready; throws FiredrillError where one cannot be. The runner does it beforehand, to refuse early. */
export function prepareRequests(scenario: Scenario, seed: number): readonly PreparedRequest[] {
  const draws = new Map(
    Object.entries(scenario.data).map(([name, generator]) => [name, createDraw(generator, createRandom(seed, `${scenario.name}/${name}`))]),
  );
  return scenario.requests.map((request) => prepareRequest(request, scenario, draws));
}

export class ScenarioRun implements Launcher {
  readonly plan: ExecutorPlan;
  readonly clock: LoadClock;
  readonly schedule: Schedule;
  readonly totals: ScenarioTotals = { ...NOTHING };
  /** Resolves when every arrival has its outcome. */
  readonly done: Promise<void>;
  underWay = 0;
  readonly #options: ScenarioRunOptions;
  readonly #requests: readonly { readonly request: PreparedRequest; readonly engine: Engine }[];
  readonly #engines: readonly Engine[];
  readonly #weights: AliasTable;
  readonly #random: Random;
  #resolve: () => void = () => {};
  #end: () => void = () => {};
  #graceTimer: NodeJS.Timeout | undefined;
  #finished = false;

  constructor(options: ScenarioRunOptions) {
    const { scenario, plan, seed, clock } = options;
    this.#options = options;
    this.plan = plan;
    this.clock = clock;
    this.schedule = options.schedule;
    this.#random = createRandom(seed, `${scenario.name}/requests`);
    const prepared = prepareRequests(scenario, seed);
    this.#weights = new AliasTable(prepared.map(({ weight }) => weight));
    const socketsMax = plan.model === 'open' ? plan.maxVUs : plan.vus;
    const open = options.openEngine ?? ((origin) => new Pool({ origin, clock, socketsMax }));
    const origins = new Map(prepared.map(({ origin }) => [origin.text, origin]));
    const engines = new Map([...origins].map(([text, origin]) => [text, open(origin, socketsMax)]));
    this.#engines = [...engines.values()];
    this.#requests = prepared.flatMap((request) => {
      const engine = engines.get(request.origin.text);
      return engine ? [{ request, engine }] : [];
    });
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Opens connections ahead of the first request. */
  async warm(): Promise<void> {
    const { plan } = this;
    const count = plan.model === 'open' ? plan.preAllocatedVUs : plan.vus;
    await Promise.all(this.#engines.map((engine) => engine.warm(Math.ceil(count / this.#engines.length))));
  }

  /** Starts the driver; `beginMs` on the run's clock. */
  begin(beginMs: number): void {
    const { plan } = this;
    if (this.#finished) return;
    this.#end = plan.model === 'open' ? driveOpenLoop(this, plan, beginMs) : driveClosedLoop(this, plan, beginMs);
  }

  /** Starts nothing any more, and gives what is under way this long. */
  stop(graceMs: number): void {
    this.#end();
    this.#finish(graceMs);
  }

  sweep(nowMs: number): void {
    for (const engine of this.#engines) engine.sweep(nowMs);
  }

  launch(intendedMs: number, nowMs: number, settled?: (outcome: Outcome) => void): void {
    const chosen = this.#requests[this.#requests.length === 1 ? 0 : this.#weights.draw(this.#random)];
    if (!chosen) return;
    this.#plannedOne(intendedMs, nowMs);
    this.underWay += 1;
    chosen.engine.send(new Attempt(this, chosen.request, intendedMs, nowMs + this.#options.scenario.timeout.ms, settled));
  }

  drop(intendedMs: number, nowMs: number): void {
    this.#plannedOne(intendedMs, nowMs);
    this.totals.dropped += 1;
    this.#options.series.settled(intendedMs, Number.NaN, nowMs, 'dropped');
  }

  finished(): void {
    this.#finish(this.#options.scenario.gracefulStop.ms);
  }

  sentOne(intendedMs: number): void {
    this.totals.sent += 1;
    this.#options.series.sent(intendedMs);
  }

  settledOne(attempt: Attempt, outcome: Outcome, atMs: number, answer: Answer | undefined): void {
    const { series } = this.#options;
    const { intendedMs, request } = attempt;
    series.settled(intendedMs, attempt.sentMs, atMs, outcome);
    if (outcome === 'dropped') this.totals.dropped += 1;
    else this.totals[GOOD_OUTCOMES.has(outcome) ? 'ok' : 'failed'] += 1;
    if (outcome !== 'dropped') {
      for (const check of request.checks) series.check(intendedMs, check.name, answer !== undefined && check.passes(answer));
    }
    this.underWay -= 1;
    if (this.#finished && this.underWay === 0) this.#close();
  }

  #plannedOne(intendedMs: number, nowMs: number): void {
    this.totals.planned += 1;
    this.#options.series.planned(intendedMs);
    this.#options.gauges.lag(nowMs - intendedMs);
  }

  #finish(graceMs: number): void {
    this.#finished = true;
    clearTimeout(this.#graceTimer);
    if (this.underWay === 0) this.#close();
    else this.#graceTimer = setTimeout(() => this.#close(), graceMs);
  }

  #close(): void {
    clearTimeout(this.#graceTimer);
    this.totals.retried = this.#engines.reduce((sum, engine) => sum + engine.retried, 0);
    for (const engine of this.#engines) engine.close();
    this.#resolve();
  }
}

/** One request on its way, from the moment it was handed over to its outcome. */
class Attempt implements Job {
  readonly payload: string | Buffer;
  readonly intendedMs: number;
  readonly deadlineMs: number;
  readonly request: PreparedRequest;
  sentMs = Number.NaN;
  readonly #run: ScenarioRun;
  readonly #settled: ((outcome: Outcome) => void) | undefined;

  constructor(
    run: ScenarioRun,
    request: PreparedRequest,
    intendedMs: number,
    deadlineMs: number,
    settled: ((outcome: Outcome) => void) | undefined,
  ) {
    this.#run = run;
    this.#settled = settled;
    this.request = request;
    this.intendedMs = intendedMs;
    this.deadlineMs = deadlineMs;
    this.payload = request.payload();
  }

  get head(): boolean {
    return this.request.head;
  }

  get replayable(): boolean {
    return this.request.replayable;
  }

  get keep(): Job['keep'] {
    return this.request.keep;
  }

  sent(atMs: number): void {
    if (Number.isNaN(this.sentMs)) this.#run.sentOne(this.intendedMs);
    this.sentMs = atMs;
  }

  settle(outcome: Outcome, atMs: number, answer: Answer | undefined): void {
    this.#run.settledOne(this, outcome, atMs, answer);
    this.#settled?.(outcome);
  }
}
