/**
 * What carries requests. The drivers know when to send and what came of it; an engine knows how. HTTP/1.1 over
 * autocannon's client and HTTP/2 over Node's stand behind this one interface.
 */
import type { Outcome } from '../../../probes/slo/load-cells.ts';
import type { RequestMessage } from './message.ts';

/** Where the time of a request went, in ms, k6's parts: together they are all of it. */
export interface Timings {
  /** Waited for a connection, save for the three that follow. */
  readonly blocked: number;
  /** Opening the connection; 0 where one was there. */
  readonly lookingUp: number;
  readonly connecting: number;
  readonly tls: number;
  /** Until the system had taken the last byte. */
  readonly sending: number;
  /** From then to the first byte of the answer. */
  readonly waiting: number;
  readonly receiving: number;
}

/** Who is at the other end of a connection, and how it is secured. */
export interface ConnectionFacts {
  /** Empty for a Unix socket; a proxy's, where one is in between. */
  readonly remoteIp: string;
  readonly remotePort: number;
  /** As OpenSSL says it, `TLSv1.3`; empty without TLS. */
  readonly tlsVersion: string;
  /** The name of the IANA, `TLS_AES_128_GCM_SHA256`; empty without TLS. */
  readonly tlsCipher: string;
}

export interface Answer {
  readonly status: number;
  /** The words beside it; HTTP/2 has none. */
  readonly statusText: string;
  /** `HTTP/1.0`, `HTTP/1.1` or `HTTP/2.0`. */
  readonly protocol: string;
  /** Names and values in turn, as they came. */
  readonly headers: readonly string[];
  /** As it came: still encoded. There only where the job wants it, and then at most BODY_BYTES_KEPT_MAX of it. */
  readonly body: Buffer | undefined;
  /** How long the body was; more than `body` holds where that was cut. */
  readonly bodyBytes: number;
  /** Over the wire, inside TLS. Of HTTP/2 the bytes of bodies, and of headers before their compression. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly timings: Timings;
  readonly connection: ConnectionFacts;
}

/** Why there is no answer. */
export interface Failure {
  /** The system's, OpenSSL's or the parser's (`ECONNRESET`, `CERT_HAS_EXPIRED`, `HPE_INVALID_CONSTANT`); ours begin with `FIREDRILL_`. */
  readonly code: string;
  readonly message: string;
  /** How far it had come. */
  readonly during: 'waiting' | 'connecting' | 'securing' | 'exchanging';
  /** What HTTP/2 ended, with its error code (RFC 9113, 7). */
  readonly http2?: { readonly scope: 'stream' | 'goaway' | 'connection'; readonly code: number } | undefined;
}

/** One request to make, and who is told. Exactly one `settle` follows each `send`. */
export interface Job {
  readonly message: RequestMessage;
  /** May be sent twice: safe by its method. */
  readonly replayable: boolean;
  /** How much of the answer is wanted: with `nothing`, `settle` is given none, and nothing is timed. */
  readonly keep: 'nothing' | 'head' | 'body';
  /** On the run's clock; past it the job is a `timeout`, sent or not. */
  readonly deadlineMs: number;
  /** Its bytes go out. Called again when it is sent anew over a fresh connection. */
  sent(atMs: number): void;
  /** `failure` where nothing answered. */
  settle(outcome: Outcome, atMs: number, answer: Answer | undefined, failure?: Failure): void;
}

export interface Engine {
  /** Sends at once over a free connection, else as soon as there is one, in order. Never throws. */
  send(job: Job): void;
  /** Gives a job up at once: it settles as `dropped`. Nothing happens where it is not under way. */
  cancel(job: Job): void;
  /** Makes connections ready before there is work. Resolves when each attempt has come to something. */
  warm(count: number): Promise<void>;
  /** Called every few milliseconds: settles what is past its deadline. */
  sweep(nowMs: number): void;
  /** Jobs that were sent a second time, because a connection that had rested was dead. */
  readonly retried: number;
  /** Ends everything; jobs that are still open settle as `dropped`. */
  close(): void;
}

/** Milliseconds on the run's clock. */
export interface LoadClock {
  nowMs(): number;
}

/** Where requests go. */
export interface Origin {
  readonly secure: boolean;
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** As in a URL: `http://127.0.0.1:8080`. */
  readonly text: string;
  /** What `Host` says where the request doesn't: the port only where it isn't the protocol's own. */
  readonly authority: string;
  /** The Unix socket that listens instead of host and port. */
  readonly socketPath: string | undefined;
}
