/**
 * The connections of a test's scripts: engines by origin, which all virtual users share, under the test's options. Unlike
 * k6, where each virtual user has connections of its own, one that is free serves whoever comes next.
 */
import type { Outcome } from '../../../probes/slo/load-cells.ts';
import { type Share, WHOLE } from '../executors/executor.ts';
import type { Failure, LoadClock, Origin } from '../transport/engine.ts';
import { Engines } from '../transport/engines.ts';
import { headerProblem } from '../transport/message.ts';
import { parseUrl, targetOf } from '../transport/origin.ts';
import { SOCKETS_MAX } from '../transport/pool.ts';
import type { ProxyChoice } from '../transport/proxies.ts';
import { routeTo } from '../transport/route.ts';
import type { HostRequest, HostSocketRequest, HostTimings, HttpSettings, Tags } from './host.ts';
import { Blocked } from './network/blocked.ts';
import { authFor, httpSettings, type RequestOptions, type TlsAuth, tlsSettings } from './network/request-options.ts';
import type { JobParts } from './network/script-job.ts';
import type { SocketWay } from './network/script-socket.ts';
import { UserConnections } from './network/user-connections.ts';
import type { UserNetwork } from './network.ts';

/** What became of a request. Times on the run's clock. */
export interface RequestEnd {
  /** NaN where it was never sent. */
  readonly sentMs: number;
  readonly atMs: number;
  readonly outcome: Outcome;
  /** What the script's own expectation says, and false where it was given up; undefined where there is none. */
  readonly failed: boolean | undefined;
  /** What only the answer tells, or that there is none; asked for where it matters. */
  readonly tags: () => Tags;
}

/** Told of one request, each at most once. */
export interface RequestWatch {
  sent(): void;
  settled(end: RequestEnd): void;
}

/** Told of a virtual user's requests. */
export interface RequestWatcher {
  /** `tags` are those of the request, as far as they are known before it is answered. */
  planned(intendedMs: number, tags: Tags): RequestWatch;
  transferred(sentBytes: number, receivedBytes: number): void;
  requested(tags: Tags, timings: HostTimings, failed: boolean | undefined): void;
}

export interface ConnectionsParts {
  readonly clock: LoadClock;
  /** By the environment; default none. */
  readonly proxy?: ProxyChoice | undefined;
}

/** A request that cannot be sent. */
export interface NoWay {
  readonly outcome: Outcome;
  readonly failure: Failure;
}

interface WrittenHeaders {
  readonly headers: readonly (readonly [string, string])[];
  /** What Host says. */
  readonly authority: string;
}

/** Origins whose URLs are remembered; beyond, the memory starts anew. */
const ORIGINS_KNOWN_MAX = 1024;
/** Headers that the transport writes: where a request goes, and how long it is. */
const OURS = /^(?:host|content-length|transfer-encoding)$/i;
const ORIGIN = /^[^/]*\/\/[^/?#]*/;

export class Connections {
  readonly #parts: ConnectionsParts;
  /** By the certificate that they show. */
  readonly #engines = new Map<TlsAuth | undefined, Engines>();
  readonly #origins = new Map<string, Origin>();
  #options: RequestOptions = {};
  #http = httpSettings({});
  #blocked = new Blocked({});
  #nextTurnMs = 0;
  /** Processes that share what the test may do a second. */
  #sharers = 1;
  #closed = false;

  constructor(parts: ConnectionsParts) {
    this.#parts = parts;
  }

  /** What requests find when they are made. */
  get http(): HttpSettings {
    return this.#http;
  }

  get retried(): number {
    return [...this.#engines.values()].reduce((sum, { retried }) => sum + retried, 0);
  }

  /** The options hold from here on; before the first request. Throws FiredrillError where one cannot be used. */
  configure(options: RequestOptions, share: Share = WHOLE): void {
    this.#options = options;
    this.#sharers = share.of;
    this.#http = httpSettings(options);
    this.#blocked = new Blocked(options);
  }

  /** Another virtual user. */
  user(watcher: RequestWatcher): UserNetwork {
    return new UserConnections(this, watcher);
  }

  sweep(nowMs: number): void {
    for (const engines of this.#engines.values()) engines.sweep(nowMs);
  }

  close(): void {
    this.#closed = true;
    for (const engines of this.#engines.values()) engines.close();
  }

  nowMs(): number {
    return this.#parts.clock.nowMs();
  }

  /** How long the option `rps` lets the next request wait, in ms. */
  takeTurn(): number {
    const { rps = 0 } = this.#options;
    if (rps <= 0) return 0;
    const nowMs = this.nowMs();
    const atMs = Math.max(nowMs, this.#nextTurnMs);
    this.#nextTurnMs = atMs + (1000 * this.#sharers) / rps;
    return atMs - nowMs;
  }

  /** How a request goes; its time limit counts from now. */
  wayTo(request: HostRequest): JobParts | NoWay {
    const start = ORIGIN.exec(request.url)?.[0] ?? '';
    const origin = this.#destination(start);
    if ('outcome' in origin) return origin;
    const written = this.#readHeaders(request.headers, origin.authority);
    if ('outcome' in written) return written;
    const { authority } = written;
    const headers = written.headers.flat();
    if (this.#options.noConnectionReuse) headers.push('Connection', 'close');
    const { method, body, keepBody, timeoutMs } = request;
    const message = { method, target: targetOf(request.url.slice(start.length)), authority, headers, body };
    return { message, engine: this.#enginesFor(origin).of(origin), keepBody, deadlineMs: this.nowMs() + timeoutMs };
  }

  /** How a WebSocket goes. */
  wayOfSocket({ url, headers: given }: HostSocketRequest): SocketWay | NoWay {
    const address = url.replace(/^ws/i, 'http');
    const start = ORIGIN.exec(address)?.[0] ?? '';
    const origin = this.#destination(start);
    if ('outcome' in origin) return origin;
    const written = this.#readHeaders(given, origin.authority);
    if ('outcome' in written) return written;
    const { proxy } = this.#parts;
    const { hosts } = this.#options;
    const tls = tlsSettings(this.#options, origin.secure ? authFor(this.#options, origin.hostname) : undefined);
    const route = routeTo(origin, { tls, http2: 'never', hosts, proxy, lookup: this.#blocked.lookup });
    const isProtocol = ([name]: readonly [string, string]) => name.toLowerCase() === 'sec-websocket-protocol';
    const subprotocols = written.headers.filter(isProtocol).flatMap(([, value]) => value.split(',').map((each) => each.trim()));
    return {
      route,
      authority: written.authority,
      target: targetOf(address.slice(start.length)),
      headers: written.headers.filter((each) => !isProtocol(each)),
      subprotocols: [...new Set(subprotocols)].filter((each) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(each)),
    };
  }

  /** Where a URL leads that begins so, if anything may go there. */
  #destination(start: string): Origin | NoWay {
    const origin = this.#originOf(start);
    if ('outcome' in origin) return origin;
    if (this.#closed) return noWay('dropped', 'FIREDRILL_GIVEN_UP', 'the test is over');
    if (this.#blocked.name(origin.hostname)) return noWay('refused', 'FIREDRILL_BLOCKED_HOST', `${origin.hostname} is blocked`);
    if (this.#blocked.address(origin.hostname)) return noWay('refused', 'FIREDRILL_BLOCKED_IP', `${origin.hostname} is blacklisted`);
    return origin;
  }

  /** Headers of the script without those that the transport writes; Host says the authority. */
  #readHeaders(given: HostRequest['headers'], authority: string): WrittenHeaders | NoWay {
    const headers: [string, string][] = [];
    let host = authority;
    for (const [name, value] of given) {
      const ours = OURS.test(name);
      const problem = ours ? undefined : headerProblem(name, value);
      if (problem) return noWay('dropped', 'FIREDRILL_HEADER', problem.message);
      if (!ours) headers.push([name, value]);
      else if (name.length === 'host'.length) host = value;
    }
    return { headers, authority: host };
  }

  #originOf(start: string): Origin | NoWay {
    const known = this.#origins.get(start);
    if (known) return known;
    const address = parseUrl(start);
    if ('problem' in address) return noWay('refused', 'FIREDRILL_URL', address.problem);
    if (this.#origins.size >= ORIGINS_KNOWN_MAX) this.#origins.clear();
    this.#origins.set(start, address.origin);
    return address.origin;
  }

  #enginesFor({ hostname, secure }: Origin): Engines {
    const auth = secure ? authFor(this.#options, hostname) : undefined;
    const found = this.#engines.get(auth);
    if (found) return found;
    const { clock, proxy } = this.#parts;
    const { hosts } = this.#options;
    const made = new Engines({
      clock,
      socketsMax: SOCKETS_MAX,
      tls: tlsSettings(this.#options, auth),
      hosts,
      proxy,
      lookup: this.#blocked.lookup,
    });
    this.#engines.set(auth, made);
    return made;
  }
}

function noWay(outcome: Outcome, code: string, message: string): NoWay {
  return { outcome, failure: { code, message, during: 'waiting' } };
}
