/** One connection as a script has it: its events and its timers in one line, each handled before the next is looked at. */
import type { HostSocketEvent, HostSocketOpening, Tags } from '../../host.ts';
import { toBuffer, toBytes } from '../bytes.ts';
import type { WsHost } from '../ws.ts';

type Handler = (...given: unknown[]) => unknown;

interface Timer {
  dueMs: number;
  /** Undefined: it is called once. */
  readonly everyMs: number | undefined;
  readonly call: Handler;
}

/** What handlers of `error` are given: Go's errors have a method of that name. */
interface SocketError {
  error(): string;
  toString(): string;
}

const EVENTS: ReadonlySet<string> = new Set(['open', 'message', 'binaryMessage', 'ping', 'pong', 'close', 'error']);
/** Handlers and timers of one connection. */
const HANDLERS_MAX = 1000;
/** k6's: going away. */
const CLOSE_CODE = 1001;
/** Where no timer is due. */
const WAIT_MS = 60_000;

export class Session {
  readonly #host: WsHost;
  readonly #opening: HostSocketOpening;
  readonly #tags: Tags;
  readonly #handlers = new Map<string, Handler[]>();
  readonly #timers: Timer[] = [];
  #count = 0;
  #over: boolean;
  /** The script closed it, with this code, and its handlers are to be told. */
  #closedWith: number | undefined;

  constructor(host: WsHost, opening: HostSocketOpening, tags: Tags) {
    this.#host = host;
    this.#opening = opening;
    this.#tags = tags;
    this.#over = opening.id === 0;
  }

  /** Until the connection has ended. Throws what a function of the script throws; the connection is closed then. */
  async run(setUp: unknown): Promise<void> {
    const { id, connectingMs, error } = this.#opening;
    const startMs = this.#host.facts.testMs;
    if (!this.#over) {
      this.#sample('ws_sessions', 1);
      this.#sample('ws_connecting', connectingMs);
    }
    try {
      if (typeof setUp === 'function') await setUp(this.#socket());
      if (id === 0) await this.#tell('error', errorText(error));
      else await this.#tell('open');
      while (!this.#over) await this.#step();
    } finally {
      if (!this.#over) this.#host.sockets.close(id, CLOSE_CODE);
      if (id !== 0) this.#sample('ws_session_duration', this.#host.facts.testMs - startMs);
    }
  }

  #socket() {
    const { id } = this.#opening;
    return {
      on: (event: unknown, handler: unknown): void => {
        if (typeof event !== 'string' || !EVENTS.has(event))
          throw new TypeError(`socket.on(): there is no event '${String(event)}'; there are ${[...EVENTS].join(', ')}`);
        const call = this.#callback('on', handler);
        this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), call]);
      },
      send: (data: unknown): void => this.#send(String(data)),
      sendBinary: (data: unknown): void => {
        if (typeof data === 'string' || data === undefined || data === null)
          throw new TypeError('socket.sendBinary() needs an ArrayBuffer; texts go by socket.send()');
        this.#send(toBytes(data));
      },
      ping: (): void => this.#host.sockets.ping(id),
      setTimeout: (handler: unknown, delayMs: unknown): void => this.#time('setTimeout', handler, delayMs, false),
      setInterval: (handler: unknown, delayMs: unknown): void => this.#time('setInterval', handler, delayMs, true),
      close: (code?: unknown): void => this.#close(code === undefined ? CLOSE_CODE : Number(code)),
    };
  }

  #callback(call: string, handler: unknown): Handler {
    if (typeof handler !== 'function') throw new TypeError(`socket.${call}() needs a function`);
    if (this.#count >= HANDLERS_MAX) throw new Error(`a socket has at most ${HANDLERS_MAX} handlers and timers`);
    this.#count += 1;
    return (...given) => handler(...given);
  }

  #time(call: string, handler: unknown, delay: unknown, repeat: boolean): void {
    const delayMs = Number(delay);
    if (!(delayMs > 0)) throw new TypeError(`socket.${call}() needs a delay above 0 ms, not '${String(delay)}'`);
    const timer = { dueMs: this.#host.facts.testMs + delayMs, everyMs: repeat ? delayMs : undefined, call: this.#callback(call, handler) };
    this.#timers.push(timer);
  }

  #send(data: string | Uint8Array): void {
    if (this.#host.sockets.send(this.#opening.id, data)) this.#sample('ws_msgs_sent', 1);
    else this.#host.log('warn', 'ws: what is sent over a closed connection goes nowhere');
  }

  #close(code: number): void {
    const valid = (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) || (code >= 3000 && code <= 4999);
    if (!Number.isInteger(code) || !valid) throw new TypeError(`socket.close(): ${code} is no code that a connection may be closed with`);
    if (this.#over || this.#closedWith !== undefined) return;
    this.#closedWith = code;
    this.#host.sockets.close(this.#opening.id, code);
  }

  /** One event, or one timer that is due; timers first, so that a peer that never stops keeps none of them waiting. */
  async #step(): Promise<void> {
    if (this.#closedWith !== undefined) {
      this.#over = true;
      await this.#tell('close', this.#closedWith);
      return;
    }
    const timer = this.#firstTimer();
    const waitMs = timer ? timer.dueMs - this.#host.facts.testMs : WAIT_MS;
    if (timer && waitMs <= 0) {
      this.#advance(timer);
      await timer.call();
      return;
    }
    const event = await this.#host.sockets.next(this.#opening.id, waitMs);
    if (event) await this.#handle(event);
  }

  #firstTimer(): Timer | undefined {
    return this.#timers.reduce<Timer | undefined>((first, each) => (first && first.dueMs <= each.dueMs ? first : each), undefined);
  }

  /** What a slow script has missed of an interval is not made up for. */
  #advance(timer: Timer): void {
    if (timer.everyMs === undefined) {
      this.#timers.splice(this.#timers.indexOf(timer), 1);
      this.#count -= 1;
      return;
    }
    const lateMs = this.#host.facts.testMs - timer.dueMs;
    timer.dueMs += timer.everyMs * Math.max(1, Math.ceil(lateMs / timer.everyMs));
  }

  async #handle(event: HostSocketEvent): Promise<void> {
    switch (event.type) {
      case 'text':
        this.#sample('ws_msgs_received', 1);
        await this.#tell('message', event.text);
        break;
      case 'binary':
        this.#sample('ws_msgs_received', 1);
        await this.#tell('binaryMessage', toBuffer(event.bytes));
        break;
      case 'pong':
        if (event.pingMs !== undefined) this.#sample('ws_ping', event.pingMs);
        await this.#tell('pong');
        break;
      case 'ping':
        await this.#tell('ping');
        break;
      case 'error':
        await this.#tell('error', errorText(event.error));
        break;
      case 'close':
        this.#over = true;
        await this.#tell('close', event.code);
    }
  }

  async #tell(event: string, ...given: unknown[]): Promise<void> {
    for (const handler of this.#handlers.get(event) ?? []) await handler(...given);
  }

  #sample(metric: string, value: number): void {
    this.#host.sample(metric, value, this.#tags);
  }
}

function errorText(text: string): SocketError {
  return { error: () => text, toString: () => text };
}
