/**
 * The connections of one scenario to one origin. A job takes the connection that was busy last, else waits in line for
 * whichever comes first: one that is freed, or one that is being opened. Dials belong to no job, so that a slow
 * handshake holds up nobody who could go elsewhere; a dial that fails takes the job at the head of the line with it,
 * so that a dead target costs one attempt an arrival.
 */
import type tls from 'node:tls';
import type { Outcome } from '../../../probes/slo/load-cells.ts';
import { Fifo } from '../fifo.ts';
import type { Engine, Job, LoadClock, Origin } from './engine.ts';
import { type ClientOwner, GatedClient } from './gated-client.ts';

/** Handshakes under way at once; without this bound a hiccup opens a socket for every arrival in it, and the storm outlasts the hiccup. */
export const OPENING_MAX = 16;
/** Connections at most, whatever was asked for. */
export const SOCKETS_MAX = 4096;
/**
 * A dial older than this no longer counts as under way (it still may succeed): the kernel repeats a lost SYN after 1, 3
 * and 7 s only, and 16 such dials must not hide that the target is back.
 */
const STALLED_DIAL_MS = 250;
/** A dial is given up after this long; the jobs have their own deadlines. */
const DIAL_MS_MAX = 30_000;

export interface PoolOptions {
  readonly origin: Origin;
  readonly clock: LoadClock;
  readonly socketsMax: number;
  /** Sends a job anew, once, when a connection that had rested turns out dead: what Go's transport, hence k6, does. Default true. */
  readonly retryRested?: boolean;
  readonly tls?: tls.ConnectionOptions | undefined;
}

export class Pool implements Engine, ClientOwner {
  readonly #options: PoolOptions;
  readonly #socketsMax: number;
  readonly #clients: GatedClient[] = [];
  readonly #cold: GatedClient[] = [];
  readonly #ready: GatedClient[] = [];
  readonly #dialling = new Set<GatedClient>();
  readonly #waiting = new Fifo<Job>();
  /** Jobs to be sent anew: only over a connection that was opened for it, so that it happens once. */
  readonly #again = new Fifo<Job>();
  #stalled = 0;
  #warming = 0;
  #warmed: (() => void) | undefined;
  #closed = false;
  #retried = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#socketsMax = Math.max(1, Math.min(SOCKETS_MAX, options.socketsMax));
  }

  /** Jobs that were sent a second time. */
  get retried(): number {
    return this.#retried;
  }

  /** Connections that exist or are being opened. */
  get sockets(): number {
    return this.#clients.length - this.#cold.length;
  }

  /** Opens connections before there is work. Resolves when each has come to something. */
  warm(count: number): Promise<void> {
    this.#warming = Math.min(count, this.#socketsMax);
    return new Promise((resolve) => {
      this.#warmed = resolve;
      this.#open();
    });
  }

  send(job: Job): void {
    const client = this.#ready.pop();
    if (this.#closed) {
      job.settle('dropped', this.#options.clock.nowMs(), undefined);
    } else if (client) {
      client.send(job);
    } else {
      this.#waiting.push(job);
      this.#open();
    }
  }

  cancel(job: Job): void {
    const nowMs = this.#options.clock.nowMs();
    const waited = [this.#waiting, this.#again].some((queue) => queue.take((each) => each === job).length > 0);
    const client = waited ? undefined : this.#clients.find((each) => each.job === job);
    if (!waited && !client) return;
    client?.hangUp();
    if (client) this.#cold.push(client);
    job.settle('dropped', nowMs, undefined);
    this.#open();
  }

  /** Called every few milliseconds: deadlines, and dials that take too long. */
  sweep(nowMs: number): void {
    for (const queue of [this.#waiting, this.#again]) {
      if (queue.length > 0) for (const job of queue.take(({ deadlineMs }) => deadlineMs <= nowMs)) job.settle('timeout', nowMs, undefined);
    }
    for (const client of this.#clients) {
      const job = client.job;
      if (!job || job.deadlineMs > nowMs) continue;
      client.hangUp();
      this.#cold.push(client);
      job.settle('timeout', nowMs, undefined);
    }
    let stalled = 0;
    for (const client of this.#dialling) {
      const age = nowMs - client.dialledMs;
      if (age > DIAL_MS_MAX) this.#giveUpDial(client);
      else if (age > STALLED_DIAL_MS) stalled += 1;
    }
    this.#stalled = stalled;
    this.#open();
  }

  close(): void {
    this.#closed = true;
    const nowMs = this.#options.clock.nowMs();
    const open: Job[] = [];
    for (const client of this.#clients) {
      const job = client.hangUp();
      if (job) open.push(job);
    }
    for (const queue of [this.#again, this.#waiting]) {
      for (let job = queue.shift(); job; job = queue.shift()) open.push(job);
    }
    this.#dialling.clear();
    this.#warming = 0;
    this.#finishWarming();
    for (const job of open) job.settle('dropped', nowMs, undefined);
  }

  connected(client: GatedClient): void {
    this.#dialDone(client);
    const job = this.#again.shift() ?? this.#waiting.shift();
    if (job) client.send(job);
    else this.#rest(client);
    this.#open();
    this.#finishWarming();
  }

  dialFailed(client: GatedClient, outcome: Outcome): void {
    this.#dialDone(client);
    this.#cold.push(client);
    const job = this.#again.shift() ?? this.#waiting.shift();
    this.#open();
    this.#finishWarming();
    job?.settle(outcome, this.#options.clock.nowMs(), undefined);
  }

  freed(client: GatedClient): void {
    const job = this.#waiting.shift();
    if (job) client.send(job);
    else this.#rest(client);
  }

  lost(client: GatedClient, wasReady: boolean): void {
    if (wasReady) {
      const index = this.#ready.indexOf(client);
      if (index >= 0) this.#ready.splice(index, 1);
    }
    this.#cold.push(client);
    this.#open();
  }

  retry(job: Job): boolean {
    if (this.#closed || this.#options.retryRested === false) return false;
    this.#retried += 1;
    this.#again.push(job);
    this.#open();
    return true;
  }

  #rest(client: GatedClient): void {
    client.rest();
    this.#ready.push(client);
  }

  /** Dials while somebody waits for more than is under way and the bounds allow it. */
  #open(): void {
    if (this.#closed) return;
    while (
      this.#again.length + this.#waiting.length + this.#warming > this.#dialling.size &&
      this.#dialling.size - this.#stalled < OPENING_MAX
    ) {
      const client = this.#cold.pop() ?? this.#another();
      if (!client) return;
      this.#dialling.add(client);
      client.dial();
    }
  }

  #another(): GatedClient | undefined {
    if (this.#clients.length >= this.#socketsMax) return undefined;
    const client = new GatedClient({ origin: this.#options.origin, clock: this.#options.clock, owner: this, tls: this.#options.tls });
    this.#clients.push(client);
    return client;
  }

  #giveUpDial(client: GatedClient): void {
    client.hangUp();
    this.#dialDone(client);
    this.#cold.push(client);
    this.#finishWarming();
  }

  #dialDone(client: GatedClient): void {
    this.#dialling.delete(client);
    this.#stalled = Math.min(this.#stalled, this.#dialling.size);
    if (this.#warming > 0) this.#warming -= 1;
  }

  #finishWarming(): void {
    if (this.#warming > 0 || !this.#warmed) return;
    this.#warmed();
    this.#warmed = undefined;
  }
}
