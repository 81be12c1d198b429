/**
 * autocannon's client with a gate: it never sends by itself. It dials when told to, carries one request at a time, and
 * says what became of it. It owns connecting and errors, because the original reconnects without pause, sends whenever
 * it can, and leaves a request behind whose answer never came.
 *
 *   cold ──dial──▶ dialling ──connected──▶ ready ◀──answered── busy
 *    ▲                │ failed               │ lost    send ──▶ │ failed, or not to be kept
 *    └────────────────┴──────────────────────┴──────────────────┘
 */
import net from 'node:net';
import tls from 'node:tls';
import Client from 'autocannon/lib/httpClient.js';
import type { Outcome } from '../../../probes/slo/load-cells.ts';
import type { Answer, Job, LoadClock, Origin } from './engine.ts';
import { outcomeOfError, outcomeOfStatus } from './outcomes.ts';

/** Body bytes kept for `body-contains`; the rest is read and let go. */
const BODY_BYTES_KEPT_MAX = 1_048_576;
const GARBAGE = new Error('not HTTP');

/** Who decides what a client does next. Each call comes after the client's state has changed. */
export interface ClientOwner {
  connected(client: GatedClient): void;
  /** The dial came to nothing; the client is cold. */
  dialFailed(client: GatedClient, outcome: Outcome): void;
  /** Answered, and ready for another request. */
  freed(client: GatedClient): void;
  /** The connection is gone and the client is cold; `wasReady` where it carried nothing. */
  lost(client: GatedClient, wasReady: boolean): void;
  /** A connection that had served before was dead before any byte came back: whether the job is taken over, to be sent anew. */
  retry(job: Job): boolean;
}

export interface ClientOptions {
  readonly origin: Origin;
  readonly clock: LoadClock;
  readonly owner: ClientOwner;
  /** On top of TLS's own defaults, under which certificates are checked. */
  readonly tls?: tls.ConnectionOptions | undefined;
}

export class GatedClient extends Client {
  /** When the last dial began. */
  dialledMs = 0;
  readonly #options: ClientOptions;
  #state: 'cold' | 'dialling' | 'ready' | 'busy' = 'cold';
  #job: Job | undefined;
  /** The connection has rested: it may have died before we wrote to it. */
  #rested = false;
  #bytesSeen = false;
  #interim = false;
  #complete = false;
  #keepAlive = false;
  #status = 0;
  #headers: readonly string[] = [];
  #body: Buffer[] = [];
  #bodyBytes = 0;

  constructor(options: ClientOptions) {
    const { hostname, port, secure } = options.origin;
    super({ hostname, port, protocol: secure ? 'https:' : 'http:' });
    this.timeoutTicker.clear();
    this.#options = options;
    this.parser[2] = (head) => this.#readHead(head);
    this.parser[3] = (chunk, start, length) => this.#readBody(chunk, start, length);
    this.parser[4] = () => this.#readEnd();
  }

  /** The original's constructor connects at once; here the owner says when. */
  override _connect(): void {}

  /** The gate: the original sends its next request here. */
  override _doRequest(): void {}

  get job(): Job | undefined {
    return this.#job;
  }

  dial(): void {
    const { origin, clock, tls: tlsOptions } = this.#options;
    const { hostname: host, port, secure } = origin;
    this.dialledMs = clock.nowMs();
    this.#state = 'dialling';
    this.#rested = false;
    this.parser.initialize('RESPONSE');
    const servername = net.isIP(host) === 0 ? { servername: host } : {};
    const conn = secure
      ? tls.connect({ host, port, ALPNProtocols: ['http/1.1'], ...servername, ...tlsOptions })
      : net.connect({ host, port });
    this.conn = conn;
    conn.setNoDelay(true);
    conn.once(secure ? 'secureConnect' : 'connect', () => {
      this.#state = 'ready';
      this.#options.owner.connected(this);
    });
    conn.on('data', (chunk) => this.#read(chunk));
    conn.once('end', () => this.#ended());
    conn.on('error', (error) => this.#broken(outcomeOfError(error, secure && this.#state === 'dialling')));
    conn.once('close', () => {
      if (this.conn === conn) this.#broken('closed');
    });
  }

  /** Only when ready. */
  send(job: Job): void {
    this.#state = 'busy';
    this.#job = job;
    this.#bytesSeen = false;
    this.#interim = false;
    this.#complete = false;
    job.sent(this.#options.clock.nowMs());
    this.conn.write(job.payload);
  }

  /** The connection waits for work. */
  rest(): void {
    this.#rested = true;
  }

  /** Cuts the dial, the connection or the request without telling the owner. Returns the job that was under way. */
  hangUp(): Job | undefined {
    const job = this.#job;
    this.#job = undefined;
    if (this.#state !== 'cold') this._destroyConnection();
    this.#state = 'cold';
    return job;
  }

  #read(chunk: Buffer): void {
    if (this.#state !== 'busy') {
      this.#broken('parse');
      return;
    }
    this.#bytesSeen = true;
    let whole = false;
    try {
      whole = typeof this.parser.execute(chunk) === 'number';
    } catch {
      whole = false;
    }
    if (this.#complete) this.#answered(whole && this.parser.state === 'RESPONSE_LINE' && this.parser.line === '');
    else if (!whole) this.#fail('parse');
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
    if (status < 200 || (length !== null && !(length >= 0))) throw GARBAGE;
    const bodiless = this.#job?.head === true || status === 204 || status === 304;
    this.#status = status;
    this.#keepAlive = head.shouldKeepAlive || (bodiless && persists(head));
    this.#headers = head.headers;
    this.#body = [];
    this.#bodyBytes = 0;
    return bodiless;
  }

  #readBody(chunk: Buffer, start: number, length: number): void {
    if (!(length > 0)) throw GARBAGE;
    if (this.#job?.keep !== 'body' || this.#bodyBytes >= BODY_BYTES_KEPT_MAX) return;
    this.#body.push(chunk.subarray(start, start + length));
    this.#bodyBytes += length;
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
    if (this.#state !== 'busy' || !this.#bytesSeen) this.#broken('closed');
    else if (this.#complete && !unfinished) this.#answered(false);
    else this.#fail('truncated');
  }

  #answered(clean: boolean): void {
    const job = this.#job;
    if (!job) return;
    const atMs = this.#options.clock.nowMs();
    const status = this.#status;
    const answer = job.keep === 'nothing' ? undefined : this.#answer(job);
    this.#job = undefined;
    if (clean && this.#keepAlive) {
      this.#state = 'ready';
      this.#rested = true;
      this.#options.owner.freed(this);
    } else {
      this.hangUp();
      this.#options.owner.lost(this, false);
    }
    job.settle(outcomeOfStatus(status), atMs, answer);
  }

  #answer(job: Job): Answer {
    return { status: this.#status, headers: this.#headers, body: job.keep === 'body' ? Buffer.concat(this.#body) : undefined };
  }

  /** The connection failed in whatever state it was. */
  #broken(outcome: Outcome): void {
    const { owner } = this.#options;
    const before = this.#state;
    if (before === 'busy') {
      this.#fail(this.#bytesSeen ? 'truncated' : outcome);
      return;
    }
    this.hangUp();
    if (before === 'dialling') owner.dialFailed(this, outcome);
    else if (before === 'ready') owner.lost(this, true);
  }

  /** The request under way came to this. */
  #fail(outcome: Outcome): void {
    const { owner, clock } = this.#options;
    const mayRetry = this.#rested && !this.#bytesSeen;
    const job = this.hangUp();
    owner.lost(this, false);
    if (!job || (mayRetry && job.replayable && owner.retry(job))) return;
    job.settle(outcome, clock.nowMs(), undefined);
  }
}

/** Whether the connection outlives an answer without a body; the parser, not knowing that there is none, says no. */
function persists({ versionMajor, versionMinor, headers }: Client.Head): boolean {
  const index = headers.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === 'connection');
  const connection = index < 0 ? '' : (headers[index + 1] ?? '').toLowerCase();
  if (connection.includes('close')) return false;
  return (versionMajor === 1 && versionMinor >= 1) || connection.includes('keep-alive');
}
