/**
 * One attempt at opening a connection. It belongs to no request: who is first in line when it succeeds gets it.
 *
 *   resolving ──▶ connecting ──▶ (through a proxy) ──▶ (securing) ──▶ connected
 */
import net from 'node:net';
import tls from 'node:tls';
import type { Outcome } from '../../../probes/slo/load-cells.ts';
import type { ConnectionFacts, Failure, LoadClock } from './engine.ts';
import { failureOf, outcomeOfError } from './outcomes.ts';
import type { Route } from './route.ts';
import type { OpeningTimes } from './stopwatch.ts';
import { openTunnel } from './tunnel.ts';

/** A connection that is open and has carried nothing. */
export interface Connection {
  readonly socket: net.Socket;
  readonly http2: boolean;
  readonly facts: ConnectionFacts;
  readonly opening: OpeningTimes;
}

/** Who is told what a dial came to; never both, and nothing after `hangUp`. */
export interface DialOwner {
  dialled(dial: Dial, connection: Connection): void;
  dialFailed(dial: Dial, outcome: Outcome, failure: Failure): void;
}

export interface DialOptions {
  readonly route: Route;
  readonly clock: LoadClock;
  readonly owner: DialOwner;
}

export class Dial {
  readonly begunMs: number;
  readonly #options: DialOptions;
  /** The last one opened: over a tunnel there are two, and the inner takes the outer with it. */
  #socket: net.Socket;
  #resolvedMs: number;
  #connectedMs: number;
  #during: 'connecting' | 'securing' = 'connecting';
  #done = false;

  constructor(options: DialOptions) {
    const { route, clock } = options;
    const { address, proxy } = route;
    this.#options = options;
    this.begunMs = clock.nowMs();
    this.#resolvedMs = this.begunMs;
    this.#connectedMs = this.begunMs;
    const direct = proxy === undefined ? route.tls : undefined;
    if (proxy?.secure) this.#socket = tls.connect({ ...address, ...(net.isIP(proxy.host) === 0 ? { servername: proxy.host } : {}) });
    else this.#socket = direct ? tls.connect({ ...address, ...direct }) : net.connect(address);
    const socket = this.#socket;
    socket.setNoDelay(true);
    socket.once('lookup', () => {
      this.#resolvedMs = clock.nowMs();
    });
    socket.once('connect', () => {
      this.#connectedMs = clock.nowMs();
      if (direct || proxy?.secure) this.#during = 'securing';
    });
    socket.once(direct || proxy?.secure ? 'secureConnect' : 'connect', () => this.#reached());
    this.#watch(socket);
  }

  /** Nobody is told any more. */
  hangUp(): void {
    if (this.#done) return;
    this.#done = true;
    this.#socket.destroy();
  }

  #watch(socket: net.Socket): void {
    socket.on('error', this.#fail);
    socket.once('close', this.#closed);
  }

  /** The first socket is open: to the origin, or to the proxy. */
  #reached(): void {
    const { route } = this.#options;
    if (this.#done) return;
    if (!route.proxy || !route.tls) {
      this.#succeed();
      return;
    }
    const { hostname, port } = route.origin;
    const to = `${net.isIPv6(hostname) ? `[${hostname}]` : hostname}:${port}`;
    openTunnel(this.#socket, to, route.proxy.authorization, (error) => (error ? this.#fail(error) : this.#secure()));
  }

  /** TLS with the origin, inside the tunnel. */
  #secure(): void {
    if (this.#done) return;
    this.#during = 'securing';
    this.#connectedMs = this.#options.clock.nowMs();
    const inner = tls.connect({ socket: this.#socket, ...this.#options.route.tls });
    this.#socket = inner;
    inner.once('secureConnect', () => this.#succeed());
    this.#watch(inner);
  }

  #succeed(): void {
    const socket = this.#socket;
    const { route, clock, owner } = this.#options;
    if (this.#done) return;
    const http2 = route.tls ? socket instanceof tls.TLSSocket && socket.alpnProtocol === 'h2' : route.http2 === 'only';
    if (route.http2 === 'only' && !http2) {
      this.#fail(
        Object.assign(new Error('the server does not agree to HTTP/2, and nothing else is allowed'), { code: 'FIREDRILL_NO_HTTP2' }),
      );
      return;
    }
    this.#done = true;
    socket.off('error', this.#fail);
    socket.off('close', this.#closed);
    const opening = {
      lookingUp: this.#resolvedMs - this.begunMs,
      connecting: this.#connectedMs - this.#resolvedMs,
      tls: route.tls === undefined ? 0 : clock.nowMs() - this.#connectedMs,
    };
    owner.dialled(this, { socket, http2, facts: factsOf(socket, route.tls !== undefined), opening });
  }

  readonly #fail = (error: unknown) => {
    if (this.#done) return;
    this.#done = true;
    this.#socket.destroy();
    this.#options.owner.dialFailed(this, outcomeOfError(error, this.#during === 'securing'), failureOf(error, this.#during));
  };

  readonly #closed = () =>
    this.#fail(Object.assign(new Error('the connection was closed while it was being opened'), { code: 'ECONNRESET' }));
}

function factsOf(socket: net.Socket, secure: boolean): ConnectionFacts {
  const { remoteAddress: remoteIp = '', remotePort = 0 } = socket;
  if (!secure || !(socket instanceof tls.TLSSocket)) return { remoteIp, remotePort, tlsVersion: '', tlsCipher: '' };
  return { remoteIp, remotePort, tlsVersion: socket.getProtocol() ?? '', tlsCipher: socket.getCipher().standardName };
}
