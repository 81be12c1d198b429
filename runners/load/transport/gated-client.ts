/**
 * autocannon's client with a gate: it never sends by itself. It is given a connection, carries one request at a time over
 * it, and says what became of it. It owns errors, because the original reconnects without pause, sends whenever it can,
 * and leaves a request behind whose answer never came.
 *
 *   cold ──adopt──▶ ready ◀──answered── busy
 *    ▲               │ lost    send ──▶ │ failed, or not to be kept
 *    └───────────────┴──────────────────┘
 */
import Client from 'autocannon/lib/httpClient.js';
import type { Outcome } from '../../../probes/slo/load-cells.ts';
import { type Carrier, type CarrierOwner, NO_JOBS } from './carrier.ts';
import type { Connection } from './dial.ts';
import type { Answer, Failure, Job, LoadClock } from './engine.ts';
import { type BodyBudget, KeptBody } from './kept-body.ts';
import { type RequestMessage, writeHttp1 } from './message.ts';
import { FAILURES, failureOf, outcomeOfError, outcomeOfStatus } from './outcomes.ts';
import { ALREADY_OPEN, Stopwatch } from './stopwatch.ts';

/** A line that is not of the head (the size of a chunk, a trailer), and the trailers, may be this long; the parser bounds the head. */
const LINE_CHARS_MAX = 16_384;
const TRAILERS_MAX = 256;
const GARBAGE = Object.assign(new Error(FAILURES.notHttp.message), { code: FAILURES.notHttp.code });
/** The original wants to know where to connect, which it never does here. */
const NOWHERE = { hostname: '127.0.0.1', port: 9, protocol: 'http:' } as const;

export interface ClientOptions {
  readonly clock: LoadClock;
  readonly owner: CarrierOwner;
  readonly budget: BodyBudget;
  /** What is sent instead of a message: a proxy wants the whole URL. */
  readonly rewrite?: ((message: RequestMessage) => RequestMessage) | undefined;
}

export class GatedClient extends Client implements Carrier {
  readonly multiplexed = false;
  readonly growing = false;
  readonly carries = 1;
  readonly #options: ClientOptions;
  readonly #body: KeptBody;
  #state: 'cold' | 'ready' | 'busy' = 'cold';
  #connection: Connection | undefined;
  #job: Job | undefined;
  /** The connection has rested: it may have died before we wrote to it. */
  #rested = false;
  #served = false;
  #bytesSeen = false;
  #interim = false;
  #complete = false;
  #keepAlive = false;
  #head: Client.Head | undefined;
  #bodyBytes = 0;
  #bytesReceived = 0;
  #bytesWrittenBefore = 0;
  /** There where the job wants to know. */
  #stopwatch: Stopwatch | undefined;

  constructor(options: ClientOptions) {
    super(NOWHERE);
    this.timeoutTicker.clear();
    this.#options = options;
    this.#body = new KeptBody(options.budget);
    this.parser[2] = (head) => this.#readHead(head);
    this.parser[3] = (chunk, start, length) => this.#readBody(chunk, start, length);
    this.parser[4] = () => this.#readEnd();
  }

  /** The original's constructor connects at once; here the owner brings the connection. */
  override _connect(): void {}

  /** The gate: the original sends its next request here. */
  override _doRequest(): void {}

  get free(): boolean {
    return this.#state === 'ready';
  }

  get open(): boolean {
    return this.#state !== 'cold';
  }

  /** Only when cold. */
  adopt(connection: Connection): void {
    const { socket } = connection;
    this.conn = socket;
    this.#connection = connection;
    this.#state = 'ready';
    this.#rested = false;
    this.#served = false;
    this.parser.initialize('RESPONSE');
    socket.on('data', (chunk) => this.#read(chunk));
    socket.once('end', () => this.#ended());
    socket.on('error', (error) => this.#broken(outcomeOfError(error, false), failureOf(error, 'exchanging')));
    socket.once('close', () => {
      if (this.conn === socket) this.#broken('closed', FAILURES.closed);
    });
  }

  send(job: Job, sinceMs: number): void {
    const atMs = this.#options.clock.nowMs();
    this.#state = 'busy';
    this.#job = job;
    this.#bytesSeen = false;
    this.#interim = false;
    this.#complete = false;
    job.sent(atMs);
    if (job.keep === 'nothing') writeHttp1(this.conn, this.#rewritten(job.message));
    else this.#sendTimed(job, sinceMs, atMs);
    this.#served = true;
  }

  rest(): void {
    this.#rested = true;
  }

  giveUp(meant: (job: Job) => boolean): readonly Job[] {
    return this.#job && meant(this.#job) ? this.hangUp() : NO_JOBS;
  }

  hangUp(): readonly Job[] {
    const job = this.#job;
    this.#job = undefined;
    this.#stopwatch = undefined;
    this.#body.clear();
    if (this.#state !== 'cold') this._destroyConnection();
    this.#state = 'cold';
    return job ? [job] : NO_JOBS;
  }

  #rewritten(message: RequestMessage): RequestMessage {
    const { rewrite } = this.#options;
    return rewrite ? rewrite(message) : message;
  }

  #sendTimed(job: Job, sinceMs: number, atMs: number): void {
    const { clock } = this.#options;
    const opening = this.#served ? undefined : this.#connection?.opening;
    const stopwatch = new Stopwatch(sinceMs, atMs, opening ?? ALREADY_OPEN);
    this.#stopwatch = stopwatch;
    this.#bytesReceived = 0;
    this.#bytesWrittenBefore = this.conn.bytesWritten;
    writeHttp1(this.conn, this.#rewritten(job.message), () => stopwatch.written(clock.nowMs()));
  }

  #read(chunk: Buffer): void {
    if (this.#state !== 'busy') {
      this.#broken('parse', FAILURES.notHttp);
      return;
    }
    if (!this.#bytesSeen) this.#stopwatch?.firstByte(this.#options.clock.nowMs());
    this.#bytesSeen = true;
    this.#bytesReceived += chunk.length;
    const { parser } = this;
    let taken: number | Error;
    try {
      taken = parser.execute(chunk);
    } catch (error) {
      taken = error instanceof Error ? error : GARBAGE;
    }
    const whole = typeof taken === 'number';
    if (this.#complete) this.#answered(whole && parser.state === 'RESPONSE_LINE' && parser.line === '');
    else if (typeof taken === 'object') this.#fail('parse', failureOf(taken, 'exchanging'));
    else if (parser.state !== 'HEADER' && (parser.line.length > LINE_CHARS_MAX || parser.trailers.length > TRAILERS_MAX))
      this.#fail('parse', FAILURES.notHttp);
  }

  /** Returns true where no body follows. Throws on what is not HTTP. */
  #readHead(head: Client.Head): boolean {
    if (this.#complete) throw GARBAGE;
    const status = head.statusCode;
    if (status >= 100 && status < 200 && status !== 101) {
      this.#interim = true;
      return true;
    }
    const length = this.parser.body_bytes;
    if (status < 200 || (length !== null && !(Number.isSafeInteger(length) && length >= 0))) throw GARBAGE;
    const bodiless = this.#job?.message.method === 'HEAD' || status === 204 || status === 304;
    if (length === null && !bodiless && !this.parser.isChunked && header(head, 'transfer-encoding') !== undefined) throw GARBAGE;
    this.#keepAlive = head.shouldKeepAlive || (bodiless && persists(head));
    this.#head = head;
    this.#bodyBytes = 0;
    return bodiless;
  }

  #readBody(chunk: Buffer, start: number, length: number): void {
    const left = this.parser.body_bytes;
    if (!(length > 0) || (left !== null && !Number.isSafeInteger(left))) throw GARBAGE;
    this.#bodyBytes += length;
    if (this.#job?.keep === 'body') this.#body.append(chunk.subarray(start, start + length));
  }

  #readEnd(): void {
    if (this.#interim) {
      this.#interim = false;
      return;
    }
    if (Number.isNaN(this.parser.body_bytes)) throw GARBAGE;
    this.#complete = true;
  }

  /** The other side has said all it will: the end of the body where nothing else marks it, else a broken promise. */
  #ended(): void {
    const unfinished = this.#state === 'busy' && this.#bytesSeen ? this.parser.finish() : undefined;
    if (this.#state !== 'busy' || !this.#bytesSeen) this.#broken('closed', FAILURES.closed);
    else if (this.#complete && !unfinished) this.#answered(false);
    else this.#fail('truncated', FAILURES.truncated);
  }

  #answered(clean: boolean): void {
    const job = this.#job;
    const head = this.#head;
    if (!job || !head) return;
    const atMs = this.#options.clock.nowMs();
    const answer = job.keep === 'nothing' ? undefined : this.#answer(head, job.keep === 'body', atMs);
    this.#job = undefined;
    if (clean && this.#keepAlive && this.conn.writableLength === 0) {
      this.#state = 'ready';
      this.#rested = true;
      this.#options.owner.freed(this);
    } else {
      this.hangUp();
      this.#options.owner.lost(this);
    }
    job.settle(outcomeOfStatus(head.statusCode), atMs, answer);
  }

  #answer(head: Client.Head, withBody: boolean, atMs: number): Answer | undefined {
    const stopwatch = this.#stopwatch;
    const connection = this.#connection;
    this.#stopwatch = undefined;
    if (!stopwatch || !connection) return undefined;
    return {
      status: head.statusCode,
      statusText: head.statusMessage,
      protocol: `HTTP/${head.versionMajor}.${head.versionMinor}`,
      headers: head.headers,
      body: withBody ? this.#body.end() : undefined,
      bodyBytes: this.#bodyBytes,
      bytesSent: this.conn.bytesWritten - this.#bytesWrittenBefore,
      bytesReceived: this.#bytesReceived,
      timings: stopwatch.timings(atMs),
      connection: connection.facts,
    };
  }

  /** The connection failed in whatever state it was. */
  #broken(outcome: Outcome, failure: Failure): void {
    if (this.#state === 'cold') return;
    if (this.#state === 'busy') {
      if (this.#bytesSeen) this.#fail('truncated', FAILURES.truncated);
      else this.#fail(outcome, failure);
      return;
    }
    this.hangUp();
    this.#options.owner.lost(this);
  }

  /** The request under way came to this. */
  #fail(outcome: Outcome, failure: Failure): void {
    const { owner, clock } = this.#options;
    const mayRetry = this.#rested && !this.#bytesSeen;
    const [job] = this.hangUp();
    owner.lost(this);
    if (!job || (mayRetry && job.replayable && owner.retry(job, failure))) return;
    job.settle(outcome, clock.nowMs(), undefined, failure);
  }
}

function header({ headers }: Client.Head, lowerCaseName: string): string | undefined {
  const index = headers.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === lowerCaseName);
  return index < 0 ? undefined : headers[index + 1];
}

/** Whether the connection outlives an answer without a body; the parser, not knowing that there is none, says no. */
function persists(head: Client.Head): boolean {
  const connection = header(head, 'connection')?.toLowerCase() ?? '';
  if (connection.includes('close')) return false;
  return (head.versionMajor === 1 && head.versionMinor >= 1) || connection.includes('keep-alive');
}
