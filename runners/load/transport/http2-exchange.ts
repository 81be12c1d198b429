/** One request and its answer on a stream of HTTP/2. */
import type { ClientHttp2Stream, IncomingHttpHeaders, IncomingHttpStatusHeader } from 'node:http2';
import type { Answer, ConnectionFacts, Job, LoadClock } from './engine.ts';
import { type BodyBudget, KeptBody } from './kept-body.ts';
import type { RequestMessage } from './message.ts';
import type { Stopwatch } from './stopwatch.ts';

export interface ExchangeOptions {
  readonly job: Job;
  readonly stream: ClientHttp2Stream;
  /** There where the job wants to know. */
  readonly stopwatch: Stopwatch | undefined;
  readonly budget: BodyBudget;
  readonly clock: LoadClock;
  /** Sent before. */
  readonly again: boolean;
  /** Its connection had rested, and nothing had come back over it when this was sent. */
  readonly doubtful: boolean;
  /** How often something had come back over its connection when this was sent. */
  readonly heard: number;
}

export class Http2Exchange {
  readonly job: Job;
  readonly stream: ClientHttp2Stream;
  readonly again: boolean;
  readonly doubtful: boolean;
  readonly heard: number;
  status: number | undefined;
  error: unknown;
  readonly #options: ExchangeOptions;
  /** There where it is wanted. */
  readonly #body: KeptBody | undefined;
  #headers: readonly string[] = [];
  #length = 0;
  #bodyBytes = 0;

  constructor(options: ExchangeOptions) {
    this.job = options.job;
    this.stream = options.stream;
    this.again = options.again;
    this.doubtful = options.doubtful;
    this.heard = options.heard;
    this.#options = options;
    this.#body = options.job.keep === 'body' ? new KeptBody(options.budget) : undefined;
  }

  /** Less came than `Content-Length` promised. */
  get short(): boolean {
    if (this.job.message.method === 'HEAD' || this.status === 204 || this.status === 304) return false;
    return this.#bodyBytes < this.#length;
  }

  readHead(headers: IncomingHttpHeaders & IncomingHttpStatusHeader, rawHeaders: readonly string[]): void {
    const { clock, stopwatch } = this.#options;
    this.status = headers[':status'];
    this.#length = Number(headers['content-length'] ?? 0);
    if (!stopwatch) return;
    stopwatch.firstByte(clock.nowMs());
    this.#headers = rawHeaders.filter((_text, index) => !rawHeaders[index - (index % 2)]?.startsWith(':'));
  }

  readBody(chunk: Buffer): void {
    this.#bodyBytes += chunk.length;
    this.#body?.append(chunk);
  }

  failed(error: unknown): void {
    this.error ??= error;
  }

  /** The job is nobody's here any more; its body's room is given back. */
  released(): void {
    this.#body?.clear();
  }

  answer(atMs: number, connection: ConnectionFacts): Answer | undefined {
    const { job, stopwatch } = this.#options;
    if (!stopwatch || this.status === undefined) return undefined;
    return {
      status: this.status,
      statusText: '',
      protocol: 'HTTP/2.0',
      headers: this.#headers,
      body: this.#body?.end(),
      bodyBytes: this.#bodyBytes,
      bytesSent: sizeOf(job.message),
      bytesReceived: textBytes(this.#headers) + this.#bodyBytes,
      timings: stopwatch.timings(atMs),
      connection,
    };
  }
}

function textBytes(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

function sizeOf({ method, target, authority, headers, body }: RequestMessage): number {
  return (
    textBytes([method, target, authority, ...headers]) + (typeof body === 'string' ? Buffer.byteLength(body) : (body?.byteLength ?? 0))
  );
}
