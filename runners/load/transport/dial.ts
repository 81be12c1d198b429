/**
 * One attempt at opening a connection. It belongs to no request: who is first in line when it succeeds gets it.
 *
 *   resolving ──▶ connecting ──▶ (securing) ──▶ connected
 */
import net from 'node:net';
import tls from 'node:tls';
import type { Outcome } from '../../../probes/slo/load-cells.ts';
import type { ConnectionFacts, Failure, LoadClock, Origin } from './engine.ts';
import { failureOf, outcomeOfError } from './outcomes.ts';
import type { OpeningTimes } from './stopwatch.ts';

/** A connection that is open and has carried nothing. */
export interface Connection {
  readonly socket: net.Socket;
  readonly facts: ConnectionFacts;
  readonly opening: OpeningTimes;
}

/** Who is told what a dial came to; never both, and nothing after `hangUp`. */
export interface DialOwner {
  dialled(dial: Dial, connection: Connection): void;
  dialFailed(dial: Dial, outcome: Outcome, failure: Failure): void;
}

export interface DialOptions {
  readonly origin: Origin;
  readonly clock: LoadClock;
  readonly owner: DialOwner;
  /** On top of TLS's own defaults, under which certificates are checked. */
  readonly tls?: tls.ConnectionOptions | undefined;
}

export class Dial {
  readonly begunMs: number;
  readonly #options: DialOptions;
  readonly #socket: net.Socket;
  #resolvedMs: number;
  #connectedMs: number;
  #during: 'connecting' | 'securing' = 'connecting';
  #done = false;

  constructor(options: DialOptions) {
    const { origin, clock } = options;
    const { hostname: host, port, secure } = origin;
    this.#options = options;
    this.begunMs = clock.nowMs();
    this.#resolvedMs = this.begunMs;
    this.#connectedMs = this.begunMs;
    const servername = net.isIP(host) === 0 ? { servername: host } : {};
    const socket = secure
      ? tls.connect({ host, port, ALPNProtocols: ['http/1.1'], ...servername, ...options.tls })
      : net.connect({ host, port });
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.once('lookup', () => {
      this.#resolvedMs = clock.nowMs();
    });
    socket.once('connect', () => {
      this.#connectedMs = clock.nowMs();
      if (!secure) this.#succeed();
      else this.#during = 'securing';
    });
    if (secure) socket.once('secureConnect', () => this.#succeed());
    socket.on('error', this.#fail);
    socket.once('close', this.#closed);
  }

  /** Nobody is told any more. */
  hangUp(): void {
    if (this.#done) return;
    this.#done = true;
    this.#socket.destroy();
  }

  #succeed(): void {
    if (this.#done) return;
    this.#done = true;
    this.#socket.off('error', this.#fail);
    this.#socket.off('close', this.#closed);
    const nowMs = this.#options.clock.nowMs();
    const opening = {
      lookingUp: this.#resolvedMs - this.begunMs,
      connecting: this.#connectedMs - this.#resolvedMs,
      tls: nowMs - this.#connectedMs,
    };
    this.#options.owner.dialled(this, { socket: this.#socket, facts: factsOf(this.#socket), opening });
  }

  readonly #fail = (error: unknown) => {
    if (this.#done) return;
    this.#done = true;
    this.#socket.destroy();
    this.#options.owner.dialFailed(this, outcomeOfError(error, this.#during === 'securing'), failureOf(error, this.#during));
  };

  readonly #closed = () => this.#fail(Object.assign(new Error('the connection was closed while it was being opened'), { code: 'ECONNRESET' }));
}

function factsOf(socket: net.Socket): ConnectionFacts {
  const { remoteAddress: remoteIp = '', remotePort = 0 } = socket;
  if (!(socket instanceof tls.TLSSocket)) return { remoteIp, remotePort, tlsVersion: '', tlsCipher: '' };
  return { remoteIp, remotePort, tlsVersion: socket.getProtocol() ?? '', tlsCipher: socket.getCipher().standardName };
}
