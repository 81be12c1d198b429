/**
 * The connections of one scenario to one origin. A job takes the connection that was busy last, else waits in line for
 * whichever comes first: one that is freed, or one that is being opened. Dials belong to no job, so that a slow
 * handshake holds up nobody who could go elsewhere; a dial that fails takes the job at the head of the line with it,
 * so that a dead target costs one attempt an arrival; and a job that times out in line takes a lost dial with it, so that
 * those after it dial anew. Each connection is of HTTP/1.1 or of HTTP/2, as it was agreed; until the first has said
 * which, and how many requests it carries, one dial will do, and then as many as those that wait need.
 */
import type { Outcome } from '../../../probes/slo/load-cells.ts';
import { Fifo } from '../fifo.ts';
import type { Carrier, CarrierOwner } from './carrier.ts';
import { type Connection, Dial, type DialOwner } from './dial.ts';
import type { Engine, Failure, Job, LoadClock, Origin } from './engine.ts';
import { GatedClient } from './gated-client.ts';
import { Http2Client } from './http2-client.ts';
import { BodyBudget } from './kept-body.ts';
import { BODY_SENT_MAX, type RequestMessage, throughProxy } from './message.ts';
import { Openings } from './openings.ts';
import { FAILURES } from './outcomes.ts';
import { type ConnectOptions, type Route, routeTo } from './route.ts';

/** Connections at most, whatever was asked for. */
export const SOCKETS_MAX = 4096;

export interface PoolOptions extends ConnectOptions {
  readonly origin: Origin;
  readonly clock: LoadClock;
  readonly socketsMax: number;
  /** Of bodies that are kept; default one of its own. */
  readonly budget?: BodyBudget | undefined;
}

interface Waiting {
  readonly job: Job;
  readonly sinceMs: number;
}

export class Pool implements Engine, CarrierOwner, DialOwner {
  readonly #options: PoolOptions;
  readonly #clock: LoadClock;
  readonly #socketsMax: number;
  readonly #budget: BodyBudget;
  readonly #route: Route;
  readonly #openings = new Openings();
  readonly #carriers = new Set<Carrier>();
  readonly #ready: Carrier[] = [];
  #newest: Carrier | undefined;
  /** Clients whose connection is gone, to be used again. */
  readonly #cold: GatedClient[] = [];
  readonly #waiting = new Fifo<Waiting>();
  /** Jobs to be sent anew: only over a connection that was opened for it, so that it happens once. */
  readonly #again = new Fifo<Waiting>();
  /** One connection is expected to carry many. */
  #multiplexed: boolean;
  #warming = 0;
  #warmed: (() => void) | undefined;
  #closed = false;
  #retried = 0;

  /** Throws FiredrillError where there is no way to the origin (routeTo). */
  constructor(options: PoolOptions) {
    this.#options = options;
    this.#route = routeTo(options.origin, options);
    this.#multiplexed = this.#route.maybeHttp2;
    this.#clock = options.clock;
    this.#socketsMax = Math.max(1, Math.min(SOCKETS_MAX, options.socketsMax));
    this.#budget = options.budget ?? new BodyBudget();
  }

  get retried(): number {
    return this.#retried;
  }

  /** Connections that exist or are being opened. */
  get sockets(): number {
    return this.#carriers.size + this.#openings.size;
  }

  warm(count: number): Promise<void> {
    this.#warming = this.#closed ? 0 : Math.min(count, this.#socketsMax);
    return new Promise((resolve) => {
      this.#warmed = resolve;
      this.#open();
      this.#finishWarming();
    });
  }

  send(job: Job): void {
    const { body } = job.message;
    if (body !== undefined && body.length > BODY_SENT_MAX) {
      job.settle('dropped', this.#clock.nowMs(), undefined, FAILURES.bodyTooLarge);
      return;
    }
    let carrier = this.#ready.pop();
    while (carrier && !carrier.free) carrier = this.#ready.pop();
    if (carrier) {
      carrier.send(job, Number.NaN, false);
      if (carrier.free) this.#ready.push(carrier);
    } else if (this.#closed) {
      job.settle('dropped', this.#clock.nowMs(), undefined, FAILURES.givenUp);
    } else {
      this.#waiting.push({ job, sinceMs: this.#clock.nowMs() });
      this.#open();
    }
  }

  cancel(job: Job): void {
    const meant = (each: Job) => each === job;
    const found = [...this.#takeWaiting(meant), ...this.#takeCarried(meant)];
    if (found.length === 0) return;
    this.#open();
    for (const each of found) each.settle('dropped', this.#clock.nowMs(), undefined, FAILURES.givenUp);
  }

  sweep(nowMs: number): void {
    const overdue = ({ deadlineMs }: Job) => deadlineMs <= nowMs;
    const inVain = this.#takeWaiting(overdue);
    for (const job of inVain) job.settle('timeout', nowMs, undefined, FAILURES.waitedTooLong);
    for (const job of this.#takeCarried(overdue)) job.settle('timeout', nowMs, undefined, FAILURES.deadline);
    const givenUp = this.#openings.sweep(nowMs, inVain.length);
    this.#warming = Math.max(0, this.#warming - givenUp);
    this.#open();
    this.#finishWarming();
  }

  close(): void {
    this.#closed = true;
    const open = [...this.#carriers].flatMap((carrier) => carrier.hangUp());
    open.push(...this.#takeWaiting(() => true));
    this.#carriers.clear();
    this.#ready.length = 0;
    this.#openings.close();
    this.#warming = 0;
    this.#finishWarming();
    for (const job of open) job.settle('dropped', this.#clock.nowMs(), undefined, FAILURES.givenUp);
  }

  dialled(dial: Dial, connection: Connection): void {
    this.#dialDone(dial);
    const carrier = connection.http2 ? this.#many(connection) : this.#one(connection);
    this.#multiplexed = carrier.multiplexed;
    this.#newest = carrier;
    this.#carriers.add(carrier);
    this.#employ(carrier, true);
    this.#open();
    this.#finishWarming();
  }

  dialFailed(dial: Dial, outcome: Outcome, failure: Failure): void {
    this.#dialDone(dial);
    this.#multiplexed = false;
    const first = this.#again.shift() ?? this.#waiting.shift();
    this.#open();
    this.#finishWarming();
    first?.job.settle(outcome, this.#clock.nowMs(), undefined, failure);
  }

  freed(carrier: Carrier): void {
    this.#employ(carrier, false);
    if (carrier.multiplexed && this.#waiting.length > 0) this.#open();
  }

  lost(carrier: Carrier): void {
    this.#drop(carrier);
    this.#open();
  }

  retry(job: Job): boolean {
    if (this.#closed || this.#options.retryRested === false) return false;
    this.#retried += 1;
    this.#again.push({ job, sinceMs: this.#clock.nowMs() });
    const carrier = this.#ready.at(-1);
    if (carrier?.multiplexed && carrier.free) this.#employ(carrier, false);
    this.#open();
    return true;
  }

  #one(connection: Connection): Carrier {
    const { origin, proxy } = this.#route;
    const rewrite =
      proxy && !origin.secure ? (message: RequestMessage) => throughProxy(message, origin.text, proxy.authorization) : undefined;
    const client = this.#cold.pop() ?? new GatedClient({ clock: this.#clock, owner: this, budget: this.#budget, rewrite });
    client.adopt(connection);
    return client;
  }

  /** It can take all that others are being opened for, where these were to carry one request each. */
  #many(connection: Connection): Carrier {
    if (!this.#multiplexed) this.#openings.close();
    this.#warming = 0;
    return new Http2Client({ clock: this.#clock, owner: this, budget: this.#budget, connection });
  }

  /** Gives a free carrier what waits, else lets it rest. */
  #employ(carrier: Carrier, fresh: boolean): void {
    while (carrier.free) {
      const again = fresh || carrier.multiplexed ? this.#again.shift() : undefined;
      const next = again ?? this.#waiting.shift();
      if (!next) break;
      carrier.send(next.job, next.sinceMs, again !== undefined);
    }
    if (!carrier.free) return;
    if (carrier.multiplexed) this.#openings.close();
    carrier.rest();
    if (!carrier.multiplexed || !this.#ready.includes(carrier)) this.#ready.push(carrier);
  }

  #drop(carrier: Carrier): void {
    if (!this.#carriers.delete(carrier)) return;
    const index = this.#ready.indexOf(carrier);
    if (index >= 0) this.#ready.splice(index, 1);
    if (carrier instanceof GatedClient) this.#cold.push(carrier);
  }

  #takeWaiting(meant: (job: Job) => boolean): Job[] {
    return [this.#waiting, this.#again].flatMap((queue) =>
      queue.length > 0 ? queue.take(({ job }) => meant(job)).map(({ job }) => job) : [],
    );
  }

  #takeCarried(meant: (job: Job) => boolean): Job[] {
    const taken: Job[] = [];
    for (const carrier of this.#carriers) {
      const jobs = carrier.giveUp(meant);
      if (jobs.length === 0) continue;
      taken.push(...jobs);
      if (!carrier.open) this.#drop(carrier);
      else if (carrier.free) this.#employ(carrier, false);
    }
    return taken;
  }

  /** Dials while somebody waits for more than is under way and the bounds allow it. */
  #open(): void {
    if (this.#closed) return;
    while (this.#wanted && this.#openings.room && this.sockets < this.#socketsMax) {
      this.#openings.add(new Dial({ route: this.#route, clock: this.#clock, owner: this }));
    }
  }

  get #wanted(): boolean {
    const waiting = this.#again.length + this.#waiting.length + this.#warming;
    if (!this.#multiplexed) return waiting > this.#openings.size;
    if (waiting === 0 || this.#newest?.growing) return false;
    const { moving } = this.#openings;
    return moving === 0 || (this.#newest !== undefined && waiting > moving * this.#newest.carries);
  }

  #dialDone(dial: Dial): void {
    this.#openings.done(dial);
    if (this.#warming > 0) this.#warming -= 1;
  }

  #finishWarming(): void {
    if (this.#warming > 0 || !this.#warmed) return;
    this.#warmed();
    this.#warmed = undefined;
  }
}
