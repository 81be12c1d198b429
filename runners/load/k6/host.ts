/**
 * What the modules of a k6 script (`k6`, `k6/http`, …) ask of the virtual user they run for. All that needs Node, sockets
 * or the recorder is behind it, so that one and the same module runs in Node, where a call that blocks in k6 is awaited,
 * and, with `async` and `await` erased, inside QuickJS, where it really blocks.
 */

export type Tags = Readonly<Record<string, string>>;

/** From … to, both included. */
export type StatusRange = readonly [number, number];

/** One request as it goes over the wire: redirects, cookies and encodings of bodies are the modules' work; Host (where it is not given) and framing are the host's. */
export interface HostRequest {
  readonly method: string;
  /** Absolute, without a fragment. */
  readonly url: string;
  /** In order; names as written. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | Uint8Array | undefined;
  readonly timeoutMs: number;
  /** Keep the answer's body; else it is read and let go. */
  readonly keepBody: boolean;
  /** What is known of its samples' tags before it is answered: the script's own, and `method`, `name`, `url` as far as they are wanted. */
  readonly tags: Tags;
  /** Statuses that count as what was wanted, as ranges with both ends included; undefined where nobody asks. */
  readonly expected: readonly StatusRange[] | undefined;
}

/** k6's `Response.timings`, in ms. */
export interface HostTimings {
  readonly blocked: number;
  readonly looking_up: number;
  readonly connecting: number;
  readonly tls_handshaking: number;
  readonly sending: number;
  readonly waiting: number;
  readonly receiving: number;
  readonly duration: number;
}

/** What a request came to. `status` is 0 where nothing answered, and `error` then says why. */
export interface HostAnswer {
  readonly status: number;
  readonly statusText: string;
  /** `HTTP/1.1`, `HTTP/2.0`. */
  readonly protocol: string;
  readonly headers: readonly (readonly [string, string])[];
  /** Decoded (gzip, br, zstd, deflate). Undefined where it was not to be kept. */
  readonly body: Uint8Array | undefined;
  readonly error: string;
  /** k6's numbers: 1000 general, 1050 timeout, 1101 no such host, 1212 refused, 1220 reset, 1300 TLS … */
  readonly errorCode: number;
  readonly remoteIp: string;
  readonly remotePort: number;
  readonly tlsVersion: string;
  readonly tlsCipherSuite: string;
  readonly timings: HostTimings;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/**
 * Requests of which each depends on the answer to the one before: redirects, a server's challenge. `next` gives the
 * request to make, undefined at the end; each answer goes to `accept` before `next` is called again.
 */
export interface HostExchange {
  next(): HostRequest | undefined;
  accept(answer: HostAnswer): void;
}

/** The test's options that concern requests. Read anew for each of them, because a script says its options after its modules are made. */
export interface HttpSettings {
  readonly userAgent: string;
  readonly maxRedirects: number;
  readonly discardResponseBodies: boolean;
  /** k6's `throw`: a request that nothing answered throws. */
  readonly throws: boolean;
  /** Requests of one `http.batch` that may be under way at once, in all and to one host; 0 is no limit. */
  readonly batch: number;
  readonly batchPerHost: number;
  /** Which of k6's system tags samples carry; another object where they are others. */
  readonly systemTags: ReadonlySet<string>;
}

export type BodyEncoding = 'gzip' | 'deflate' | 'br' | 'zstd';

export type MetricType = 'counter' | 'gauge' | 'rate' | 'trend';

/** Where a script is in its run; read anew by each access of `k6/execution`. */
export interface HostFacts {
  readonly scenario: string;
  readonly executor: string;
  readonly scenarioStartMs: number;
  readonly scenarioProgress: number;
  readonly vuInInstance: number;
  readonly vuInTest: number;
  readonly iterationOfVu: number;
  readonly iterationOfVuInScenario: number;
  readonly iterationOfScenario: number;
  /** Iterations of the whole test that went to their end, and that were cut short. */
  readonly completed: number;
  readonly interrupted: number;
  readonly vusActive: number;
  readonly vusInitialized: number;
  /** ms since the test began. */
  readonly testMs: number;
}

/** A WebSocket that a script opens. */
export interface HostSocketRequest {
  /** Absolute, `ws://` or `wss://`. */
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  /** Offer permessage-deflate. */
  readonly compress: boolean;
}

/** What the upgrade came to. */
export interface HostSocketOpening {
  /** Names the socket from here on; 0 where there is none, and `error` then says why. */
  readonly id: number;
  /** 0 where nothing answered. */
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  /** Of an answer that is no upgrade; cut where it is long. */
  readonly body: string;
  readonly subprotocol: string;
  readonly error: string;
  /** As of HostAnswer. */
  readonly errorCode: number;
  readonly connectingMs: number;
}

export type HostSocketEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'binary'; readonly bytes: Uint8Array }
  | { readonly type: 'ping' }
  /** `pingMs` is the time since its ping; undefined where there was none. */
  | { readonly type: 'pong'; readonly pingMs: number | undefined }
  | { readonly type: 'error'; readonly error: string }
  /** The last of all. */
  | { readonly type: 'close'; readonly code: number };

/** WebSockets, by the ids of their openings. Calls that wait reject with INTERRUPTED only. */
export interface HostSockets {
  open(request: HostSocketRequest): Promise<HostSocketOpening>;
  /** What comes next; undefined where nothing does for `waitMs`. */
  next(id: number, waitMs: number): Promise<HostSocketEvent | undefined>;
  /** False where it is closed. Throws Error where too much waits to be sent. */
  send(id: number, data: string | Uint8Array): boolean;
  ping(id: number): void;
  /** Nothing comes of it any more. */
  close(id: number, code: number): void;
}

/** Thrown through the script by the host where its iteration is given up; no module and no script may catch it for good. */
export const INTERRUPTED = 'firedrill: iteration interrupted';

export interface ScriptHost {
  readonly facts: HostFacts;
  /** True while the init context runs: then metrics and shared arrays are made, and nothing is sent. */
  readonly inInit: boolean;
  /** The options of the test, all sources put together; empty in the init context. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Tags of all samples from here on: the scenario's, then what `exec.vu.metrics.tags` and `group` put there. */
  readonly tags: Record<string, string>;
  /** What goes with samples without making series: `exec.vu.metrics.metadata`. */
  readonly metadata: Record<string, string>;
  readonly http: HttpSettings;
  /** Never rejects, save with INTERRUPTED. */
  request(request: HostRequest): Promise<HostAnswer>;
  /** The same where nobody stands still for the answer: what comes of it is a promise in QuickJS too. */
  requestLater(request: HostRequest): Promise<HostAnswer>;
  /** Carries out several exchanges at once, within `settings.batch` and `batchPerHost`. Rejects with INTERRUPTED only. */
  together(exchanges: readonly HostExchange[]): Promise<void>;
  /**
   * One request has come to something: `http_reqs`, the `http_req_*` trends by the timings, and, where `failed` is said,
   * `http_req_failed`. Equal tags are mostly the same object, so that a host may remember what it made of them.
   */
  requested(tags: Tags, timings: HostTimings, failed: boolean | undefined): void;
  readonly sockets: HostSockets;
  /** Rejects with INTERRUPTED only. */
  sleep(ms: number): Promise<void>;
  /** Defines a metric, once a name; `isTime` makes its values ms. Throws where the name is taken by another type. */
  metric(name: string, type: MetricType, isTime: boolean): void;
  /** One value of a metric; tags are those of the virtual user and these on top. */
  sample(metric: string, value: number, tags?: Tags): void;
  /** From 0 up to 1; seeded by `randomSeed`. */
  random(): number;
  randomSeed(seed: number): void;
  /** Hex of a digest; with a key, of an HMAC. Algorithms as in `k6/crypto`. Throws on an unknown one. */
  digest(algorithm: string, data: string | Uint8Array, key?: string | Uint8Array): string;
  randomBytes(count: number): Uint8Array;
  /** The array of this name, built once for all virtual users and frozen to its last leaf. */
  shared(name: string, build: () => readonly unknown[]): readonly unknown[];
  /** Calls back later, for a `repeat` again and again; the iteration does not end before. Gives the timer's number. */
  setTimer(delayMs: number, repeat: boolean, callback: () => unknown): number;
  clearTimer(id: number): void;
  /** UTF-8, and back with U+FFFD for what is none. */
  encodeText(text: string): Uint8Array;
  decodeText(bytes: Uint8Array): string;
  compress(encoding: BodyEncoding, bytes: Uint8Array): Uint8Array;
  log(level: 'debug' | 'info' | 'warn' | 'error', text: string): void;
  /** Ends the whole test (`exec.test.abort`); throws INTERRUPTED for this iteration. */
  abort(reason: string): never;
  /** The test counts as failed when it has ended (`exec.test.fail`). */
  markFailed(reason: string): void;
}
