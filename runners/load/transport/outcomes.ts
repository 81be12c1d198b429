/** Which outcome a status or an error stands for, and what is said of it. */
import type { Outcome } from '../../../probes/slo/load-cells.ts';
import type { Failure } from './engine.ts';
import { BODY_SENT_MAX } from './message.ts';

/** An answer's class; a status that HTTP does not know is a `parse` failure. */
export function outcomeOfStatus(status: number): Outcome {
  if (status < 200 || status > 599) return 'parse';
  if (status < 300) return 'ok';
  if (status < 400) return '3xx';
  return status < 500 ? '4xx' : '5xx';
}

const BY_CODE: Readonly<Record<string, Outcome>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EACCES: 'refused',
  EPERM: 'refused',
  /** A Unix socket that is not there. */
  ENOENT: 'refused',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  EPROTO: 'tls',
  FIREDRILL_PROXY: 'refused',
  FIREDRILL_NO_HTTP2: 'tls',
  /** Our own limits (ports, files, memory of the kernel): the target never saw the request. */
  EADDRNOTAVAIL: 'dropped',
  EMFILE: 'dropped',
  ENFILE: 'dropped',
  ENOBUFS: 'dropped',
  ENOMEM: 'dropped',
};

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && error.code !== undefined ? String(error.code) : '';
}

/** A socket's failure by its error code. What a TLS handshake says in words of its own is `tls`. */
export function outcomeOfError(error: unknown, handshaking: boolean): Outcome {
  const code = codeOf(error);
  return BY_CODE[code] ?? (handshaking || /TLS|SSL|CERT/.test(code) ? 'tls' : 'reset');
}

export function failureOf(error: unknown, during: Failure['during']): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return { code: codeOf(error) || 'FIREDRILL_UNKNOWN', message, during };
}

/** Given up by the generator itself, at the end of a load or of an iteration: what would have become of it nobody knows. */
export function isGivenUp(failure: Failure | undefined): boolean {
  return failure?.code === FAILURES.givenUp.code;
}

/** Ends that no library has a code for. */
export const FAILURES = {
  closed: { code: 'FIREDRILL_CLOSED', message: 'the connection was closed without an answer', during: 'exchanging' },
  truncated: { code: 'FIREDRILL_TRUNCATED', message: 'the connection ended before the answer did', during: 'exchanging' },
  notHttp: { code: 'FIREDRILL_NOT_HTTP', message: 'what came back is not HTTP', during: 'exchanging' },
  deadline: { code: 'FIREDRILL_TIMEOUT', message: 'no answer within the time limit', during: 'exchanging' },
  waitedTooLong: { code: 'FIREDRILL_TIMEOUT', message: 'no connection within the time limit', during: 'waiting' },
  bodyTooLarge: {
    code: 'FIREDRILL_BODY_TOO_LARGE',
    message: `the body is longer than ${BODY_SENT_MAX} bytes and is not sent`,
    during: 'waiting',
  },
  givenUp: { code: 'FIREDRILL_GIVEN_UP', message: 'given up before the answer', during: 'exchanging' },
} as const satisfies Record<string, Failure>;
