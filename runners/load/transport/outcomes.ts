/** Which outcome a status or an error stands for. */
import type { Outcome } from '../../../probes/slo/load-cells.ts';

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
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  EPROTO: 'tls',
  /** Our own limits (ports, files): the target never saw the request. */
  EADDRNOTAVAIL: 'dropped',
  EMFILE: 'dropped',
  ENFILE: 'dropped',
};

/** A socket's failure by its error code. What a TLS handshake says in words of its own is `tls`. */
export function outcomeOfError(error: unknown, handshaking: boolean): Outcome {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return BY_CODE[code] ?? (handshaking || /TLS|SSL|CERT/.test(code) ? 'tls' : 'reset');
}
