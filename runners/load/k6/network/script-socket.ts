/**
 * One WebSocket of a script, from its dial to its end: over the connections' own way of dialling, then by `ws`. What comes
 * waits in line until the script asks for it; a script that falls behind holds the sender back instead of filling memory.
 *
 *   dial ─▶ (tunnel) ─▶ upgrade ─▶ events ▶▶▶ next() … ─▶ close
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { Fifo } from '../../fifo.ts';
import { Dial } from '../../transport/dial.ts';
import type { Failure, LoadClock } from '../../transport/engine.ts';
import { failureOf } from '../../transport/outcomes.ts';
import type { Route } from '../../transport/route.ts';
import { openTunnel } from '../../transport/tunnel.ts';
import type { HostSocketEvent, HostSocketOpening, HostSocketRequest } from '../host.ts';
import { errorOf } from './error-codes.ts';

/** From the dial to the answer to the upgrade. */
export const HANDSHAKE_MS_MAX = 60_000;
/** One message; a longer one ends the connection with 1009. */
export const MESSAGE_BYTES_MAX = 32 * 1024 * 1024;
/** What has come and is not asked for: beyond either the peer is not read from until half of it is gone. */
export const EVENTS_WAITING_MAX = 1000;
export const BYTES_WAITING_MAX = 16 * 1024 * 1024;
/** What is sent and not taken by the peer; beyond it sending throws. */
export const SENT_WAITING_MAX = 64 * 1024 * 1024;
/** Of an answer that is no upgrade. */
const REFUSAL_BYTES_MAX = 65_536;
/** Pings without a pong; the oldest is forgotten. */
const PINGS_MAX = 1000;
/** The peer gets this long to answer a close. */
const CLOSE_MS_MAX = 2000;
/** Ends that a peer may mean. */
const EXPECTED_CODES: ReadonlySet<number> = new Set([1000, 1001]);
const ABNORMAL = 1006;

/** How a socket goes. */
export interface SocketWay {
  readonly route: Route;
  readonly authority: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  /** Those that the script's header asks for. */
  readonly subprotocols: readonly string[];
}

export interface ScriptSocketParts {
  readonly id: number;
  readonly way: SocketWay;
  readonly request: HostSocketRequest;
  readonly clock: LoadClock;
  /** Default HANDSHAKE_MS_MAX. */
  readonly handshakeMsMax?: number | undefined;
  /** Its connection has ended: bytes sent and received. */
  readonly onGone: (sentBytes: number, receivedBytes: number) => void;
}

type Opening = Omit<HostSocketOpening, 'connectingMs'>;

export class ScriptSocket {
  readonly #parts: ScriptSocketParts;
  readonly #startMs: number;
  readonly #waiting = new Fifo<HostSocketEvent>();
  readonly #pings = new Map<string, number>();
  readonly #opened = Promise.withResolvers<Opening>();
  readonly #deadline: NodeJS.Timeout;
  #dial: Dial | undefined;
  #socket: Socket | undefined;
  #ws: WebSocket | undefined;
  #bytesWaiting = 0;
  #eventsWaiting = 0;
  #pingsSent = 0;
  #tellWaiter: (() => void) | undefined;
  #isOpen = false;
  #failed = false;

  constructor(parts: ScriptSocketParts) {
    this.#parts = parts;
    this.#startMs = parts.clock.nowMs();
    const limitMs = parts.handshakeMsMax ?? HANDSHAKE_MS_MAX;
    const late = () => this.#fail({ code: 'FIREDRILL_TIMEOUT', message: `no answer within ${limitMs} ms`, during: 'waiting' });
    this.#deadline = setTimeout(late, limitMs);
    const { route } = parts.way;
    this.#dial = new Dial({
      route,
      clock: parts.clock,
      owner: {
        dialled: (_dial, { socket }) => this.#reached(socket),
        dialFailed: (_dial, _outcome, failure) => this.#fail(failure),
      },
    });
  }

  /** Never rejects. */
  async opening(): Promise<HostSocketOpening> {
    const opening = await this.#opened.promise;
    return { ...opening, connectingMs: this.#parts.clock.nowMs() - this.#startMs };
  }

  /** What comes next; undefined where nothing does for `waitMs`. One call at a time. */
  async next(waitMs: number): Promise<HostSocketEvent | undefined> {
    const first = this.#take();
    if (first) return first;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#tellWaiter = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#tellWaiter = undefined;
    return this.#take();
  }

  /** False where it is closed. Throws Error where the peer takes nothing. */
  send(data: string | Uint8Array): boolean {
    const ws = this.#ws;
    if (ws?.readyState !== WebSocket.OPEN) return false;
    if (ws.bufferedAmount > SENT_WAITING_MAX)
      throw new Error(`ws: ${ws.bufferedAmount} bytes wait to be sent, the peer takes none; ${SENT_WAITING_MAX} may wait`);
    ws.send(data, { binary: typeof data !== 'string' }, () => {});
    return true;
  }

  ping(): void {
    const ws = this.#ws;
    if (ws?.readyState !== WebSocket.OPEN) return;
    this.#pingsSent += 1;
    const text = String(this.#pingsSent);
    const [oldest] = this.#pings.keys();
    if (this.#pings.size >= PINGS_MAX && oldest !== undefined) this.#pings.delete(oldest);
    this.#pings.set(text, this.#parts.clock.nowMs());
    ws.ping(text, true, () => {});
  }

  /** Nothing comes any more; the peer gets a moment to answer. */
  close(code: number): void {
    const ws = this.#ws;
    if (!ws) {
      this.drop();
      return;
    }
    if (ws.readyState === WebSocket.OPEN) ws.close(code);
    ws.removeAllListeners('message');
    ws.resume();
    setTimeout(() => ws.terminate(), CLOSE_MS_MAX).unref();
  }

  /** Ends it at once. */
  drop(): void {
    clearTimeout(this.#deadline);
    this.#dial?.hangUp();
    if (this.#ws) this.#ws.terminate();
    else this.#socket?.destroy();
  }

  #reached(socket: Socket): void {
    const { route } = this.#parts.way;
    this.#socket = socket;
    this.#dial = undefined;
    socket.once('close', () => this.#parts.onGone(socket.bytesWritten, socket.bytesRead));
    socket.on('error', () => {});
    if (!route.proxy || route.tls) {
      this.#upgrade(socket);
      return;
    }
    const { authorization } = route.proxy;
    openTunnel(socket, `${route.origin.hostname}:${route.origin.port}`, authorization, (error) =>
      error ? this.#fail(failureOf(error, 'connecting')) : this.#upgrade(socket),
    );
  }

  /** TLS is done already: `ws` is given the socket and told nothing of it. */
  #upgrade(socket: Socket): void {
    const { way, request } = this.#parts;
    const headers = { Host: way.authority, ...Object.fromEntries(way.headers) };
    const ws = new WebSocket(`ws://${way.authority}${way.target}`, [...way.subprotocols], {
      createConnection: () => socket,
      headers,
      perMessageDeflate: request.compress,
      maxPayload: MESSAGE_BYTES_MAX,
      followRedirects: false,
    });
    this.#ws = ws;
    let answer: Pick<Opening, 'status' | 'headers'> = { status: 0, headers: [] };
    ws.on('upgrade', ({ statusCode = 0, rawHeaders }) => {
      answer = { status: statusCode, headers: pairsOf(rawHeaders) };
    });
    ws.on('open', () => {
      this.#isOpen = true;
      this.#open({ id: this.#parts.id, ...answer, body: '', error: '', errorCode: 0, subprotocol: ws.protocol });
    });
    ws.on('unexpected-response', (_request, response) => void this.#refused(response));
    ws.on('message', (data, isBinary) => this.#message(data, isBinary));
    ws.on('ping', () => this.#push({ type: 'ping' }, 0));
    ws.on('pong', (data) => this.#pong(String(data)));
    ws.on('error', (error) => this.#error(error));
    ws.on('close', (code, reason) => this.#closed(code, String(reason)));
  }

  /** The answer is none to an upgrade; of its body the beginning is told. */
  async #refused(response: IncomingMessage): Promise<void> {
    const { statusCode = 0, rawHeaders } = response;
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of response) {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes >= REFUSAL_BYTES_MAX) break;
      }
    } catch {
      // What has come of it is told all the same.
    }
    const body = Buffer.concat(chunks).toString('utf8', 0, REFUSAL_BYTES_MAX);
    const error = `websocket: bad handshake: status ${statusCode}`;
    this.#open({ id: 0, status: statusCode, headers: pairsOf(rawHeaders), body, error, errorCode: 1000 + statusCode, subprotocol: '' });
    this.drop();
  }

  #open(opening: Opening): void {
    clearTimeout(this.#deadline);
    this.#opened.resolve(opening);
  }

  #fail(failure: Failure): void {
    this.#open({ id: 0, status: 0, headers: [], body: '', subprotocol: '', ...errorOf(failure) });
    this.drop();
  }

  /** Before the upgrade it is why there is none; afterwards, an event, and the end follows. */
  #error(error: Error): void {
    this.#failed = true;
    if (!this.#isOpen) {
      this.#fail(failureOf(error, 'exchanging'));
      return;
    }
    this.#push({ type: 'error', error: `websocket: ${error.message}` }, 0);
    setTimeout(() => this.#ws?.terminate(), CLOSE_MS_MAX).unref();
  }

  #closed(code: number, reason: string): void {
    if (!this.#isOpen) this.#fail({ code: 'ECONNRESET', message: 'the connection was closed', during: 'exchanging' });
    if (!this.#failed && !EXPECTED_CODES.has(code)) {
      const how = code === ABNORMAL ? ' (abnormal closure)' : reason === '' ? '' : `: ${reason}`;
      this.#push({ type: 'error', error: `websocket: close ${code}${how}` }, 0);
    }
    this.#push({ type: 'close', code }, 0);
  }

  #message(data: WebSocket.RawData, isBinary: boolean): void {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);
    this.#push(isBinary ? { type: 'binary', bytes } : { type: 'text', text: bytes.toString('utf8') }, bytes.length);
  }

  #pong(text: string): void {
    const sentMs = this.#pings.get(text);
    this.#pings.delete(text);
    this.#push({ type: 'pong', pingMs: sentMs === undefined ? undefined : this.#parts.clock.nowMs() - sentMs }, 0);
  }

  #push(event: HostSocketEvent, bytes: number): void {
    this.#waiting.push(event);
    this.#eventsWaiting += 1;
    this.#bytesWaiting += bytes;
    if (this.#eventsWaiting > EVENTS_WAITING_MAX || this.#bytesWaiting > BYTES_WAITING_MAX) this.#ws?.pause();
    this.#tellWaiter?.();
  }

  #take(): HostSocketEvent | undefined {
    const event = this.#waiting.shift();
    if (!event) return undefined;
    this.#eventsWaiting -= 1;
    this.#bytesWaiting -= event.type === 'binary' ? event.bytes.length : event.type === 'text' ? Buffer.byteLength(event.text) : 0;
    const isLow = this.#eventsWaiting <= EVENTS_WAITING_MAX / 2 && this.#bytesWaiting <= BYTES_WAITING_MAX / 2;
    if (isLow && this.#ws?.isPaused) this.#ws.resume();
    return event;
  }
}

function pairsOf(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index] ?? '', raw[2 * index + 1] ?? '']);
}
