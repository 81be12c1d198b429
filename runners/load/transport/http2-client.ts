/**
 * A connection that speaks HTTP/2, over Node's own client: many requests at once, as many as the other side allows. What
 * the other side says it never took (REFUSED_STREAM, or beyond the last stream of a GOAWAY) is sent anew, once, whatever
 * its method.
 */
import http2 from 'node:http2';
import { type Carrier, type CarrierOwner, NO_JOBS } from './carrier.ts';
import type { Connection } from './dial.ts';
import type { Job, LoadClock } from './engine.ts';
import { endOfStream, type SessionEnd } from './http2-ends.ts';
import { Http2Exchange } from './http2-exchange.ts';
import { requestHeaders } from './http2-headers.ts';
import type { BodyBudget } from './kept-body.ts';
import { failureOf, outcomeOfStatus } from './outcomes.ts';
import { ALREADY_OPEN, Stopwatch } from './stopwatch.ts';

/** Streams at once until the other side has said how many it allows, which it does first of all; what it doesn't allow it refuses. */
const STREAMS_UNTIL_TOLD = 1;
/** How much the other side may send ahead, on one stream and on all: bodies that are let go must not be slowed down by us. */
const STREAM_WINDOW_BYTES = 4 * 1024 * 1024;
const CONNECTION_WINDOW_BYTES = 64 * 1024 * 1024;
/** What Node lets a connection use for its streams. */
const SESSION_MEGABYTES_MAX = 128;

export interface Http2ClientOptions {
  readonly clock: LoadClock;
  readonly owner: CarrierOwner;
  readonly budget: BodyBudget;
  readonly connection: Connection;
}

export class Http2Client implements Carrier {
  readonly multiplexed = true;
  readonly #options: Http2ClientOptions;
  readonly #session: http2.ClientHttp2Session;
  readonly #scheme: string;
  readonly #exchanges = new Map<Job, Http2Exchange>();
  readonly #end: SessionEnd = { goaway: undefined, error: undefined, gone: false };
  #streamsMax = STREAMS_UNTIL_TOLD;
  #told = false;
  #served = false;
  /** It has rested, and nothing has come back since: it may have died before we wrote to it. */
  #doubtful = false;
  /** How often something has come back. */
  #heard = 0;
  /** Nothing came back while a request ran into its time limit: as over HTTP/1.1, it is given no other, unless it speaks again. */
  #silent = false;

  constructor(options: Http2ClientOptions) {
    const { socket, facts } = options.connection;
    this.#options = options;
    this.#scheme = facts.tlsVersion === '' ? 'http' : 'https';
    this.#session = http2.connect(`${this.#scheme}://localhost`, {
      createConnection: () => socket,
      maxSessionMemory: SESSION_MEGABYTES_MAX,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
    });
    this.#session.once('connect', () => {
      if (!this.#session.destroyed) this.#session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    });
    this.#session.on('remoteSettings', ({ maxConcurrentStreams }) => this.#allowed(maxConcurrentStreams));
    this.#session.on('goaway', (code, lastStreamId) => {
      this.#end.goaway = { code, lastStreamId };
    });
    this.#session.on('error', (error) => {
      this.#end.error ??= error;
    });
    this.#session.once('close', () => this.#gone());
  }

  get free(): boolean {
    const { closed, destroyed } = this.#session;
    return !closed && !destroyed && !this.#silent && this.#end.goaway === undefined && this.#exchanges.size < this.#streamsMax;
  }

  get open(): boolean {
    return !this.#end.gone;
  }

  get growing(): boolean {
    return this.open && !this.#told;
  }

  get carries(): number {
    return this.#streamsMax;
  }

  send(job: Job, sinceMs: number, again: boolean): void {
    const { clock, connection, budget } = this.#options;
    const atMs = clock.nowMs();
    const opening = this.#served ? ALREADY_OPEN : connection.opening;
    this.#served = true;
    job.sent(atMs);
    const { message } = job;
    const { body } = message;
    const bodiless = body === undefined || body.length === 0;
    let stream: http2.ClientHttp2Stream;
    try {
      stream = this.#session.request(requestHeaders(message, this.#scheme), { endStream: bodiless });
    } catch (error) {
      job.settle('dropped', atMs, undefined, failureOf(error, 'exchanging'));
      return;
    }
    const stopwatch = job.keep === 'nothing' ? undefined : new Stopwatch(sinceMs, atMs, opening);
    const exchange = new Http2Exchange({ job, stream, stopwatch, budget, clock, again, doubtful: this.#doubtful, heard: this.#heard });
    this.#exchanges.set(job, exchange);
    stream.on('response', (headers, _flags, rawHeaders) => {
      this.#doubtful = false;
      exchange.readHead(headers, rawHeaders);
      this.#hear();
    });
    stream.on('data', (chunk: Buffer) => {
      exchange.readBody(chunk);
      this.#hear();
    });
    stream.once('end', () => this.#ended(exchange));
    stream.on('error', (error) => exchange.failed(error));
    stream.once('close', () => this.#closed(exchange));
    if (bodiless) stopwatch?.written(atMs);
    else stream.end(body, () => stopwatch?.written(clock.nowMs()));
  }

  rest(): void {
    if (this.#exchanges.size === 0) this.#doubtful = true;
  }

  giveUp(meant: (job: Job) => boolean): readonly Job[] {
    const jobs = [...this.#exchanges.keys()].filter(meant);
    if (jobs.length === 0) return NO_JOBS;
    const nowMs = this.#options.clock.nowMs();
    for (const job of jobs) {
      const exchange = this.#release(job);
      exchange?.stream.close(http2.constants.NGHTTP2_CANCEL);
      if (exchange?.heard === this.#heard && job.deadlineMs <= nowMs) this.#silent = true;
    }
    if (this.#silent && this.#exchanges.size === 0) this.hangUp();
    return jobs;
  }

  hangUp(): readonly Job[] {
    const jobs = [...this.#exchanges.keys()];
    for (const job of jobs) this.#release(job);
    this.#end.gone = true;
    this.#session.destroy();
    return jobs;
  }

  /** Something came back. */
  #hear(): void {
    this.#heard += 1;
    if (!this.#silent) return;
    this.#silent = false;
    if (this.free) this.#options.owner.freed(this);
  }

  #allowed(streamsMax: number | undefined): void {
    this.#hear();
    const wasFree = this.free;
    this.#told = true;
    this.#streamsMax = streamsMax ?? Number.POSITIVE_INFINITY;
    if (!wasFree && this.free) this.#options.owner.freed(this);
  }

  /** All of the answer is here, unless the connection ended (Node ends its streams then, with an error code), or the body is shorter than was said. */
  #ended(exchange: Http2Exchange): void {
    const { job, stream, status } = exchange;
    if (this.#exchanges.get(job) !== exchange || status === undefined || stream.rstCode || exchange.short) return;
    const { clock, connection, owner } = this.#options;
    const atMs = clock.nowMs();
    const answer = exchange.answer(atMs, connection.facts);
    this.#release(job);
    if (!stream.writableFinished) stream.close(http2.constants.NGHTTP2_NO_ERROR);
    if (this.free) owner.freed(this);
    job.settle(outcomeOfStatus(status), atMs, answer);
  }

  /** The stream is over; where it still has its job, without a whole answer. */
  #closed(exchange: Http2Exchange): void {
    const { job } = exchange;
    if (this.#exchanges.get(job) !== exchange) return;
    const { clock, owner } = this.#options;
    const { destroyed, closed } = this.#session;
    const { outcome, failure, mayRetry } = endOfStream(exchange, this.#end, { over: destroyed || closed, doubtful: this.#doubtful });
    this.#release(job);
    this.#hear();
    if (this.free) owner.freed(this);
    if (mayRetry && owner.retry(job, failure)) return;
    job.settle(outcome, clock.nowMs(), undefined, failure);
  }

  #gone(): void {
    const last = [...this.#exchanges.values()];
    if (!this.#end.gone) this.#options.owner.lost(this);
    this.#end.gone = true;
    for (const exchange of last) this.#closed(exchange);
  }

  #release(job: Job): Http2Exchange | undefined {
    const exchange = this.#exchanges.get(job);
    this.#exchanges.delete(job);
    if (this.#exchanges.size === 0) this.#doubtful = true;
    exchange?.released();
    return exchange;
  }
}
